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

-- Totals change with every line: room in the page keeps these updates off the indexes.
CREATE TABLE account(
  id bigint PRIMARY KEY,
  code text NOT NULL CONSTRAINT account_code_uniq UNIQUE,
  kind text NOT NULL,
  floor_is text NOT NULL,
  floor bigint,
  holder text NOT NULL,
  fund_id bigint REFERENCES fund(id),
  currency char(3) NOT NULL CHECK(length(currency) = 3),
  in_total bigint NOT NULL DEFAULT 0,
  out_total bigint NOT NULL DEFAULT 0,
  FOREIGN KEY(kind, floor_is) REFERENCES account_kind(kind, floor_is),
  CONSTRAINT no_overdraft CHECK(in_total - out_total >= floor),
  CONSTRAINT floor_by_kind CHECK(CASE floor_is
    WHEN 'none' THEN floor IS NULL
    WHEN 'limit' THEN floor IS NOT NULL AND floor < 0
    ELSE floor IS NOT NULL AND floor = 0 END),
  CONSTRAINT balance_range CHECK(
    in_total BETWEEN 0 AND 9007199254740991 AND out_total BETWEEN 0 AND 9007199254740991)
) WITH (fillfactor = 40);

CREATE UNIQUE INDEX account_one_per_fund ON account(kind, holder, coalesce(fund_id, 0), currency);

CREATE INDEX account_fund ON account(fund_id);

CREATE TABLE journal_entry(
  id bigint PRIMARY KEY CONSTRAINT journal_entry_id_range CHECK(id BETWEEN 1 AND 562949953421311),
  key text NOT NULL REFERENCES idem_key(key),
  key_n bigint NOT NULL CHECK(key_n BETWEEN 1 AND 10000),
  kind text NOT NULL,
  recorded_at timestamptz NOT NULL,
  booked_on date NOT NULL,
  value_on date,
  n_lines bigint NOT NULL CHECK(n_lines BETWEEN 1 AND 10000),
  reverses bigint CONSTRAINT journal_entry_reversed_once UNIQUE REFERENCES journal_entry(id),
  decision_id text,
  log_seq bigint NOT NULL
    CONSTRAINT journal_entry_logged REFERENCES log_entry(seq) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT journal_entry_key_uniq UNIQUE(key, key_n)
);

CREATE INDEX journal_entry_booked ON journal_entry(booked_on, id);

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
  PRIMARY KEY(entry_id, line, piece),
  FOREIGN KEY(entry_id, line) REFERENCES movement(entry_id, line),
  FOREIGN KEY(source_entry, source_line) REFERENCES movement(entry_id, line)
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

CREATE FUNCTION entry_is_open() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  IF (SELECT min(entry_id) FROM fresh) <= (SELECT coalesce(max(id), 0) FROM journal_entry) THEN
    RAISE EXCEPTION 'entry_sealed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

-- A line moves both totals by compare-and-set; several lines are first checked as one sequence.
CREATE FUNCTION movement_apply() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  one record;
  n_lines bigint;
  lowest bigint;
  moved bigint;
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
    UPDATE account SET out_total = out_total + one.amount
      WHERE id = one.src AND currency = one.currency AND out_total = one.src_off;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved = 1 THEN
      UPDATE account SET in_total = in_total + one.amount
        WHERE id = one.dst AND currency = one.currency AND in_total = one.dst_off;
      GET DIAGNOSTICS moved = ROW_COUNT;
    END IF;
    IF moved <> 1 THEN
      RAISE EXCEPTION 'stale_offset' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
  END IF;
  WITH side AS (
    SELECT src AS account_id, currency, entry_id, line, true AS goes, src_off AS off, amount, -amount AS change
      FROM fresh
    UNION ALL
    SELECT dst, currency, entry_id, line, false, dst_off, amount, amount FROM fresh
  ), checked AS (
    SELECT
      coalesce(a.currency <> s.currency, true) OR s.off <> coalesce(
        lag(s.off + s.amount) OVER (PARTITION BY s.account_id, s.goes ORDER BY s.entry_id, s.line),
        CASE WHEN s.goes THEN a.out_total ELSE a.in_total END) AS is_stale,
      a.in_total - a.out_total
        + sum(s.change) OVER (PARTITION BY s.account_id ORDER BY s.entry_id, s.line) < a.floor AS is_short
    FROM side s
    LEFT JOIN LATERAL (SELECT * FROM account WHERE id = s.account_id) a ON true
  )
  SELECT bool_or(is_stale), bool_or(is_short) INTO stale, short FROM checked;
  IF stale THEN
    RAISE EXCEPTION 'stale_offset' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF short THEN
    RAISE EXCEPTION 'no_overdraft' USING ERRCODE = 'check_violation', CONSTRAINT = 'no_overdraft';
  END IF;
  UPDATE account a SET in_total = a.in_total + t.came, out_total = a.out_total + t.went
    FROM (
      SELECT account_id, sum(came)::bigint AS came, sum(went)::bigint AS went
      FROM (
        SELECT src AS account_id, 0 AS came, amount AS went FROM fresh
        UNION ALL
        SELECT dst, amount, 0 FROM fresh
      ) sides GROUP BY account_id
    ) t
    WHERE a.id = t.account_id;
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
  FOR EACH STATEMENT EXECUTE FUNCTION entry_is_open();

-- An account is born empty and never changes, but from inside movement_apply.
CREATE TRIGGER account_born BEFORE INSERT ON account
  FOR EACH ROW WHEN (NEW.in_total <> 0 OR NEW.out_total <> 0) EXECUTE FUNCTION ledger_immutable();

CREATE TRIGGER account_guard BEFORE UPDATE ON account
  FOR EACH STATEMENT WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION ledger_immutable();

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
  ENABLE ALWAYS TRIGGER account_born,
  ENABLE ALWAYS TRIGGER account_guard,
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
