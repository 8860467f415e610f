-- The log's rows, the keys of requests and the barrier's row (log note, Tables; ledger note 6).
CREATE TABLE log_head(id INTEGER PRIMARY KEY CHECK(id = 1), next_seq INTEGER NOT NULL CHECK(next_seq >= 0),
  last_at TEXT NOT NULL DEFAULT '', newest_at TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO log_head(id, next_seq) VALUES(1, 0);
CREATE TABLE log_entry(seq INTEGER PRIMARY KEY CONSTRAINT log_entry_seq CHECK(seq >= 0), kind TEXT NOT NULL,
  root BLOB NOT NULL CHECK(length(root) = 32), object_type TEXT NOT NULL, object_id TEXT NOT NULL) STRICT;
CREATE INDEX log_entry_object ON log_entry(object_type, object_id);
CREATE INDEX log_entry_erasure ON log_entry(seq) WHERE kind = 'log.erasure';
CREATE TABLE log_opening(seq INTEGER PRIMARY KEY REFERENCES log_entry(seq), doc TEXT NOT NULL,
  erased INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE idem_key(key TEXT PRIMARY KEY, request_hash BLOB NOT NULL CHECK(length(request_hash) = 32),
  log_seq INTEGER NOT NULL CONSTRAINT idem_key_logged REFERENCES log_entry(seq) DEFERRABLE INITIALLY DEFERRED) STRICT, WITHOUT ROWID;
CREATE TABLE commit_barrier(id INTEGER PRIMARY KEY CHECK(id = 1), passed INTEGER NOT NULL) STRICT;
INSERT INTO commit_barrier(id, passed) VALUES(1, 0);
CREATE TRIGGER log_head_grows BEFORE UPDATE ON log_head WHEN NEW.next_seq <> OLD.next_seq + 1
  OR NEW.last_at < OLD.last_at
  BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER log_head_once BEFORE INSERT ON log_head WHEN EXISTS(SELECT 1 FROM log_head WHERE id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER log_head_no_delete BEFORE DELETE ON log_head BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER log_entry_order BEFORE INSERT ON log_entry WHEN NEW.seq <> (SELECT next_seq FROM log_head WHERE id = 1)
  OR EXISTS(SELECT 1 FROM log_entry WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'log_order'); END;
CREATE TRIGGER log_entry_no_update BEFORE UPDATE ON log_entry BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER log_entry_no_delete BEFORE DELETE ON log_entry BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER log_opening_once BEFORE INSERT ON log_opening WHEN EXISTS(SELECT 1 FROM log_opening WHERE seq = NEW.seq)
  BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER log_opening_erase_only BEFORE UPDATE ON log_opening WHEN NEW.seq <> OLD.seq OR NEW.erased <= OLD.erased
  BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER log_opening_no_delete BEFORE DELETE ON log_opening BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER idem_key_once BEFORE INSERT ON idem_key WHEN EXISTS(SELECT 1 FROM idem_key WHERE key = NEW.key)
  BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER idem_key_no_update BEFORE UPDATE ON idem_key BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER idem_key_no_delete BEFORE DELETE ON idem_key BEGIN SELECT RAISE(ABORT, 'immutable'); END;
