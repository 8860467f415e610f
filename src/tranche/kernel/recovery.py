"""Giving back what nobody can give any more: three persons from both sides, two of whom agree, after notice.

Dates only; the notice is whole working days between the day of the proposal and the first day of approval.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from tranche.kernel.calendar import add_working_days
from tranche.kernel.lifecycle import Role
from tranche.kernel.policy import DONOR_SIDE, RECIPIENT_SIDE

RECOVERS = "authority.recover"
PERSONS = 3
WANTED = 2
NOTICE_WORKING_DAYS = 2
CALENDAR = "UA"
"""By which the notice is counted: whole weekdays, the same for everybody, as long as martial law holds."""


def approved_from(proposed_on: date, closed: frozenset[date]) -> date:
    """The first day on which a recovery may be approved: two whole working days lie before it."""
    return add_working_days(proposed_on, NOTICE_WORKING_DAYS + 1, closed)


def set_refused(roles: Mapping[str, Collection[Role]]) -> dict[str, str]:
    """The guards that a set of persons breaks; `roles` are those that each person holds now."""
    failed = {}
    if len(roles) != PERSONS:
        failed["three_persons"] = str(len(roles))
    sides = [_side(held) for held in roles.values()]
    if "" in sides or len(set(sides)) < 2:
        failed["both_sides"] = str(sides.count(""))
    return failed


def _side(held: Collection[Role]) -> str:
    """donor or recipient, by what the person does for which; nothing for those of neither."""
    if set(held) & DONOR_SIDE:
        return "donor"
    return "recipient" if set(held) & RECIPIENT_SIDE else ""
