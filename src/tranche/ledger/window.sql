-- The same for one window, which is what most pages ask.
SELECT 0, m.entry_id, m.line, m.src, m.dst, m.amount, m.src_off, m.dst_off
FROM movement m
WHERE m.:end = %s AND m.:end_off < %s AND m.:end_off + m.amount > %s
  AND m.:end_off >= (SELECT max(p.:end_off) FROM movement p WHERE p.:end = %s AND p.:end_off <= %s)
ORDER BY m.:end_off
