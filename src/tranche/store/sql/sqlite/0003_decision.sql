-- Decisions and approvals: inserted once; a decision only ends, and only from open (signoff note, section 1).
CREATE TABLE decision(
  id TEXT PRIMARY KEY, action TEXT NOT NULL,
  hash BLOB NOT NULL CHECK(length(hash) = 32), policy_sha256 TEXT NOT NULL CHECK(length(policy_sha256) = 64),
  nonce TEXT NOT NULL CONSTRAINT decision_nonce UNIQUE CHECK(length(nonce) = 32),
  state TEXT NOT NULL CHECK(state IN ('open','executed','withdrawn','rejected','expired','void')),
  proposer_person_id TEXT NOT NULL REFERENCES person(id), proposer_login_id TEXT NOT NULL REFERENCES login(id),
  proposer_grant_id TEXT REFERENCES role_grant(id), via TEXT NOT NULL CHECK(via IN ('web','api','cli','import','system')),
  reason TEXT, created_at TEXT NOT NULL, expires_at TEXT NOT NULL, amount_minor INTEGER, currency TEXT, record_id TEXT,
  end_reason TEXT, ended_at TEXT, replaced_by TEXT,
  idempotency_key TEXT NOT NULL CONSTRAINT decision_key UNIQUE,
  log_seq INTEGER NOT NULL REFERENCES log_entry(seq) DEFERRABLE INITIALLY DEFERRED,
  content BLOB NOT NULL CHECK(length(content) <= 262144), -- last: what stands before is read without its pages
  CONSTRAINT decision_amount_pair CHECK((amount_minor IS NULL) = (currency IS NULL)),
  CONSTRAINT decision_end CHECK((state = 'open') = (ended_at IS NULL))) STRICT;
CREATE INDEX decision_state ON decision(state, log_seq);
CREATE INDEX decision_action ON decision(action, state, log_seq);
CREATE INDEX decision_record ON decision(record_id);
CREATE TRIGGER decision_static BEFORE UPDATE ON decision WHEN NOT (OLD.state = 'open' AND NEW.state <> 'open'
  AND NEW.id = OLD.id AND NEW.action = OLD.action AND NEW.content = OLD.content AND NEW.hash = OLD.hash
  AND NEW.policy_sha256 = OLD.policy_sha256 AND NEW.nonce = OLD.nonce AND NEW.proposer_person_id = OLD.proposer_person_id
  AND NEW.proposer_login_id = OLD.proposer_login_id AND NEW.proposer_grant_id IS OLD.proposer_grant_id
  AND NEW.via = OLD.via AND NEW.reason IS OLD.reason AND NEW.created_at = OLD.created_at
  AND NEW.expires_at = OLD.expires_at AND NEW.amount_minor IS OLD.amount_minor AND NEW.currency IS OLD.currency
  AND NEW.record_id IS OLD.record_id AND NEW.idempotency_key = OLD.idempotency_key AND NEW.log_seq = OLD.log_seq)
  BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER decision_once BEFORE INSERT ON decision WHEN EXISTS(SELECT 1 FROM decision
  WHERE id = NEW.id OR nonce = NEW.nonce OR idempotency_key = NEW.idempotency_key)
  BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TABLE approval(
  id TEXT PRIMARY KEY, decision_id TEXT NOT NULL REFERENCES decision(id), person_id TEXT NOT NULL REFERENCES person(id),
  login_id TEXT NOT NULL REFERENCES login(id), role TEXT NOT NULL, grant_id TEXT NOT NULL REFERENCES role_grant(id),
  party_ref TEXT NOT NULL, delegated_by TEXT REFERENCES person(id),
  verdict TEXT NOT NULL CHECK(verdict IN ('approve','reject')),
  method TEXT NOT NULL CHECK(method IN ('webauthn','totp','password')), statement BLOB NOT NULL,
  statement_hash BLOB NOT NULL CONSTRAINT approval_statement UNIQUE CHECK(length(statement_hash) = 32),
  credential_id TEXT, authenticator_data BLOB, client_data BLOB, signature BLOB, made_at TEXT NOT NULL,
  log_seq INTEGER NOT NULL REFERENCES log_entry(seq) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT approval_once UNIQUE(decision_id, person_id),
  CONSTRAINT approval_signed CHECK((method = 'webauthn') = (signature IS NOT NULL AND authenticator_data IS NOT NULL
    AND client_data IS NOT NULL AND credential_id IS NOT NULL))) STRICT;
CREATE TRIGGER approval_no_update BEFORE UPDATE ON approval BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER approval_no_delete BEFORE DELETE ON approval BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER approval_again BEFORE INSERT ON approval WHEN EXISTS(SELECT 1 FROM approval WHERE id = NEW.id
  OR (decision_id = NEW.decision_id AND person_id = NEW.person_id) OR statement_hash = NEW.statement_hash)
  BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER approval_of_open BEFORE INSERT ON approval WHEN NOT EXISTS(SELECT 1 FROM decision
  WHERE id = NEW.decision_id AND state = 'open') BEGIN SELECT RAISE(ABORT, 'decision_not_open'); END;
