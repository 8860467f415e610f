-- The lines of one account with the balance after each, in the order of :order; :on is the day that counts.
WITH mine AS (
  SELECT m.entry_id, m.line, m.dst AS other_id, -m.amount AS change FROM movement m WHERE m.src = :account
  UNION ALL
  SELECT m.entry_id, m.line, m.src, m.amount FROM movement m WHERE m.dst = :account
), shown AS (
  SELECT mine.*, e.kind, e.booked_on, e.value_on, e.log_seq,
    CAST(sum(mine.change) OVER (ORDER BY :order ROWS UNBOUNDED PRECEDING) AS bigint) AS balance,
    row_number() OVER (ORDER BY :order) AS place
  FROM mine JOIN journal_entry e ON e.id = mine.entry_id
  WHERE e.log_seq <= %s AND :on <= %s
)
SELECT shown.entry_id, shown.line, shown.kind, shown.booked_on, shown.value_on, other.code, shown.change,
  shown.balance
FROM shown JOIN account other ON other.id = shown.other_id
WHERE shown.place > %s ORDER BY shown.place LIMIT %s
