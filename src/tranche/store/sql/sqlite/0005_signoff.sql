-- What brakes, takes back and adds up decisions: holds, revoked approvals, subjects of the window (signoff note).
CREATE TABLE hold(
  id TEXT PRIMARY KEY, ref TEXT NOT NULL CONSTRAINT hold_ref UNIQUE,
  scope_kind TEXT NOT NULL CHECK(scope_kind IN ('system','party','agreement','programme','record')),
  scope_ref TEXT NOT NULL CHECK((scope_kind = 'system') = (scope_ref = '')),
  cause TEXT NOT NULL CHECK(cause IN ('emergency','dispute','sanctions','audit','condition')),
  reason TEXT NOT NULL CHECK(length(reason) BETWEEN 10 AND 2000),
  placed_by_id TEXT NOT NULL REFERENCES person(id), placed_at TEXT NOT NULL, review_on TEXT NOT NULL,
  decision_id TEXT NOT NULL CONSTRAINT hold_decision UNIQUE REFERENCES decision(id),
  log_seq INTEGER NOT NULL REFERENCES log_entry(seq) DEFERRABLE INITIALLY DEFERRED) STRICT;
CREATE TRIGGER hold_no_update BEFORE UPDATE ON hold BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER hold_no_delete BEFORE DELETE ON hold BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER hold_once BEFORE INSERT ON hold WHEN EXISTS(SELECT 1 FROM hold
  WHERE id = NEW.id OR ref = NEW.ref OR decision_id = NEW.decision_id) BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TABLE hold_release(
  hold_id TEXT PRIMARY KEY REFERENCES hold(id), released_at TEXT NOT NULL,
  decision_id TEXT NOT NULL CONSTRAINT hold_release_decision UNIQUE REFERENCES decision(id),
  log_seq INTEGER NOT NULL REFERENCES log_entry(seq) DEFERRABLE INITIALLY DEFERRED) STRICT;
CREATE TRIGGER hold_release_no_update BEFORE UPDATE ON hold_release BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER hold_release_no_delete BEFORE DELETE ON hold_release BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER hold_release_once BEFORE INSERT ON hold_release WHEN EXISTS(SELECT 1 FROM hold_release
  WHERE hold_id = NEW.hold_id OR decision_id = NEW.decision_id) BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TABLE approval_revoked(
  approval_id TEXT PRIMARY KEY REFERENCES approval(id), made_at TEXT NOT NULL,
  log_seq INTEGER NOT NULL REFERENCES log_entry(seq) DEFERRABLE INITIALLY DEFERRED) STRICT;
CREATE TRIGGER approval_revoked_no_update BEFORE UPDATE ON approval_revoked BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER approval_revoked_no_delete BEFORE DELETE ON approval_revoked BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER approval_revoked_once BEFORE INSERT ON approval_revoked WHEN EXISTS(SELECT 1 FROM approval_revoked
  WHERE approval_id = NEW.approval_id) BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER approval_revoked_of_open BEFORE INSERT ON approval_revoked WHEN NOT EXISTS(SELECT 1 FROM approval a
  JOIN decision d ON d.id = a.decision_id WHERE a.id = NEW.approval_id AND a.verdict = 'approve' AND d.state = 'open')
  BEGIN SELECT RAISE(ABORT, 'decision_not_open'); END;
CREATE TABLE decision_subject(
  decision_id TEXT NOT NULL REFERENCES decision(id), subject TEXT NOT NULL CHECK(length(subject) BETWEEN 3 AND 120),
  amount_minor INTEGER CHECK(amount_minor > 0),
  PRIMARY KEY(decision_id, subject)) STRICT, WITHOUT ROWID;
CREATE INDEX decision_subject_of ON decision_subject(subject);
CREATE TRIGGER decision_subject_no_update BEFORE UPDATE ON decision_subject BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER decision_subject_no_delete BEFORE DELETE ON decision_subject BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER decision_subject_once BEFORE INSERT ON decision_subject WHEN EXISTS(SELECT 1 FROM decision_subject
  WHERE decision_id = NEW.decision_id AND subject = NEW.subject) BEGIN SELECT RAISE(ABORT, 'immutable'); END;
-- Whom an open decision asks: so many persons of a slot, and who carries it out; the inbox is read from it.
CREATE TABLE decision_slot(
  decision_id TEXT NOT NULL REFERENCES decision(id), slot INTEGER NOT NULL CHECK(slot >= 0),
  role TEXT NOT NULL, party_ref TEXT NOT NULL, wanted INTEGER NOT NULL CHECK(wanted >= 1),
  executes INTEGER NOT NULL CHECK(executes IN (0, 1)),
  PRIMARY KEY(decision_id, slot, role, party_ref)) STRICT, WITHOUT ROWID;
CREATE TRIGGER decision_slot_no_update BEFORE UPDATE ON decision_slot BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER decision_slot_no_delete BEFORE DELETE ON decision_slot BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER decision_slot_once BEFORE INSERT ON decision_slot WHEN EXISTS(SELECT 1 FROM decision_slot
  WHERE decision_id = NEW.decision_id AND slot = NEW.slot AND role = NEW.role AND party_ref = NEW.party_ref)
  BEGIN SELECT RAISE(ABORT, 'immutable'); END;
-- Who stood in its way when it was asked: by a deed or by what it gives them for good, by an interest while that
-- lasts.
CREATE TABLE decision_barred(
  decision_id TEXT NOT NULL REFERENCES decision(id), person_id TEXT NOT NULL REFERENCES person(id),
  executes INTEGER NOT NULL CHECK(executes IN (0, 1)), interest_id TEXT NOT NULL,
  PRIMARY KEY(decision_id, person_id, executes, interest_id)) STRICT, WITHOUT ROWID;
CREATE TRIGGER decision_barred_no_update BEFORE UPDATE ON decision_barred BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER decision_barred_no_delete BEFORE DELETE ON decision_barred BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER decision_barred_once BEFORE INSERT ON decision_barred WHEN EXISTS(SELECT 1 FROM decision_barred
  WHERE decision_id = NEW.decision_id AND person_id = NEW.person_id AND executes = NEW.executes
    AND interest_id = NEW.interest_id)
  BEGIN SELECT RAISE(ABORT, 'immutable'); END;
