-- What each source paid for the uses of some funds, net of what was undone, by the kind and currency of the use.
-- The way is kept only where money was set aside before its donor was known.
SELECT f.source_entry, f.source_line, u.kind, u.currency, u.donor,
  CASE WHEN e.kind = 'suspense' THEN f.path ELSE e.code END AS way,
  CAST(sum(u.sign * f.amount) AS bigint), CAST(sum(u.sign * f.source_amount) AS bigint)
FROM (
  SELECT m.entry_id, m.line, 1 AS sign, a.kind, a.currency, g.donor
  FROM fund g JOIN account a ON a.fund_id = g.id JOIN movement m ON m.dst = a.id
  WHERE a.kind IN ('lot', 'fee', 'write_off', 'returned') AND g.code IN (:codes)
  UNION ALL
  SELECT m.entry_id, m.line, -1, a.kind, a.currency, g.donor
  FROM fund g JOIN account a ON a.fund_id = g.id JOIN movement m ON m.src = a.id
  WHERE a.kind IN ('lot', 'fee', 'write_off', 'returned') AND g.code IN (:codes)
) u
JOIN use_fragment f ON f.entry_id = u.entry_id AND f.line = u.line
JOIN movement s ON s.entry_id = f.source_entry AND s.line = f.source_line
JOIN account e ON e.id = s.dst
GROUP BY f.source_entry, f.source_line, u.kind, u.currency, u.donor, way
HAVING sum(u.sign * f.amount) <> 0 OR sum(u.sign * f.source_amount) <> 0
ORDER BY f.source_entry, f.source_line, u.kind, u.currency
