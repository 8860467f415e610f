-- Tiles and heads that follow from the entries (log note, Tables): the tree is derived and trusted by nobody,
-- checkpoints and cosignatures are kept for good.
CREATE TABLE log_tree(id integer PRIMARY KEY CHECK(id = 1), size bigint NOT NULL CHECK(size >= 0),
  root bytea NOT NULL CHECK(octet_length(root) = 32));
INSERT INTO log_tree(id, size, root)
  VALUES(1, 0, '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
CREATE TABLE log_tile(level smallint NOT NULL, n bigint NOT NULL,
  data bytea NOT NULL CHECK(octet_length(data) BETWEEN 32 AND 8192 AND octet_length(data) % 32 = 0),
  PRIMARY KEY(level, n));
CREATE TABLE log_checkpoint(size bigint PRIMARY KEY CHECK(size >= 0),
  root bytea NOT NULL CHECK(octet_length(root) = 32), note text NOT NULL, signed_at text NOT NULL);
CREATE TABLE log_cosignature(size bigint NOT NULL REFERENCES log_checkpoint(size), keyid text NOT NULL,
  time_s bigint NOT NULL, line text NOT NULL, PRIMARY KEY(size, keyid, time_s));
CREATE INDEX log_cosignature_key ON log_cosignature(keyid, size);
CREATE TABLE log_incident(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text NOT NULL, what text NOT NULL,
  raised_at text NOT NULL, ended_at text);
DO $$
DECLARE t text; a text;
BEGIN
  FOREACH t IN ARRAY ARRAY['log_checkpoint', 'log_cosignature'] LOOP
    FOREACH a IN ARRAY ARRAY['update', 'delete'] LOOP
      EXECUTE format('CREATE TRIGGER %I BEFORE %s ON %I FOR EACH ROW EXECUTE FUNCTION log_refuse()', t || '_no_' || a, a, t);
      EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', t, t || '_no_' || a);
    END LOOP;
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION log_refuse()', t || '_no_truncate', t);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', t, t || '_no_truncate');
  END LOOP;
END $$;
