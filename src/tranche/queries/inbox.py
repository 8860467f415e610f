"""The inbox: which open decisions ask one person, by role, party, authorship and what was given already.

Deeds count as they were when it was asked, interests of then while they last; what came since, scopes and
ceilings are judged where the decision is opened. One statement answers for any number of open decisions; how
many there are is counted up to COUNT_MAX.
"""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from typing import Final

from django.db import connections

from tranche.kernel.policy import Actor

COUNT_MAX: Final = 100
# Each CASE keeps PostgreSQL from making its EXISTS a join, for which it would read and sort every open one.
WANTED: Final = """s.wanted > (
  SELECT count(*) FROM approval a
  JOIN decision_slot o ON o.decision_id = a.decision_id AND o.slot = s.slot
    AND o.role = a.role AND o.party_ref = a.party_ref
  WHERE a.decision_id = d.id AND a.verdict = 'approve'
  AND NOT EXISTS (SELECT 1 FROM approval_revoked r WHERE r.approval_id = a.id)
  AND NOT EXISTS (
    SELECT 1 FROM credential c WHERE c.handle = a.credential_id AND c.revoked_at IS NOT NULL))
"""
ASKING: Final = """
SELECT d.id FROM decision d
WHERE d.state = 'open' AND d.log_seq > %s
AND CASE WHEN EXISTS (
  SELECT 1 FROM decision_slot s
  WHERE s.decision_id = d.id AND (s.role, s.party_ref) IN (VALUES :held)
  AND NOT EXISTS (
    SELECT 1 FROM decision_barred b
    WHERE b.decision_id = d.id AND b.person_id IN (:me) AND b.executes = s.executes
    AND (b.interest_id = '' OR EXISTS (
      SELECT 1 FROM interest i WHERE i.id = b.interest_id AND (i.to_on IS NULL OR i.to_on > %s))))
  AND ((s.executes = 0 AND :wanted)
    OR (s.executes = 1 AND NOT EXISTS (
      SELECT 1 FROM decision_slot s WHERE s.decision_id = d.id AND s.executes = 0 AND :wanted)))
) THEN true ELSE false END
AND CASE WHEN EXISTS (
  SELECT 1 FROM approval a WHERE a.decision_id = d.id AND a.person_id IN (:me)) THEN false ELSE true END
ORDER BY d.log_seq LIMIT %s
""".replace(":wanted", WANTED).replace(":me", "SELECT p.id FROM person p WHERE p.id = %s OR p.root_id = %s")


def asking(actor: Actor, now: datetime, *, after: int = 0, limit: int = COUNT_MAX) -> tuple[str, ...]:
    """The ids of open decisions that may ask this person, the oldest first, after a log entry."""
    held = sorted({(grant.role.value, grant.party) for grant in actor.grants if grant.valid(now)})
    if not held:
        return ()
    sql = ASKING.replace(":held", ", ".join(["(%s, %s)"] * len(held)))
    me, today = (actor.person, actor.person), now.date().isoformat()
    values: list[str | int] = [after, *chain.from_iterable(held), *me, today, *me, limit]
    with connections["read"].cursor() as cursor:
        cursor.execute(sql, values)
        return tuple(row[0] for row in cursor.fetchall())


def waiting_count(actor: Actor, now: datetime) -> int:
    """How many open decisions may ask this person; COUNT_MAX stands for as many or more."""
    return len(asking(actor, now))
