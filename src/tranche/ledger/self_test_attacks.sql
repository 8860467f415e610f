-- Attacks on the rows of self_test_setup.sql; each must be refused.

-- overdraft
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 2, %(a)s + 3, 'XTS', 1, 13, 3);

-- overdraft inside a batch
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off) VALUES
  (%(e)s + 3, 1, %(a)s + 2, %(a)s + 3, 'XTS', 9, 13, 3),
  (%(e)s + 3, 2, %(a)s + 3, %(a)s + 2, 'XTS', 9, 3, 13);

-- gap at the source
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 1, %(a)s + 2, 'XTS', 1, 11, 13);

-- overlap at the source
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 1, %(a)s + 2, 'XTS', 1, 9, 13);

-- gap at the target
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 1, %(a)s + 2, 'XTS', 1, 10, 14);

-- overlap at the target
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 1, %(a)s + 2, 'XTS', 1, 10, 12);

-- gap inside a batch
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off) VALUES
  (%(e)s + 3, 1, %(a)s + 1, %(a)s + 2, 'XTS', 5, 10, 13),
  (%(e)s + 3, 2, %(a)s + 1, %(a)s + 2, 'XTS', 5, 16, 19);

-- wrong currency
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 1, %(a)s + 2, 'EUR', 1, 10, 13);

-- missing source
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 9, %(a)s + 2, 'XTS', 1, 10, 13);

-- missing target
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 1, %(a)s + 9, 'XTS', 1, 10, 13);

-- total out of range
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 1, %(a)s + 2, 'XTS', 5, 9007199254740990, 9007199254740990);

-- source is target
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 1, %(a)s + 1, 'XTS', 1, 10, 10);

-- amount of zero
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 1, %(a)s + 2, 'XTS', 0, 10, 13);

-- amount out of range
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 1, %(a)s + 2, 'XTS', 1000000000000001, 10, 13);

-- line appended to a sealed entry
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 2, 3, %(a)s + 1, %(a)s + 2, 'XTS', 1, 10, 13);

-- line rewritten
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 1, 1, %(a)s + 1, %(a)s + 2, 'XTS', 1, 10, 13);

-- line of an open entry rewritten
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 1, %(a)s + 2, 'XTS', 9, 10, 13);
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 1, %(a)s + 2, 'XTS', 1, 10, 13);

-- lines out of order
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off) VALUES
  (%(e)s + 3, 2, %(a)s + 1, %(a)s + 2, 'XTS', 5, 10, 13),
  (%(e)s + 3, 1, %(a)s + 1, %(a)s + 2, 'XTS', 5, 15, 18);

-- fragment appended to a sealed entry
INSERT INTO use_fragment(
  entry_id, line, piece, lo, amount, source_entry, source_line, source_lo, source_amount, path)
VALUES (%(e)s + 1, 2, 2, 0, 3, %(e)s + 1, 1, 0, 3, 'self-test 2');

-- fragment of a missing movement
INSERT INTO use_fragment(
  entry_id, line, piece, lo, amount, source_entry, source_line, source_lo, source_amount, path)
VALUES (%(e)s + 3, 1, 1, 0, 3, %(e)s + 1, 1, 0, 3, 'self-test 2');

-- pair appended to a sealed entry
INSERT INTO fx_pair(entry_id, in_line, out_line) VALUES (%(e)s + 2, 2, 1);

-- header without lines
INSERT INTO journal_entry(id, key, key_n, kind, recorded_at, booked_on, n_lines, reverses, log_seq)
VALUES (%(e)s + 3, %(key)s, 3, 'fee', '2024-11-23T00:00:00.000000Z', '9999-12-20', 1, NULL, %(seq)s);

-- wrong count of lines
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 1, %(a)s + 2, 'XTS', 1, 10, 13);
INSERT INTO journal_entry(id, key, key_n, kind, recorded_at, booked_on, n_lines, reverses, log_seq)
VALUES (%(e)s + 3, %(key)s, 3, 'fee', '2024-11-23T00:00:00.000000Z', '9999-12-20', 2, NULL, %(seq)s);

-- gap in the entry ids
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 4, 1, %(a)s + 1, %(a)s + 2, 'XTS', 1, 10, 13);
INSERT INTO journal_entry(id, key, key_n, kind, recorded_at, booked_on, n_lines, reverses, log_seq)
VALUES (%(e)s + 4, %(key)s, 3, 'fee', '2024-11-23T00:00:00.000000Z', '9999-12-20', 1, NULL, %(seq)s);

-- impossible date
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 1, %(a)s + 2, 'XTS', 1, 10, 13);
INSERT INTO journal_entry(id, key, key_n, kind, recorded_at, booked_on, n_lines, reverses, log_seq)
VALUES (%(e)s + 3, %(key)s, 3, 'fee', '2024-11-23T00:00:00.000000Z', '9999-12-32', 1, NULL, %(seq)s);

-- unclaimed key
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 1, %(a)s + 2, 'XTS', 1, 10, 13);
INSERT INTO journal_entry(id, key, key_n, kind, recorded_at, booked_on, n_lines, reverses, log_seq)
VALUES (%(e)s + 3, 'nobody', 3, 'fee', '2024-11-23T00:00:00.000000Z', '9999-12-20', 1, NULL, %(seq)s);

-- reused key
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 1, %(a)s + 2, 'XTS', 1, 10, 13);
INSERT INTO journal_entry(id, key, key_n, kind, recorded_at, booked_on, n_lines, reverses, log_seq)
VALUES (%(e)s + 3, %(key)s, 2, 'fee', '2024-11-23T00:00:00.000000Z', '9999-12-20', 1, NULL, %(seq)s);

-- second reversal
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 1, %(a)s + 2, 'XTS', 1, 10, 13);
INSERT INTO journal_entry(id, key, key_n, kind, recorded_at, booked_on, n_lines, reverses, log_seq)
VALUES (%(e)s + 3, %(key)s, 3, 'fee', '2024-11-23T00:00:00.000000Z', '9999-12-20', 1, %(e)s + 1, %(seq)s);

-- closed period
INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)
VALUES (%(e)s + 3, 1, %(a)s + 1, %(a)s + 2, 'XTS', 1, 10, 13);
INSERT INTO journal_entry(id, key, key_n, kind, recorded_at, booked_on, n_lines, reverses, log_seq)
VALUES (%(e)s + 3, %(key)s, 3, 'fee', '2024-11-23T00:00:00.000000Z', '9999-12-10', 1, NULL, %(seq)s);

-- account with another floor
INSERT INTO account(id, code, kind, floor_is, floor, holder, fund_id, currency)
VALUES (%(a)s + 4, 'self-test 4', 'programme', 'zero', -1, 'self-test', %(f)s + 1, 'XTS');

-- account without its floor
INSERT INTO account(id, code, kind, floor_is, floor, holder, fund_id, currency)
VALUES (%(a)s + 4, 'self-test 4', 'programme', 'none', NULL, 'self-test', %(f)s + 1, 'XTS');

-- account of the same words
INSERT INTO account(id, code, kind, floor_is, floor, holder, fund_id, currency)
VALUES (%(a)s + 4, 'self-test 4', 'tranche', 'zero', 0, 'self-test', %(f)s + 1, 'XTS');

-- account of the same code
INSERT INTO account(id, code, kind, floor_is, floor, holder, fund_id, currency)
VALUES (%(a)s + 4, 'self-test 2', 'programme', 'zero', 0, 'self-test', %(f)s + 1, 'XTS');

-- donor beyond the cap
INSERT INTO fund(id, code, pool, donor, donor_no, spend_rank)
VALUES (%(f)s + 2, 'self-test/2', 'self-test', '2', 65, 1);

-- donor numbered twice
INSERT INTO fund(id, code, pool, donor, donor_no, spend_rank)
VALUES (%(f)s + 2, 'self-test/2', 'self-test', '2', 1, 1);

-- pool without a donor
INSERT INTO fund(id, code, pool, donor, donor_no, spend_rank)
VALUES (%(f)s + 2, 'self-test/2', 'self-test', NULL, 2, 1);
