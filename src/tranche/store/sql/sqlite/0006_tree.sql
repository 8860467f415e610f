-- Tiles and heads that follow from the entries (log note, Tables): the tree is derived and trusted by nobody,
-- checkpoints and cosignatures are kept for good.
CREATE TABLE log_tree(id INTEGER PRIMARY KEY CHECK(id = 1), size INTEGER NOT NULL CHECK(size >= 0),
  root BLOB NOT NULL CHECK(length(root) = 32)) STRICT;
INSERT INTO log_tree(id, size, root)
  VALUES(1, 0, X'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
CREATE TABLE log_tile(level INTEGER NOT NULL, n INTEGER NOT NULL,
  data BLOB NOT NULL CHECK(length(data) BETWEEN 32 AND 8192 AND length(data) % 32 = 0), PRIMARY KEY(level, n)) STRICT;
CREATE TABLE log_checkpoint(size INTEGER PRIMARY KEY CHECK(size >= 0), root BLOB NOT NULL CHECK(length(root) = 32),
  note TEXT NOT NULL, signed_at TEXT NOT NULL) STRICT;
CREATE TABLE log_cosignature(size INTEGER NOT NULL REFERENCES log_checkpoint(size), keyid TEXT NOT NULL,
  time_s INTEGER NOT NULL, line TEXT NOT NULL, PRIMARY KEY(size, keyid, time_s)) STRICT, WITHOUT ROWID;
CREATE TRIGGER log_checkpoint_no_update BEFORE UPDATE ON log_checkpoint BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER log_checkpoint_no_delete BEFORE DELETE ON log_checkpoint BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER log_checkpoint_once BEFORE INSERT ON log_checkpoint
  WHEN EXISTS(SELECT 1 FROM log_checkpoint WHERE size = NEW.size) BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER log_cosignature_no_update BEFORE UPDATE ON log_cosignature
  BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER log_cosignature_no_delete BEFORE DELETE ON log_cosignature
  BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER log_cosignature_once BEFORE INSERT ON log_cosignature WHEN EXISTS(SELECT 1 FROM log_cosignature
  WHERE size = NEW.size AND keyid = NEW.keyid AND time_s = NEW.time_s) BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE INDEX log_cosignature_key ON log_cosignature(keyid, size);
CREATE TABLE log_incident(id INTEGER PRIMARY KEY, code TEXT NOT NULL, what TEXT NOT NULL, raised_at TEXT NOT NULL,
  ended_at TEXT) STRICT;
