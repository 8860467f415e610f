-- Stored fragments added up by source, way, and the accounts that their movements left and entered.
SELECT g.source_entry, g.source_line, g.amount, g.source_amount, g.path, s.code, d.code, s.kind, d.kind
FROM (
  SELECT f.source_entry, f.source_line, f.path, m.src, m.dst,
    CAST(sum(f.amount) AS bigint) AS amount, CAST(sum(f.source_amount) AS bigint) AS source_amount
  FROM use_fragment f JOIN movement m ON m.entry_id = f.entry_id AND m.line = f.line
  WHERE :condition
  GROUP BY f.source_entry, f.source_line, f.path, m.src, m.dst
) g
JOIN account s ON s.id = g.src
JOIN account d ON d.id = g.dst
ORDER BY g.source_entry, g.source_line, g.path, s.code, d.code
