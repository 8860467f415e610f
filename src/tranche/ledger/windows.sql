-- The movements that overlap each wanted window of an account's line; :end is src or dst.
-- Without the sub-select for the first overlapping movement the range would be read from its start.
WITH wanted(n, account_id, lo, hi) AS (VALUES :windows)
SELECT w.n, m.entry_id, m.line, m.src, m.dst, m.amount, m.src_off, m.dst_off, s.kind, d.kind, s.code, d.code
FROM wanted w CROSS JOIN movement m CROSS JOIN account s CROSS JOIN account d
WHERE m.:end = w.account_id AND m.:end_off < w.hi AND m.:end_off + m.amount > w.lo
  AND m.:end_off >= (
    SELECT max(p.:end_off) FROM movement p WHERE p.:end = w.account_id AND p.:end_off <= w.lo)
  AND s.id = m.src AND d.id = m.dst
ORDER BY w.n, m.:end_off
