-- The movements that overlap each wanted window of an account's line; :end is src or dst.
-- Without the sub-select for the first overlapping movement the range would be read from its start.
WITH wanted(n, account_id, lo, hi) AS (VALUES :windows)
SELECT w.n, m.entry_id, m.line, m.src, m.dst, m.amount, m.src_off, m.dst_off
FROM wanted w CROSS JOIN movement m
WHERE m.:end = w.account_id AND m.:end_off < w.hi AND m.:end_off + m.amount > w.lo
  AND m.:end_off >= (
    SELECT max(p.:end_off) FROM movement p WHERE p.:end = w.account_id AND p.:end_off <= w.lo)
ORDER BY w.n, m.:end_off
