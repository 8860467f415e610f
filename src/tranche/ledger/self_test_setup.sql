-- A row in every table of the book, to be attacked and rolled back: one entry of two lines, and its reversal.
INSERT INTO idem_key(key, request_hash, log_seq) VALUES (%(key)s, %(hash)s, %(seq)s);

INSERT INTO fund(id, code, pool, donor, donor_no, spend_rank)
VALUES (%(f)s + 1, 'self-test/1', 'self-test', '1', 1, 1);

INSERT INTO account(id, code, kind, floor_is, floor, holder, fund_id, currency) VALUES
  (%(a)s + 1, 'self-test 1', 'origin', 'none', NULL, 'self-test', %(f)s + 1, 'XTS'),
  (%(a)s + 2, 'self-test 2', 'tranche', 'zero', 0, 'self-test', %(f)s + 1, 'XTS'),
  (%(a)s + 3, 'self-test 3', 'fee', 'zero', 0, 'self-test', %(f)s + 1, 'XTS');

INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off) VALUES
  (%(e)s + 1, 1, %(a)s + 1, %(a)s + 2, 'XTS', 10, 0, 0),
  (%(e)s + 1, 2, %(a)s + 2, %(a)s + 3, 'XTS', 3, 0, 0);

INSERT INTO fx_pair(entry_id, in_line, out_line) VALUES (%(e)s + 1, 2, 1);

INSERT INTO use_fragment(
  entry_id, line, piece, lo, amount, source_entry, source_line, source_lo, source_amount, path)
VALUES (%(e)s + 1, 2, 1, 0, 3, %(e)s + 1, 1, 0, 3, 'self-test 2');

INSERT INTO journal_entry(id, key, key_n, kind, recorded_at, booked_on, n_lines, log_seq)
VALUES (%(e)s + 1, %(key)s, 1, 'receive', '2024-11-23T00:00:00.000000Z', '9999-12-01', 2, %(seq)s);

INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off) VALUES
  (%(e)s + 2, 1, %(a)s + 3, %(a)s + 2, 'XTS', 3, 0, 10),
  (%(e)s + 2, 2, %(a)s + 2, %(a)s + 1, 'XTS', 10, 3, 0);

INSERT INTO journal_entry(id, key, key_n, kind, recorded_at, booked_on, n_lines, reverses, log_seq)
VALUES (%(e)s + 2, %(key)s, 2, 'reverse', '2024-11-23T00:00:00.000000Z', '9999-12-01', 2, %(e)s + 1, %(seq)s);

INSERT INTO period_close(upto, entry_id_max, log_seq) VALUES ('9999-12-15', %(e)s + 2, %(seq)s);

INSERT INTO period_balance(upto, account_id, in_total, out_total, in_scan, out_scan)
VALUES ('9999-12-15', %(a)s + 2, 13, 13, 0, 0);

INSERT INTO account_close(account_id, entry_id, reason) VALUES (%(a)s + 3, %(e)s + 2, 'self-test');
