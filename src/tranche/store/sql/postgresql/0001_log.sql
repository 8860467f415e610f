-- The log's rows, the keys of requests and the barrier's row (log note, Tables; ledger note 6).
CREATE TABLE log_head(id integer PRIMARY KEY CHECK(id = 1), next_seq bigint NOT NULL CHECK(next_seq >= 0),
  last_at text COLLATE "C" NOT NULL DEFAULT '', newest_at text NOT NULL DEFAULT '');
INSERT INTO log_head(id, next_seq) VALUES(1, 0);
CREATE TABLE log_entry(seq bigint PRIMARY KEY CONSTRAINT log_entry_seq CHECK(seq >= 0), kind text NOT NULL,
  root bytea NOT NULL CHECK(octet_length(root) = 32), object_type text NOT NULL, object_id text NOT NULL);
CREATE INDEX log_entry_object ON log_entry(object_type, object_id);
CREATE INDEX log_entry_erasure ON log_entry(seq) WHERE kind = 'log.erasure';
CREATE TABLE log_opening(seq bigint PRIMARY KEY REFERENCES log_entry(seq), doc text NOT NULL,
  erased integer NOT NULL DEFAULT 0);
CREATE TABLE idem_key(key text PRIMARY KEY, request_hash bytea NOT NULL CHECK(octet_length(request_hash) = 32),
  log_seq bigint NOT NULL CONSTRAINT idem_key_logged REFERENCES log_entry(seq) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE commit_barrier(id integer PRIMARY KEY CHECK(id = 1), passed bigint NOT NULL);
INSERT INTO commit_barrier(id, passed) VALUES(1, 0);
CREATE FUNCTION log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'immutable' USING ERRCODE = '23514'; END $$;
CREATE FUNCTION log_head_grows() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF NEW.next_seq <> OLD.next_seq + 1 OR NEW.id <> OLD.id OR NEW.last_at < OLD.last_at THEN
    RAISE EXCEPTION 'immutable' USING ERRCODE = '23514'; END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION log_entry_order() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF NEW.seq <> (SELECT next_seq FROM log_head WHERE id = 1) THEN
    RAISE EXCEPTION 'log_order' USING ERRCODE = '23514'; END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION log_opening_erase_only() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF NEW.seq <> OLD.seq OR NEW.erased <= OLD.erased THEN
    RAISE EXCEPTION 'immutable' USING ERRCODE = '23514'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER log_head_grows BEFORE UPDATE ON log_head FOR EACH ROW EXECUTE FUNCTION log_head_grows();
CREATE TRIGGER log_entry_order BEFORE INSERT ON log_entry FOR EACH ROW EXECUTE FUNCTION log_entry_order();
CREATE TRIGGER log_opening_erase_only BEFORE UPDATE ON log_opening FOR EACH ROW EXECUTE FUNCTION log_opening_erase_only();
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['log_head', 'log_entry', 'log_opening', 'idem_key'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION log_refuse()', t || '_no_delete', t);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION log_refuse()', t || '_no_truncate', t);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', t, t || '_no_delete');
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', t, t || '_no_truncate');
    IF t IN ('log_entry', 'idem_key') THEN
      EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION log_refuse()', t || '_no_update', t);
      EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', t, t || '_no_update');
    END IF;
  END LOOP;
  EXECUTE 'ALTER TABLE log_head ENABLE ALWAYS TRIGGER log_head_grows';
  EXECUTE 'ALTER TABLE log_entry ENABLE ALWAYS TRIGGER log_entry_order';
  EXECUTE 'ALTER TABLE log_opening ENABLE ALWAYS TRIGGER log_opening_erase_only';
END $$;
