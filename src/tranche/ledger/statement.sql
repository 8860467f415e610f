-- The lines of one account in posting order, signed, with the balance after each.
WITH mine AS (
  SELECT m.entry_id, m.line, m.dst AS other_id, -m.amount AS change FROM movement m
    WHERE m.src = (SELECT id FROM account WHERE code = %s)
  UNION ALL
  SELECT m.entry_id, m.line, m.src, m.amount FROM movement m
    WHERE m.dst = (SELECT id FROM account WHERE code = %s)
)
SELECT mine.entry_id, mine.line, e.kind, e.booked_on, other.code, mine.change,
    sum(mine.change) OVER (ORDER BY mine.entry_id, mine.line)
FROM mine
JOIN journal_entry e ON e.id = mine.entry_id
JOIN account other ON other.id = mine.other_id
ORDER BY mine.entry_id, mine.line LIMIT %s OFFSET %s
