-- Decisions and approvals: inserted once; a decision only ends, and only from open (signoff note, section 1).
CREATE TABLE decision(
  id text PRIMARY KEY, action text NOT NULL, content bytea NOT NULL CHECK(octet_length(content) <= 262144),
  hash bytea NOT NULL CHECK(octet_length(hash) = 32), policy_sha256 text NOT NULL CHECK(length(policy_sha256) = 64),
  nonce text NOT NULL CONSTRAINT decision_nonce UNIQUE CHECK(length(nonce) = 32),
  state text NOT NULL CHECK(state IN ('open','executed','withdrawn','rejected','expired','void')),
  proposer_person_id text NOT NULL REFERENCES person(id), proposer_login_id text NOT NULL REFERENCES login(id),
  proposer_grant_id text REFERENCES role_grant(id), via text NOT NULL CHECK(via IN ('web','api','cli','import','system')),
  reason text, created_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, amount_minor bigint, currency text,
  record_id text, end_reason text, ended_at timestamptz, replaced_by text,
  idempotency_key text NOT NULL CONSTRAINT decision_key UNIQUE,
  log_seq bigint NOT NULL REFERENCES log_entry(seq) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT decision_amount_pair CHECK((amount_minor IS NULL) = (currency IS NULL)),
  CONSTRAINT decision_end CHECK((state = 'open') = (ended_at IS NULL)));
CREATE INDEX decision_state ON decision(state, log_seq);
CREATE INDEX decision_action ON decision(action, state, log_seq);
CREATE INDEX decision_record ON decision(record_id);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'immutable' USING ERRCODE = '23514'; END $$;
CREATE FUNCTION decision_static() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF OLD.state <> 'open' OR NEW.state = 'open'
    OR (NEW.id, NEW.action, NEW.content, NEW.hash, NEW.policy_sha256, NEW.nonce, NEW.proposer_person_id,
        NEW.proposer_login_id, NEW.via, NEW.created_at, NEW.expires_at, NEW.idempotency_key, NEW.log_seq)
      IS DISTINCT FROM
       (OLD.id, OLD.action, OLD.content, OLD.hash, OLD.policy_sha256, OLD.nonce, OLD.proposer_person_id,
        OLD.proposer_login_id, OLD.via, OLD.created_at, OLD.expires_at, OLD.idempotency_key, OLD.log_seq)
    OR (NEW.proposer_grant_id, NEW.reason, NEW.amount_minor, NEW.currency, NEW.record_id)
      IS DISTINCT FROM (OLD.proposer_grant_id, OLD.reason, OLD.amount_minor, OLD.currency, OLD.record_id)
  THEN RAISE EXCEPTION 'immutable' USING ERRCODE = '23514'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER decision_static BEFORE UPDATE ON decision FOR EACH ROW EXECUTE FUNCTION decision_static();
CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_no_truncate BEFORE TRUNCATE ON decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TABLE approval(
  id text PRIMARY KEY, decision_id text NOT NULL REFERENCES decision(id), person_id text NOT NULL REFERENCES person(id),
  login_id text NOT NULL REFERENCES login(id), role text NOT NULL, grant_id text NOT NULL REFERENCES role_grant(id),
  party_ref text NOT NULL, delegated_by text REFERENCES person(id),
  verdict text NOT NULL CHECK(verdict IN ('approve','reject')),
  method text NOT NULL CHECK(method IN ('webauthn','totp','password')), statement bytea NOT NULL,
  statement_hash bytea NOT NULL CONSTRAINT approval_statement UNIQUE CHECK(octet_length(statement_hash) = 32),
  credential_id text, authenticator_data bytea, client_data bytea, signature bytea, made_at timestamptz NOT NULL,
  log_seq bigint NOT NULL REFERENCES log_entry(seq) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT approval_once UNIQUE(decision_id, person_id),
  CONSTRAINT approval_signed CHECK((method = 'webauthn') = (signature IS NOT NULL AND authenticator_data IS NOT NULL
    AND client_data IS NOT NULL AND credential_id IS NOT NULL)));
CREATE FUNCTION approval_of_open() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF NOT EXISTS(SELECT 1 FROM decision WHERE id = NEW.decision_id AND state = 'open') THEN
    RAISE EXCEPTION 'decision_not_open' USING ERRCODE = '23514'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approval_of_open BEFORE INSERT ON approval FOR EACH ROW EXECUTE FUNCTION approval_of_open();
CREATE TRIGGER approval_no_update BEFORE UPDATE ON approval FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approval_no_delete BEFORE DELETE ON approval FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approval_no_truncate BEFORE TRUNCATE ON approval FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE decision ENABLE ALWAYS TRIGGER decision_static;
ALTER TABLE decision ENABLE ALWAYS TRIGGER decision_no_delete;
ALTER TABLE decision ENABLE ALWAYS TRIGGER decision_no_truncate;
ALTER TABLE approval ENABLE ALWAYS TRIGGER approval_of_open;
ALTER TABLE approval ENABLE ALWAYS TRIGGER approval_no_update;
ALTER TABLE approval ENABLE ALWAYS TRIGGER approval_no_delete;
ALTER TABLE approval ENABLE ALWAYS TRIGGER approval_no_truncate;
