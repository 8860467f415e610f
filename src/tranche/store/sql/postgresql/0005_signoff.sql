-- What brakes, takes back and adds up decisions: holds, revoked approvals, subjects of the window (signoff note).
CREATE TABLE hold(
  id text PRIMARY KEY, ref text NOT NULL CONSTRAINT hold_ref UNIQUE,
  scope_kind text NOT NULL CHECK(scope_kind IN ('system','party','agreement','programme','record')),
  scope_ref text NOT NULL CHECK((scope_kind = 'system') = (scope_ref = '')),
  cause text NOT NULL CHECK(cause IN ('emergency','dispute','sanctions','audit','condition')),
  reason text NOT NULL CHECK(length(reason) BETWEEN 10 AND 2000),
  placed_by_id text NOT NULL REFERENCES person(id), placed_at timestamptz NOT NULL, review_on date NOT NULL,
  decision_id text NOT NULL CONSTRAINT hold_decision UNIQUE REFERENCES decision(id),
  log_seq bigint NOT NULL REFERENCES log_entry(seq) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE hold_release(
  hold_id text PRIMARY KEY REFERENCES hold(id), released_at timestamptz NOT NULL,
  decision_id text NOT NULL CONSTRAINT hold_release_decision UNIQUE REFERENCES decision(id),
  log_seq bigint NOT NULL REFERENCES log_entry(seq) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE approval_revoked(
  approval_id text PRIMARY KEY REFERENCES approval(id), made_at timestamptz NOT NULL,
  log_seq bigint NOT NULL REFERENCES log_entry(seq) DEFERRABLE INITIALLY DEFERRED);
CREATE FUNCTION approval_revoked_of_open() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF NOT EXISTS(SELECT 1 FROM approval a JOIN decision d ON d.id = a.decision_id
      WHERE a.id = NEW.approval_id AND a.verdict = 'approve' AND d.state = 'open') THEN
    RAISE EXCEPTION 'decision_not_open' USING ERRCODE = '23514'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approval_revoked_of_open BEFORE INSERT ON approval_revoked FOR EACH ROW EXECUTE FUNCTION approval_revoked_of_open();
ALTER TABLE approval_revoked ENABLE ALWAYS TRIGGER approval_revoked_of_open;
CREATE TABLE decision_subject(
  decision_id text NOT NULL REFERENCES decision(id), subject text NOT NULL CHECK(length(subject) BETWEEN 3 AND 120),
  amount_minor bigint CHECK(amount_minor > 0),
  PRIMARY KEY(decision_id, subject));
CREATE INDEX decision_subject_of ON decision_subject(subject);
CREATE TRIGGER hold_no_update BEFORE UPDATE ON hold FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER hold_no_delete BEFORE DELETE ON hold FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER hold_no_truncate BEFORE TRUNCATE ON hold FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE hold ENABLE ALWAYS TRIGGER hold_no_update;
ALTER TABLE hold ENABLE ALWAYS TRIGGER hold_no_delete;
ALTER TABLE hold ENABLE ALWAYS TRIGGER hold_no_truncate;
CREATE TRIGGER hold_release_no_update BEFORE UPDATE ON hold_release FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER hold_release_no_delete BEFORE DELETE ON hold_release FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER hold_release_no_truncate BEFORE TRUNCATE ON hold_release FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE hold_release ENABLE ALWAYS TRIGGER hold_release_no_update;
ALTER TABLE hold_release ENABLE ALWAYS TRIGGER hold_release_no_delete;
ALTER TABLE hold_release ENABLE ALWAYS TRIGGER hold_release_no_truncate;
CREATE TRIGGER approval_revoked_no_update BEFORE UPDATE ON approval_revoked FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approval_revoked_no_delete BEFORE DELETE ON approval_revoked FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approval_revoked_no_truncate BEFORE TRUNCATE ON approval_revoked FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE approval_revoked ENABLE ALWAYS TRIGGER approval_revoked_no_update;
ALTER TABLE approval_revoked ENABLE ALWAYS TRIGGER approval_revoked_no_delete;
ALTER TABLE approval_revoked ENABLE ALWAYS TRIGGER approval_revoked_no_truncate;
CREATE TRIGGER decision_subject_no_update BEFORE UPDATE ON decision_subject FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_subject_no_delete BEFORE DELETE ON decision_subject FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_subject_no_truncate BEFORE TRUNCATE ON decision_subject FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE decision_subject ENABLE ALWAYS TRIGGER decision_subject_no_update;
ALTER TABLE decision_subject ENABLE ALWAYS TRIGGER decision_subject_no_delete;
ALTER TABLE decision_subject ENABLE ALWAYS TRIGGER decision_subject_no_truncate;
-- Whom an open decision asks: so many persons of a slot, and who carries it out; the inbox is read from it.
CREATE TABLE decision_slot(
  decision_id text NOT NULL REFERENCES decision(id), slot integer NOT NULL CHECK(slot >= 0),
  role text NOT NULL, party_ref text NOT NULL, wanted integer NOT NULL CHECK(wanted >= 1),
  executes integer NOT NULL CHECK(executes IN (0, 1)),
  PRIMARY KEY(decision_id, slot, role, party_ref));
CREATE TRIGGER decision_slot_no_update BEFORE UPDATE ON decision_slot FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_slot_no_delete BEFORE DELETE ON decision_slot FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_slot_no_truncate BEFORE TRUNCATE ON decision_slot FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE decision_slot ENABLE ALWAYS TRIGGER decision_slot_no_update;
ALTER TABLE decision_slot ENABLE ALWAYS TRIGGER decision_slot_no_delete;
ALTER TABLE decision_slot ENABLE ALWAYS TRIGGER decision_slot_no_truncate;
-- Who stood in its way when it was asked: by a deed or by what it gives them for good, by an interest while that
-- lasts.
CREATE TABLE decision_barred(
  decision_id text NOT NULL REFERENCES decision(id), person_id text NOT NULL REFERENCES person(id),
  executes integer NOT NULL CHECK(executes IN (0, 1)), interest_id text NOT NULL,
  PRIMARY KEY(decision_id, person_id, executes, interest_id));
CREATE TRIGGER decision_barred_no_update BEFORE UPDATE ON decision_barred FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_barred_no_delete BEFORE DELETE ON decision_barred FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_barred_no_truncate BEFORE TRUNCATE ON decision_barred FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE decision_barred ENABLE ALWAYS TRIGGER decision_barred_no_update;
ALTER TABLE decision_barred ENABLE ALWAYS TRIGGER decision_barred_no_delete;
ALTER TABLE decision_barred ENABLE ALWAYS TRIGGER decision_barred_no_truncate;
