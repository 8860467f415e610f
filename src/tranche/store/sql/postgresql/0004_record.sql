-- Records and their events: an event moves its record, and only an event does (lifecycle note, section 1).
CREATE TABLE lifecycle_state(kind text NOT NULL, state text NOT NULL, is_end integer NOT NULL, PRIMARY KEY(kind, state));
CREATE TABLE lifecycle_transition(kind text NOT NULL, from_state text NOT NULL, action text NOT NULL, to_state text NOT NULL,
  PRIMARY KEY(kind, from_state, action, to_state),
  FOREIGN KEY(kind, to_state) REFERENCES lifecycle_state(kind, state));
CREATE TABLE record(id text PRIMARY KEY, ref text NOT NULL CONSTRAINT record_ref UNIQUE, kind text NOT NULL,
  state text NOT NULL, version bigint NOT NULL CHECK(version >= 1),
  label text NOT NULL CHECK(label IN ('public','donor','auditor','sealed')),
  holder_party_id text NOT NULL REFERENCES party(id), CONSTRAINT record_kind UNIQUE(id, kind));
CREATE INDEX record_kind_state ON record(kind, state);
CREATE TABLE record_event(id bigint PRIMARY KEY, record_id text NOT NULL, kind text NOT NULL, version bigint NOT NULL,
  prev_version bigint, from_state text NOT NULL, action text NOT NULL, to_state text NOT NULL,
  undoes bigint CONSTRAINT record_event_undone_once UNIQUE REFERENCES record_event(id), reason text,
  decision_id text NOT NULL REFERENCES decision(id), person_id text NOT NULL REFERENCES person(id),
  login_id text NOT NULL REFERENCES login(id), grant_id text REFERENCES role_grant(id),
  via text NOT NULL CHECK(via IN ('web','api','cli','import','system')), at timestamptz NOT NULL,
  log_seq bigint NOT NULL REFERENCES log_entry(seq) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT record_event_version UNIQUE(record_id, version),
  CONSTRAINT record_event_end UNIQUE(record_id, version, to_state),
  CONSTRAINT record_event_kind FOREIGN KEY(record_id, kind) REFERENCES record(id, kind) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT record_event_transition FOREIGN KEY(kind, from_state, action, to_state) REFERENCES lifecycle_transition(kind, from_state, action, to_state),
  CONSTRAINT record_event_chain FOREIGN KEY(record_id, prev_version, from_state) REFERENCES record_event(record_id, version, to_state),
  CONSTRAINT record_event_first CHECK((version = 1 AND prev_version IS NULL AND from_state = '')
    OR (version > 1 AND prev_version IS NOT NULL AND prev_version = version - 1 AND from_state <> '')),
  CONSTRAINT record_event_undo CHECK((action LIKE '%.step\_back') = (undoes IS NOT NULL)));
CREATE INDEX record_event_decision ON record_event(decision_id);
ALTER TABLE record ADD CONSTRAINT record_is_last_event FOREIGN KEY(id, version, state)
  REFERENCES record_event(record_id, version, to_state) DEFERRABLE INITIALLY DEFERRED;
CREATE FUNCTION record_event_apply() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  UPDATE record SET state = NEW.to_state, version = NEW.version WHERE id = NEW.record_id AND version = NEW.prev_version;
  RETURN NULL;
END $$;
CREATE TRIGGER record_event_apply AFTER INSERT ON record_event FOR EACH ROW WHEN (NEW.version > 1) EXECUTE FUNCTION record_event_apply();
CREATE FUNCTION record_guard() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF pg_trigger_depth() < 2 OR (NEW.id, NEW.ref, NEW.kind, NEW.label, NEW.holder_party_id)
      IS DISTINCT FROM (OLD.id, OLD.ref, OLD.kind, OLD.label, OLD.holder_party_id) OR NEW.version <> OLD.version + 1
  THEN RAISE EXCEPTION 'immutable' USING ERRCODE = '23514'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER record_guard BEFORE UPDATE ON record FOR EACH ROW EXECUTE FUNCTION record_guard();
CREATE FUNCTION record_born() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF NEW.version <> 1 THEN RAISE EXCEPTION 'immutable' USING ERRCODE = '23514'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER record_born BEFORE INSERT ON record FOR EACH ROW EXECUTE FUNCTION record_born();
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['record', 'record_event', 'lifecycle_state', 'lifecycle_transition'] LOOP
    IF t <> 'record' THEN
      EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t || '_no_update', t);
      EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', t, t || '_no_update');
    END IF;
    EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t || '_no_delete', t);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', t || '_no_truncate', t);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', t, t || '_no_delete');
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', t, t || '_no_truncate');
  END LOOP;
  EXECUTE 'ALTER TABLE record ENABLE ALWAYS TRIGGER record_guard';
  EXECUTE 'ALTER TABLE record ENABLE ALWAYS TRIGGER record_born';
  EXECUTE 'ALTER TABLE record_event ENABLE ALWAYS TRIGGER record_event_apply';
END $$;
