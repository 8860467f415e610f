-- The book: accounts, movements, entries and fragments; append-only, sealed and without overdraft by itself.

CREATE TABLE account_kind(
  kind text PRIMARY KEY,
  floor_is text NOT NULL CHECK(floor_is IN ('none', 'limit', 'zero')),
  role text NOT NULL CHECK(role IN ('source', 'holding', 'use', 'pair', 'both')),
  UNIQUE(kind, floor_is)
);

INSERT INTO account_kind(kind, floor_is, role) VALUES
  ('origin', 'none', 'source'), ('advance', 'limit', 'source'), ('suspense', 'zero', 'holding'),
  ('unassigned', 'zero', 'holding'), ('tranche', 'zero', 'holding'), ('pool', 'zero', 'holding'),
  ('programme', 'zero', 'holding'), ('contract', 'zero', 'holding'), ('transit', 'zero', 'holding'),
  ('prepaid', 'zero', 'holding'), ('lot', 'zero', 'use'), ('returned', 'zero', 'use'),
  ('fee', 'zero', 'use'), ('write_off', 'zero', 'use'), ('fx', 'none', 'pair'), ('rounding', 'none', 'both');

CREATE TABLE fund(
  id bigint PRIMARY KEY,
  code text NOT NULL CONSTRAINT fund_code_uniq UNIQUE,
  pool text,
  donor text,
  donor_no bigint CONSTRAINT pool_donor_cap CHECK(donor_no BETWEEN 1 AND 64),
  spend_rank bigint NOT NULL,
  CONSTRAINT prorata_fund_has_donor
    CHECK((pool IS NULL) = (donor_no IS NULL) AND (pool IS NULL OR donor IS NOT NULL)),
  UNIQUE(pool, donor),
  UNIQUE(pool, donor_no)
);

CREATE TABLE account(
  id bigint PRIMARY KEY,
  code text NOT NULL CONSTRAINT account_code_uniq UNIQUE,
  kind text NOT NULL,
  floor_is text NOT NULL,
  floor bigint,
  holder text NOT NULL,
  fund_id bigint REFERENCES fund(id),
  currency char(3) NOT NULL CHECK(length(currency) = 3),
  FOREIGN KEY(kind, floor_is) REFERENCES account_kind(kind, floor_is),
  CONSTRAINT floor_by_kind CHECK(CASE floor_is
    WHEN 'none' THEN floor IS NULL
    WHEN 'limit' THEN floor IS NOT NULL AND floor BETWEEN -9007199254740991 AND -1
    ELSE floor IS NOT NULL AND floor = 0 END)
);

CREATE UNIQUE INDEX account_one_per_fund ON account(kind, holder, coalesce(fund_id, 0), currency);

CREATE INDEX account_fund ON account(fund_id);

CREATE TABLE journal_entry(
  id bigint PRIMARY KEY CONSTRAINT journal_entry_id_range CHECK(id BETWEEN 1 AND 562949953421311),
  key text NOT NULL,
  key_n bigint NOT NULL CHECK(key_n BETWEEN 1 AND 10000),
  kind text NOT NULL,
  recorded_at timestamptz NOT NULL,
  booked_on date NOT NULL,
  value_on date,
  n_lines bigint NOT NULL CHECK(n_lines BETWEEN 1 AND 10000),
  reverses bigint,
  decision_id text,
  log_seq bigint NOT NULL
    CONSTRAINT journal_entry_logged REFERENCES log_entry(seq) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT journal_entry_key_uniq UNIQUE(key, key_n)
);

CREATE UNIQUE INDEX journal_entry_reversed_once ON journal_entry(reverses) WHERE reverses IS NOT NULL;

CREATE INDEX journal_entry_log ON journal_entry(log_seq);

CREATE TABLE movement(
  entry_id bigint NOT NULL REFERENCES journal_entry(id) DEFERRABLE INITIALLY DEFERRED,
  line bigint NOT NULL CHECK(line >= 1),
  src bigint NOT NULL,
  dst bigint NOT NULL,
  currency char(3) NOT NULL,
  amount bigint NOT NULL CONSTRAINT movement_amount_range CHECK(amount BETWEEN 1 AND 1000000000000000),
  src_off bigint NOT NULL,
  dst_off bigint NOT NULL,
  CHECK(src <> dst),
  CONSTRAINT movement_total_range CHECK(
    src_off BETWEEN 0 AND 9007199254740991 - amount AND dst_off BETWEEN 0 AND 9007199254740991 - amount),
  PRIMARY KEY(entry_id, line),
  CONSTRAINT movement_src_off_uniq UNIQUE(src, src_off),
  CONSTRAINT movement_dst_off_uniq UNIQUE(dst, dst_off)
);

CREATE TABLE fx_pair(
  entry_id bigint NOT NULL,
  in_line bigint NOT NULL,
  out_line bigint NOT NULL,
  PRIMARY KEY(entry_id, in_line),
  UNIQUE(entry_id, out_line),
  CHECK(out_line < in_line),
  FOREIGN KEY(entry_id, out_line) REFERENCES movement(entry_id, line),
  FOREIGN KEY(entry_id, in_line) REFERENCES movement(entry_id, line)
);

CREATE TABLE use_fragment(
  entry_id bigint NOT NULL,
  line bigint NOT NULL,
  piece bigint NOT NULL CHECK(piece BETWEEN 1 AND 4096),
  lo bigint NOT NULL CHECK(lo BETWEEN 0 AND 1000000000000000),
  amount bigint NOT NULL,
  source_entry bigint NOT NULL,
  source_line bigint NOT NULL,
  source_lo bigint NOT NULL CHECK(source_lo BETWEEN 0 AND 1000000000000000),
  source_amount bigint NOT NULL,
  path text NOT NULL,
  fx_path text NOT NULL DEFAULT '',
  CONSTRAINT use_fragment_range CHECK(amount BETWEEN 0 AND 1000000000000000
    AND source_amount BETWEEN 0 AND 1000000000000000 AND amount + source_amount > 0),
  CHECK(fx_path <> '' OR amount = source_amount),
  PRIMARY KEY(entry_id, line, piece)
);

CREATE INDEX use_fragment_source ON use_fragment(source_entry, source_line, source_lo);

CREATE TABLE period_close(
  upto date PRIMARY KEY,
  entry_id_max bigint NOT NULL,
  log_seq bigint NOT NULL
);

CREATE TABLE period_balance(
  upto date NOT NULL REFERENCES period_close(upto),
  account_id bigint NOT NULL REFERENCES account(id),
  in_total bigint NOT NULL,
  out_total bigint NOT NULL,
  in_scan bigint NOT NULL,
  out_scan bigint NOT NULL,
  PRIMARY KEY(upto, account_id)
);

CREATE TABLE account_close(
  account_id bigint PRIMARY KEY REFERENCES account(id),
  entry_id bigint NOT NULL,
  reason text NOT NULL
);

-- Plans made while the tables were tiny must not outlive them: every function below walks indexes.
CREATE FUNCTION ledger_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'immutable' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
END $$;

-- What a foreign key would check for each row is checked here for all rows of a statement at once: the rows that
-- are led to are never changed and never go.
CREATE FUNCTION fragment_is_led() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  IF (SELECT min(entry_id) FROM fresh) <= (SELECT coalesce(max(id), 0) FROM journal_entry) THEN
    RAISE EXCEPTION 'entry_sealed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF EXISTS(
    SELECT 1 FROM fresh f
    WHERE NOT EXISTS(SELECT 1 FROM movement m WHERE m.entry_id = f.entry_id AND m.line = f.line)
      OR NOT EXISTS(SELECT 1 FROM movement m WHERE m.entry_id = f.source_entry AND m.line = f.source_line)) THEN
    RAISE EXCEPTION 'fragment_of_nothing' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION entry_is_open() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  IF (SELECT min(entry_id) FROM fresh) <= (SELECT coalesce(max(id), 0) FROM journal_entry) THEN
    RAISE EXCEPTION 'entry_sealed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

-- Lines continue both lines of cents exactly where they end, in the currency of both accounts; and no line, in
-- their order, leaves its source lower than its floor.
CREATE FUNCTION movement_apply() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  n_lines bigint;
  lowest bigint;
  one record;
  stale boolean;
  short boolean;
BEGIN
  SELECT count(*), min(entry_id) INTO n_lines, lowest FROM fresh;
  IF n_lines = 0 THEN
    RETURN NULL;
  END IF;
  IF lowest <= (SELECT coalesce(max(id), 0) FROM journal_entry) THEN
    RAISE EXCEPTION 'entry_sealed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF n_lines = 1 THEN
    SELECT * INTO one FROM fresh;
    SELECT one.src_off <> coalesce((SELECT m.src_off + m.amount FROM movement m
          WHERE m.src = one.src AND m.src_off < one.src_off ORDER BY m.src_off DESC LIMIT 1), 0)
        OR one.dst_off <> coalesce((SELECT m.dst_off + m.amount FROM movement m
          WHERE m.dst = one.dst AND m.dst_off < one.dst_off ORDER BY m.dst_off DESC LIMIT 1), 0)
        OR one.currency IS DISTINCT FROM (SELECT a.currency FROM account a WHERE a.id = one.src)
        OR one.currency IS DISTINCT FROM (SELECT a.currency FROM account a WHERE a.id = one.dst),
      coalesce((SELECT m.dst_off + m.amount FROM movement m
          WHERE m.dst = one.src ORDER BY m.dst_off DESC LIMIT 1), 0) - one.src_off - one.amount
        < (SELECT a.floor FROM account a WHERE a.id = one.src)
      INTO stale, short;
  ELSE
    WITH side AS (
      SELECT src AS account_id, entry_id, line, true AS goes, src_off AS off, src_off + amount AS upto, currency
        FROM fresh
      UNION ALL
      SELECT dst, entry_id, line, false, dst_off, dst_off + amount, currency FROM fresh
    ), placed AS (
      SELECT account_id, goes, currency, off, upto,
        lag(upto) OVER (PARTITION BY account_id, goes ORDER BY entry_id, line) AS due,
        max(CASE WHEN goes THEN NULL ELSE upto END) OVER (PARTITION BY account_id ORDER BY entry_id, line) AS came
      FROM side
    ), lines AS (
      -- What had come in is the running end of the in-line; before its first line here, where that begins.
      SELECT account_id, min(currency) AS currency, max(currency) AS another, bool_or(off <> due) AS is_broken,
        min(off) FILTER (WHERE due IS NULL AND goes) AS first_out,
        min(off) FILTER (WHERE due IS NULL AND NOT goes) AS first_in,
        min(came - upto) FILTER (WHERE goes) AS least,
        max(upto) FILTER (WHERE goes AND came IS NULL) AS drawn
      FROM placed GROUP BY account_id
    )
    SELECT
      bool_or(l.is_broken OR l.currency <> l.another OR a.currency IS DISTINCT FROM l.currency
        OR l.first_out <> coalesce((SELECT m.src_off + m.amount FROM movement m
          WHERE m.src = l.account_id AND m.src_off < l.first_out ORDER BY m.src_off DESC LIMIT 1), 0)
        OR l.first_in <> coalesce((SELECT m.dst_off + m.amount FROM movement m
          WHERE m.dst = l.account_id AND m.dst_off < l.first_in ORDER BY m.dst_off DESC LIMIT 1), 0)),
      bool_or(l.least < a.floor OR a.floor > coalesce(l.first_in, (SELECT m.dst_off + m.amount FROM movement m
          WHERE m.dst = l.account_id ORDER BY m.dst_off DESC LIMIT 1), 0) - l.drawn)
    INTO stale, short
    FROM lines l LEFT JOIN LATERAL (SELECT * FROM account WHERE id = l.account_id) a ON true;
  END IF;
  IF stale THEN
    RAISE EXCEPTION 'stale_offset' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF short THEN
    RAISE EXCEPTION 'no_overdraft' USING ERRCODE = 'check_violation', CONSTRAINT = 'no_overdraft';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER movement_apply AFTER INSERT ON movement REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION movement_apply();

-- The header comes last and seals.
CREATE FUNCTION entry_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  first_id bigint;
  last_id bigint;
  n_entries bigint;
BEGIN
  SELECT min(id), max(id), count(*) INTO first_id, last_id, n_entries FROM fresh;
  IF n_entries = 0 THEN
    RETURN NULL;
  END IF;
  IF last_id - first_id + 1 <> n_entries OR last_id <> (SELECT max(id) FROM journal_entry)
    OR first_id <> 1 + (SELECT coalesce(max(id), 0) FROM journal_entry WHERE id < first_id) THEN
    RAISE EXCEPTION 'entry_order' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF EXISTS(
    SELECT 1 FROM fresh f
    CROSS JOIN LATERAL (SELECT count(*) AS n, max(line) AS top FROM movement WHERE entry_id = f.id) m
    WHERE m.n <> f.n_lines OR m.top <> f.n_lines) THEN
    RAISE EXCEPTION 'line_count' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF EXISTS(
    SELECT 1 FROM (SELECT DISTINCT key FROM fresh) f WHERE NOT EXISTS(SELECT 1 FROM idem_key k WHERE k.key = f.key))
    OR EXISTS(
    SELECT 1 FROM fresh f WHERE f.reverses IS NOT NULL
      AND NOT EXISTS(SELECT 1 FROM journal_entry e WHERE e.id = f.reverses)) THEN
    RAISE EXCEPTION 'entry_of_nothing' USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF (SELECT min(booked_on) FROM fresh) <= (SELECT max(upto) FROM period_close) THEN
    RAISE EXCEPTION 'period_closed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER entry_seal AFTER INSERT ON journal_entry REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION entry_seal();

CREATE TRIGGER fx_pair_sealed AFTER INSERT ON fx_pair REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION entry_is_open();

CREATE TRIGGER use_fragment_sealed AFTER INSERT ON use_fragment REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION fragment_is_led();

-- Append-only: no row changes, none goes, and no table is emptied.
CREATE TRIGGER account_kind_no_update BEFORE UPDATE ON account_kind
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER fund_no_update BEFORE UPDATE ON fund
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER movement_no_update BEFORE UPDATE ON movement
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER fx_pair_no_update BEFORE UPDATE ON fx_pair
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER use_fragment_no_update BEFORE UPDATE ON use_fragment
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER period_close_no_update BEFORE UPDATE ON period_close
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER period_balance_no_update BEFORE UPDATE ON period_balance
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER account_close_no_update BEFORE UPDATE ON account_close
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER account_no_update BEFORE UPDATE ON account
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER account_no_delete BEFORE DELETE ON account
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER account_no_truncate BEFORE TRUNCATE ON account
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER account_kind_no_delete BEFORE DELETE ON account_kind
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER account_kind_no_truncate BEFORE TRUNCATE ON account_kind
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER fund_no_delete BEFORE DELETE ON fund
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER fund_no_truncate BEFORE TRUNCATE ON fund
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER journal_entry_no_truncate BEFORE TRUNCATE ON journal_entry
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER movement_no_delete BEFORE DELETE ON movement
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER movement_no_truncate BEFORE TRUNCATE ON movement
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER fx_pair_no_delete BEFORE DELETE ON fx_pair
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER fx_pair_no_truncate BEFORE TRUNCATE ON fx_pair
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER use_fragment_no_delete BEFORE DELETE ON use_fragment
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER use_fragment_no_truncate BEFORE TRUNCATE ON use_fragment
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER period_close_no_delete BEFORE DELETE ON period_close
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER period_close_no_truncate BEFORE TRUNCATE ON period_close
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER period_balance_no_delete BEFORE DELETE ON period_balance
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER period_balance_no_truncate BEFORE TRUNCATE ON period_balance
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER account_close_no_delete BEFORE DELETE ON account_close
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER account_close_no_truncate BEFORE TRUNCATE ON account_close
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_immutable();

-- A replication role must not switch the guards off.
ALTER TABLE account
  ENABLE ALWAYS TRIGGER account_no_update,
  ENABLE ALWAYS TRIGGER account_no_delete,
  ENABLE ALWAYS TRIGGER account_no_truncate;

ALTER TABLE account_kind
  ENABLE ALWAYS TRIGGER account_kind_no_update,
  ENABLE ALWAYS TRIGGER account_kind_no_delete,
  ENABLE ALWAYS TRIGGER account_kind_no_truncate;

ALTER TABLE fund
  ENABLE ALWAYS TRIGGER fund_no_update,
  ENABLE ALWAYS TRIGGER fund_no_delete,
  ENABLE ALWAYS TRIGGER fund_no_truncate;

ALTER TABLE journal_entry
  ENABLE ALWAYS TRIGGER journal_entry_no_update,
  ENABLE ALWAYS TRIGGER journal_entry_no_delete,
  ENABLE ALWAYS TRIGGER journal_entry_no_truncate,
  ENABLE ALWAYS TRIGGER entry_seal;

ALTER TABLE movement
  ENABLE ALWAYS TRIGGER movement_no_update,
  ENABLE ALWAYS TRIGGER movement_no_delete,
  ENABLE ALWAYS TRIGGER movement_no_truncate,
  ENABLE ALWAYS TRIGGER movement_apply;

ALTER TABLE fx_pair
  ENABLE ALWAYS TRIGGER fx_pair_no_update,
  ENABLE ALWAYS TRIGGER fx_pair_no_delete,
  ENABLE ALWAYS TRIGGER fx_pair_no_truncate,
  ENABLE ALWAYS TRIGGER fx_pair_sealed;

ALTER TABLE use_fragment
  ENABLE ALWAYS TRIGGER use_fragment_no_update,
  ENABLE ALWAYS TRIGGER use_fragment_no_delete,
  ENABLE ALWAYS TRIGGER use_fragment_no_truncate,
  ENABLE ALWAYS TRIGGER use_fragment_sealed;

ALTER TABLE period_close
  ENABLE ALWAYS TRIGGER period_close_no_update,
  ENABLE ALWAYS TRIGGER period_close_no_delete,
  ENABLE ALWAYS TRIGGER period_close_no_truncate;

ALTER TABLE period_balance
  ENABLE ALWAYS TRIGGER period_balance_no_update,
  ENABLE ALWAYS TRIGGER period_balance_no_delete,
  ENABLE ALWAYS TRIGGER period_balance_no_truncate;

ALTER TABLE account_close
  ENABLE ALWAYS TRIGGER account_close_no_update,
  ENABLE ALWAYS TRIGGER account_close_no_delete,
  ENABLE ALWAYS TRIGGER account_close_no_truncate;
