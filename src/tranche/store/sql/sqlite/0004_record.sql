-- Records and their events: an event moves its record, and only an event does (lifecycle note, section 1).
CREATE TABLE lifecycle_state(kind TEXT NOT NULL, state TEXT NOT NULL, is_end INTEGER NOT NULL, PRIMARY KEY(kind, state)) STRICT, WITHOUT ROWID;
CREATE TABLE lifecycle_transition(kind TEXT NOT NULL, from_state TEXT NOT NULL, action TEXT NOT NULL, to_state TEXT NOT NULL,
  PRIMARY KEY(kind, from_state, action, to_state),
  FOREIGN KEY(kind, to_state) REFERENCES lifecycle_state(kind, state)) STRICT, WITHOUT ROWID;
CREATE TABLE record(id TEXT PRIMARY KEY, ref TEXT NOT NULL CONSTRAINT record_ref UNIQUE, kind TEXT NOT NULL,
  state TEXT NOT NULL, version INTEGER NOT NULL CHECK(version >= 1),
  label TEXT NOT NULL CHECK(label IN ('public','donor','auditor','sealed')),
  holder_party_id TEXT NOT NULL REFERENCES party(id), CONSTRAINT record_kind UNIQUE(id, kind),
  CONSTRAINT record_is_last_event FOREIGN KEY(id, version, state) REFERENCES record_event(record_id, version, to_state) DEFERRABLE INITIALLY DEFERRED) STRICT;
CREATE INDEX record_kind_state ON record(kind, state);
CREATE TABLE record_event(id INTEGER PRIMARY KEY, record_id TEXT NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL,
  prev_version INTEGER, from_state TEXT NOT NULL, action TEXT NOT NULL, to_state TEXT NOT NULL,
  undoes INTEGER CONSTRAINT record_event_undone_once UNIQUE REFERENCES record_event(id), reason TEXT,
  decision_id TEXT NOT NULL REFERENCES decision(id), person_id TEXT NOT NULL REFERENCES person(id),
  login_id TEXT NOT NULL REFERENCES login(id), grant_id TEXT REFERENCES role_grant(id),
  via TEXT NOT NULL CHECK(via IN ('web','api','cli','import','system')), at TEXT NOT NULL,
  log_seq INTEGER NOT NULL REFERENCES log_entry(seq) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT record_event_version UNIQUE(record_id, version),
  CONSTRAINT record_event_end UNIQUE(record_id, version, to_state),
  CONSTRAINT record_event_kind FOREIGN KEY(record_id, kind) REFERENCES record(id, kind) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT record_event_transition FOREIGN KEY(kind, from_state, action, to_state) REFERENCES lifecycle_transition(kind, from_state, action, to_state),
  CONSTRAINT record_event_chain FOREIGN KEY(record_id, prev_version, from_state) REFERENCES record_event(record_id, version, to_state),
  CONSTRAINT record_event_first CHECK((version = 1 AND prev_version IS NULL AND from_state = '')
    OR (version > 1 AND prev_version IS NOT NULL AND prev_version = version - 1 AND from_state <> '')),
  CONSTRAINT record_event_undo CHECK((action LIKE '%.step_back') = (undoes IS NOT NULL))) STRICT;
CREATE INDEX record_event_decision ON record_event(decision_id);
CREATE TRIGGER record_event_apply AFTER INSERT ON record_event WHEN NEW.version > 1 BEGIN
  UPDATE record SET state = NEW.to_state, version = NEW.version WHERE id = NEW.record_id AND version = NEW.prev_version; END;
CREATE TRIGGER record_guard BEFORE UPDATE ON record WHEN NOT (NEW.id = OLD.id AND NEW.ref = OLD.ref AND NEW.kind = OLD.kind
  AND NEW.label = OLD.label AND NEW.holder_party_id = OLD.holder_party_id AND NEW.version = OLD.version + 1
  AND EXISTS(SELECT 1 FROM record_event WHERE record_id = NEW.id AND version = NEW.version AND to_state = NEW.state))
  BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER record_no_delete BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER record_born BEFORE INSERT ON record WHEN NEW.version <> 1
  OR EXISTS(SELECT 1 FROM record WHERE id = NEW.id OR ref = NEW.ref) BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER record_event_once BEFORE INSERT ON record_event WHEN EXISTS(SELECT 1 FROM record_event
  WHERE id = NEW.id OR (record_id = NEW.record_id AND version = NEW.version) OR undoes = NEW.undoes)
  BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER record_event_no_update BEFORE UPDATE ON record_event BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER record_event_no_delete BEFORE DELETE ON record_event BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER lifecycle_state_no_update BEFORE UPDATE ON lifecycle_state BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER lifecycle_state_no_delete BEFORE DELETE ON lifecycle_state BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER lifecycle_transition_no_update BEFORE UPDATE ON lifecycle_transition BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER lifecycle_transition_no_delete BEFORE DELETE ON lifecycle_transition BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER lifecycle_state_once BEFORE INSERT ON lifecycle_state WHEN EXISTS(SELECT 1 FROM lifecycle_state
  WHERE kind = NEW.kind AND state = NEW.state) BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER lifecycle_transition_once BEFORE INSERT ON lifecycle_transition WHEN EXISTS(SELECT 1 FROM lifecycle_transition
  WHERE kind = NEW.kind AND from_state = NEW.from_state AND action = NEW.action AND to_state = NEW.to_state)
  BEGIN SELECT RAISE(ABORT, 'immutable'); END;
