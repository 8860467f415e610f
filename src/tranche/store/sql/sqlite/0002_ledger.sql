-- The book: accounts, movements, entries and fragments; append-only, sealed and without overdraft by itself.

CREATE TABLE account_kind(
  kind TEXT PRIMARY KEY,
  floor_is TEXT NOT NULL CHECK(floor_is IN ('none', 'limit', 'zero')),
  role TEXT NOT NULL CHECK(role IN ('source', 'holding', 'use', 'pair', 'both')),
  UNIQUE(kind, floor_is)
) STRICT, WITHOUT ROWID;

INSERT INTO account_kind(kind, floor_is, role) VALUES
  ('origin', 'none', 'source'), ('advance', 'limit', 'source'), ('suspense', 'zero', 'holding'),
  ('unassigned', 'zero', 'holding'), ('tranche', 'zero', 'holding'), ('pool', 'zero', 'holding'),
  ('programme', 'zero', 'holding'), ('contract', 'zero', 'holding'), ('transit', 'zero', 'holding'),
  ('prepaid', 'zero', 'holding'), ('lot', 'zero', 'use'), ('returned', 'zero', 'use'),
  ('fee', 'zero', 'use'), ('write_off', 'zero', 'use'), ('fx', 'none', 'pair'), ('rounding', 'none', 'both');

CREATE TABLE fund(
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL CONSTRAINT fund_code_uniq UNIQUE,
  pool TEXT,
  donor TEXT,
  donor_no INTEGER CONSTRAINT pool_donor_cap CHECK(donor_no BETWEEN 1 AND 64),
  spend_rank INTEGER NOT NULL,
  CONSTRAINT prorata_fund_has_donor
    CHECK((pool IS NULL) = (donor_no IS NULL) AND (pool IS NULL OR donor IS NOT NULL)),
  UNIQUE(pool, donor),
  UNIQUE(pool, donor_no)
) STRICT;

CREATE TABLE account(
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL CONSTRAINT account_code_uniq UNIQUE,
  kind TEXT NOT NULL,
  floor_is TEXT NOT NULL,
  floor INTEGER,
  holder TEXT NOT NULL,
  fund_id INTEGER REFERENCES fund(id),
  currency TEXT NOT NULL CHECK(length(currency) = 3),
  FOREIGN KEY(kind, floor_is) REFERENCES account_kind(kind, floor_is),
  CONSTRAINT floor_by_kind CHECK(CASE floor_is
    WHEN 'none' THEN floor IS NULL
    WHEN 'limit' THEN floor IS NOT NULL AND floor BETWEEN -9007199254740991 AND -1
    ELSE floor IS NOT NULL AND floor = 0 END)
) STRICT;

CREATE UNIQUE INDEX account_one_per_fund ON account(kind, holder, coalesce(fund_id, 0), currency);

CREATE INDEX account_fund ON account(fund_id);

CREATE TABLE journal_entry(
  id INTEGER PRIMARY KEY CONSTRAINT journal_entry_id_range CHECK(id BETWEEN 1 AND 562949953421311),
  key TEXT NOT NULL REFERENCES idem_key(key),
  key_n INTEGER NOT NULL CHECK(key_n BETWEEN 1 AND 10000),
  kind TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  booked_on TEXT NOT NULL CONSTRAINT journal_entry_booked_date CHECK(date(booked_on, '+0 days') IS booked_on),
  value_on TEXT,
  n_lines INTEGER NOT NULL CHECK(n_lines BETWEEN 1 AND 10000),
  reverses INTEGER REFERENCES journal_entry(id),
  decision_id TEXT,
  log_seq INTEGER NOT NULL
    CONSTRAINT journal_entry_logged REFERENCES log_entry(seq) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT journal_entry_key_uniq UNIQUE(key, key_n)
) STRICT;

CREATE UNIQUE INDEX journal_entry_reversed_once ON journal_entry(reverses) WHERE reverses IS NOT NULL;

CREATE INDEX journal_entry_log ON journal_entry(log_seq);

CREATE TABLE movement(
  entry_id INTEGER NOT NULL REFERENCES journal_entry(id) DEFERRABLE INITIALLY DEFERRED,
  line INTEGER NOT NULL CHECK(line >= 1),
  src INTEGER NOT NULL,
  dst INTEGER NOT NULL,
  currency TEXT NOT NULL,
  amount INTEGER NOT NULL CONSTRAINT movement_amount_range CHECK(amount BETWEEN 1 AND 1000000000000000),
  src_off INTEGER NOT NULL,
  dst_off INTEGER NOT NULL,
  CHECK(src <> dst),
  CONSTRAINT movement_total_range CHECK(
    src_off BETWEEN 0 AND 9007199254740991 - amount AND dst_off BETWEEN 0 AND 9007199254740991 - amount),
  PRIMARY KEY(entry_id, line),
  CONSTRAINT movement_src_off_uniq UNIQUE(src, src_off),
  CONSTRAINT movement_dst_off_uniq UNIQUE(dst, dst_off)
) STRICT, WITHOUT ROWID;

CREATE TABLE fx_pair(
  entry_id INTEGER NOT NULL,
  in_line INTEGER NOT NULL,
  out_line INTEGER NOT NULL,
  PRIMARY KEY(entry_id, in_line),
  UNIQUE(entry_id, out_line),
  CHECK(out_line < in_line),
  FOREIGN KEY(entry_id, out_line) REFERENCES movement(entry_id, line),
  FOREIGN KEY(entry_id, in_line) REFERENCES movement(entry_id, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE use_fragment(
  entry_id INTEGER NOT NULL,
  line INTEGER NOT NULL,
  piece INTEGER NOT NULL CHECK(piece BETWEEN 1 AND 4096),
  lo INTEGER NOT NULL CHECK(lo BETWEEN 0 AND 1000000000000000),
  amount INTEGER NOT NULL,
  source_entry INTEGER NOT NULL,
  source_line INTEGER NOT NULL,
  source_lo INTEGER NOT NULL CHECK(source_lo BETWEEN 0 AND 1000000000000000),
  source_amount INTEGER NOT NULL,
  path TEXT NOT NULL,
  fx_path TEXT NOT NULL DEFAULT '',
  CONSTRAINT use_fragment_range CHECK(amount BETWEEN 0 AND 1000000000000000
    AND source_amount BETWEEN 0 AND 1000000000000000 AND amount + source_amount > 0),
  CHECK(fx_path <> '' OR amount = source_amount),
  PRIMARY KEY(entry_id, line, piece),
  FOREIGN KEY(entry_id, line) REFERENCES movement(entry_id, line),
  FOREIGN KEY(source_entry, source_line) REFERENCES movement(entry_id, line)
) STRICT, WITHOUT ROWID;

CREATE INDEX use_fragment_source ON use_fragment(source_entry, source_line, source_lo);

CREATE TABLE period_close(
  upto TEXT PRIMARY KEY,
  entry_id_max INTEGER NOT NULL,
  log_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE period_balance(
  upto TEXT NOT NULL REFERENCES period_close(upto),
  account_id INTEGER NOT NULL REFERENCES account(id),
  in_total INTEGER NOT NULL,
  out_total INTEGER NOT NULL,
  in_scan INTEGER NOT NULL,
  out_scan INTEGER NOT NULL,
  PRIMARY KEY(upto, account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_close(
  account_id INTEGER PRIMARY KEY REFERENCES account(id),
  entry_id INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT;

-- A line continues both lines of cents exactly where they end, after every line that stands there, in the currency
-- of both accounts, and leaves its source no lower than its floor. All is asked before the row is there, so no
-- conflict clause reaches in here.
CREATE TRIGGER movement_apply BEFORE INSERT ON movement
BEGIN
  SELECT RAISE(ABORT, 'entry_sealed') WHERE NEW.entry_id <= (SELECT coalesce(max(id), 0) FROM journal_entry);
  SELECT RAISE(ABORT, 'immutable')
    WHERE EXISTS(SELECT 1 FROM movement WHERE entry_id = NEW.entry_id AND line = NEW.line);
  SELECT RAISE(ABORT, 'stale_offset')
    WHERE NEW.src_off <> coalesce((SELECT src_off + amount FROM movement
        WHERE src = NEW.src AND (entry_id, line) < (NEW.entry_id, NEW.line) ORDER BY src_off DESC LIMIT 1), 0)
      OR NEW.dst_off <> coalesce((SELECT dst_off + amount FROM movement
        WHERE dst = NEW.dst AND (entry_id, line) < (NEW.entry_id, NEW.line) ORDER BY dst_off DESC LIMIT 1), 0)
      OR NEW.currency IS NOT (SELECT currency FROM account WHERE id = NEW.src)
      OR NEW.currency IS NOT (SELECT currency FROM account WHERE id = NEW.dst);
  SELECT RAISE(ABORT, 'no_overdraft')
    WHERE (SELECT floor FROM account WHERE id = NEW.src) > coalesce(
      (SELECT dst_off + amount FROM movement WHERE dst = NEW.src ORDER BY dst_off DESC LIMIT 1), 0)
      - NEW.src_off - NEW.amount;
END;

CREATE TRIGGER account_no_replace BEFORE INSERT ON account
  WHEN EXISTS(SELECT 1 FROM account WHERE id = NEW.id) OR EXISTS(SELECT 1 FROM account WHERE code = NEW.code)
    OR EXISTS(SELECT 1 FROM account WHERE kind = NEW.kind AND holder = NEW.holder
      AND coalesce(fund_id, 0) = coalesce(NEW.fund_id, 0) AND currency = NEW.currency)
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

-- The header comes last and seals.
CREATE TRIGGER entry_seal BEFORE INSERT ON journal_entry
BEGIN
  SELECT RAISE(ABORT, 'entry_order') WHERE NEW.id <> 1 + (SELECT coalesce(max(id), 0) FROM journal_entry);
  SELECT RAISE(ABORT, 'entry_exists')
    WHERE EXISTS(SELECT 1 FROM journal_entry WHERE key = NEW.key AND key_n = NEW.key_n)
      OR EXISTS(SELECT 1 FROM journal_entry WHERE reverses = NEW.reverses);
  SELECT RAISE(ABORT, 'line_count')
    WHERE (SELECT count(*) <> NEW.n_lines OR max(line) <> NEW.n_lines FROM movement WHERE entry_id = NEW.id);
  SELECT RAISE(ABORT, 'period_closed') WHERE NEW.booked_on <= (SELECT max(upto) FROM period_close);
END;

-- Append-only: no row changes, none goes, none is replaced, whatever the conflict clause and the pragmas.
CREATE TRIGGER account_kind_no_update BEFORE UPDATE ON account_kind
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER account_kind_no_delete BEFORE DELETE ON account_kind
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER account_kind_no_replace BEFORE INSERT ON account_kind
  WHEN EXISTS(SELECT 1 FROM account_kind WHERE kind = NEW.kind)
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER fund_no_update BEFORE UPDATE ON fund
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER fund_no_delete BEFORE DELETE ON fund
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER fund_no_replace BEFORE INSERT ON fund
  WHEN EXISTS(SELECT 1 FROM fund WHERE id = NEW.id)
    OR EXISTS(SELECT 1 FROM fund WHERE code = NEW.code)
    OR EXISTS(SELECT 1 FROM fund WHERE pool = NEW.pool AND donor = NEW.donor)
    OR EXISTS(SELECT 1 FROM fund WHERE pool = NEW.pool AND donor_no = NEW.donor_no)
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER movement_no_update BEFORE UPDATE ON movement
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER movement_no_delete BEFORE DELETE ON movement
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER fx_pair_no_update BEFORE UPDATE ON fx_pair
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER fx_pair_no_delete BEFORE DELETE ON fx_pair
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER use_fragment_no_update BEFORE UPDATE ON use_fragment
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER use_fragment_no_delete BEFORE DELETE ON use_fragment
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER period_close_no_update BEFORE UPDATE ON period_close
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER period_close_no_delete BEFORE DELETE ON period_close
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER period_close_no_replace BEFORE INSERT ON period_close
  WHEN EXISTS(SELECT 1 FROM period_close WHERE upto = NEW.upto)
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER period_balance_no_update BEFORE UPDATE ON period_balance
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER period_balance_no_delete BEFORE DELETE ON period_balance
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER period_balance_no_replace BEFORE INSERT ON period_balance
  WHEN EXISTS(SELECT 1 FROM period_balance WHERE upto = NEW.upto AND account_id = NEW.account_id)
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER account_close_no_update BEFORE UPDATE ON account_close
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER account_close_no_delete BEFORE DELETE ON account_close
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER account_close_no_replace BEFORE INSERT ON account_close
  WHEN EXISTS(SELECT 1 FROM account_close WHERE account_id = NEW.account_id)
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER account_no_update BEFORE UPDATE ON account
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER account_no_delete BEFORE DELETE ON account
BEGIN
  SELECT RAISE(ABORT, 'immutable');
END;

CREATE TRIGGER fx_pair_sealed BEFORE INSERT ON fx_pair
  WHEN NEW.entry_id <= (SELECT coalesce(max(id), 0) FROM journal_entry)
BEGIN
  SELECT RAISE(ABORT, 'entry_sealed');
END;

CREATE TRIGGER use_fragment_sealed BEFORE INSERT ON use_fragment
  WHEN NEW.entry_id <= (SELECT coalesce(max(id), 0) FROM journal_entry)
BEGIN
  SELECT RAISE(ABORT, 'entry_sealed');
END;
