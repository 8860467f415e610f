-- Stored fragments with the accounts that the movement left and entered.
SELECT f.entry_id, f.line, f.lo, f.amount, f.source_entry, f.source_line, f.source_lo, f.source_amount,
    f.path, f.fx_path, s.code, d.code, s.kind, d.kind
FROM use_fragment f
JOIN movement m ON m.entry_id = f.entry_id AND m.line = f.line
JOIN account s ON s.id = m.src
JOIN account d ON d.id = m.dst
WHERE :condition
ORDER BY f.entry_id, f.line, f.piece
