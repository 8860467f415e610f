"""What is wrong with the proof of the log, found in each round; who answers for it is told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from tranche.actions.alarms import settle_alarm, tell_alarm
from tranche.kernel.entries import EntryError
from tranche.kernel.log_policy import PolicyError
from tranche.kernel.notes import NoteError
from tranche.log import heads, incidents, part_check, read
from tranche.log.incidents import HEAD_LATE, SELF_CHECK, SIGNER, WITNESS_LATE
from tranche.log.policies import parsed
from tranche.store import clock
from tranche.store.write import ALIAS
from tranche.worker.sign import Signing
from tranche.worker.witnesses import Carried

HEAD_LATE_AFTER: Final = timedelta(days=1)
WITNESS_LATE_AFTER: Final = timedelta(days=7)
"""Witnesses that are asked by files get a head as often as somebody carries one."""


def raise_alarms(signed: Signing, carried: Carried) -> int:
    """Take what is wrong now; gives how many alarms are new."""
    now = clock.now()
    found = dict(carried.against)
    for look in (_late, _unseen, _looked):
        try:
            found |= look(now)
        except Exception as error:  # whatever was done to the log, the others are looked at and told
            found[SELF_CHECK] = f"{type(error).__name__}: {error}"
    if signed.trouble:
        found[SIGNER] = signed.trouble
    fresh, over = incidents.observe(found, now)
    for one in fresh:
        tell_alarm(one.id, one.code, now)
    for one in over:
        settle_alarm(one.id, now)
    return len(fresh)


def _late(now: datetime) -> dict[str, str]:
    """Entries that no head covers for a day."""
    signed, entries = heads.latest(ALIAS), read.head(ALIAS)
    covered = signed.head.size if signed else 0
    since = read.recorded_at(covered, ALIAS) if covered < entries else None
    if since is None or now - since <= HEAD_LATE_AFTER:
        return {}
    return {HEAD_LATE: f"entry {covered} and all after it are under no signed head"}


def _unseen(now: datetime) -> dict[str, str]:
    """Heads that too few witnesses saw for a week."""
    first = heads.first_signed_at(ALIAS)
    if first is None or now - first <= WITNESS_LATE_AFTER:
        return {}
    try:
        policy = parsed(ALIAS)
    except (PolicyError, EntryError, NoteError, UnicodeDecodeError):  # said on the pages and by the commands
        return {}
    recent = [
        vkey
        for vkey in policy.witnesses.values()
        if _is_recent(heads.instant_of(heads.cosigned_last(vkey.id.hex(), ALIAS)[0]), now)
    ]
    if policy.is_satisfied(recent):
        return {}
    return {WITNESS_LATE: "fewer witnesses than the policy wants cosigned a head within a week"}


def _is_recent(at: datetime, now: datetime) -> bool:
    """Within a week of now, and of no later time; a demonstration's clock stands, a witness's does not."""
    return any(abs(clock_ - at) <= WITNESS_LATE_AFTER for clock_ in (now, datetime.now(UTC)))


def _looked(now: datetime) -> dict[str, str]:
    """The first difference of tonight's part, where there is one."""
    if not part_check.due(now.date()):
        return {}
    differences = part_check.look(now.date(), ALIAS).differences
    if not differences:
        return {}
    first = differences[0]
    return {SELF_CHECK: f"{len(differences)} differences, the first is {first.code} of {first.row}"}
