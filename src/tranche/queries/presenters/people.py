"""People in words: roles with their reach and days, sign-ins, acts, and what the roster cannot do."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tranche.kernel.attainable import Lack
from tranche.kernel.money import Money, format_amount
from tranche.queries.people import GrantRow, LoginRow, PersonDetail, PersonRow
from tranche.queries.presenters.actions import title
from tranche.queries.presenters.days import day_text
from tranche.queries.presenters.words import CHOICES, DECISION_STATES, KINDS, ROLES, role_of, word
from tranche.queries.staffing import Gap, Staffing

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Link:
    """One thing that may be done: where it leads and what it is called."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class GrantShown:
    """One role in words; `acts` are what the viewer may ask for."""

    role: str
    reach: str
    days: str
    lent: str
    holds: bool
    over: bool
    acts: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class LoginShown:
    """One sign-in; `key` is there where the viewer may print a one-time password."""

    id: str
    username: str
    state: str
    is_active: bool
    identities: tuple[tuple[str, str, str], ...]
    key: str
    acts: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class PersonShown:
    """One person; sign-ins are empty where the viewer may not see them."""

    id: str
    name: str
    active: bool
    same_as: str
    email: str
    language: str
    grants: tuple[GrantShown, ...]
    past: tuple[GrantShown, ...]
    lent: tuple[GrantShown, ...]
    logins: tuple[LoginShown, ...]
    same: tuple[tuple[str, str], ...]
    acts: tuple[Link, ...]
    done: tuple[tuple[str, str, str, datetime], ...]


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One line of the list."""

    id: str
    name: str
    active: bool
    same_as: str
    roles: tuple[str, ...]
    logins: tuple[str, ...]


def people_shown(rows: Sequence[PersonRow], language: str, *, sign_ins: bool) -> tuple[PersonLine, ...]:
    """The list, with the roles that hold now."""
    return tuple(
        PersonLine(
            id=row.id,
            name=row.name,
            active=row.active,
            same_as=row.same_as,
            roles=tuple(_line(grant, language) for grant in row.grants if grant.holds),
            logins=row.logins if sign_ins else (),
        )
        for row in rows
    )


def _line(grant: GrantRow, language: str) -> str:
    """A role with all that limits it, as in: payer for UA-MOD, substitute for N. N. until 3 May 2025."""
    parts = [role_of(grant.role, grant.party), _reach(grant, language)]
    if grant.lent_by:
        parts.append(_("substitute for %(name)s") % {"name": grant.lent_by})
    if grant.to_at is not None:
        parts.append(_("until %(day)s") % {"day": day_text((grant.to_at - INSTANT).date())})
    return ", ".join(part for part in parts if part)


def _reach(grant: GrantRow, language: str) -> str:
    parts = []
    if grant.scope_ref:
        parts.append(_("only %(kind)s %(ref)s") % {"kind": word(KINDS, grant.scope), "ref": grant.scope_ref})
    if grant.ceiling_minor is not None and grant.currency:
        amount = format_amount(Money(grant.ceiling_minor, grant.currency), language)
        parts.append(_("up to %(amount)s") % {"amount": amount})
    return ", ".join(parts)


def person_shown(
    detail: PersonDetail,
    language: str,
    *,
    is_own: bool = False,
    operates: bool = False,
    sign_ins: bool = True,
    viewer: str = "",
) -> PersonShown:
    """A person with what this viewer may see and ask for."""
    row = detail.row
    shown = [(_grant(grant, language, is_own=is_own, operates=operates), grant) for grant in row.grants]
    logins = [_login(login, operates=operates, is_own=is_own, viewer=viewer) for login in detail.logins]
    return PersonShown(
        id=row.id,
        name=row.name,
        active=row.active,
        same_as=row.same_as,
        email=detail.email if sign_ins else "",
        language=word(CHOICES, detail.language),
        grants=tuple(one for one, grant in shown if not grant.over),
        past=tuple(one for one, grant in shown if grant.over),
        lent=tuple(
            _grant(grant, language, is_own=is_own, operates=operates, to=grant.person)
            for grant in detail.lent
        ),
        logins=tuple(logins) if sign_ins else (),
        same=detail.same,
        acts=_person_acts(row) if operates else (),
        done=tuple(
            (row.id, title(row.action), word(DECISION_STATES, row.state), row.created_at)
            for row in detail.proposed
        ),
    )


def _grant(grant: GrantRow, language: str, *, is_own: bool, operates: bool, to: str = "") -> GrantShown:
    acts = []
    if not grant.over:
        if is_own and not grant.lent_by and grant.role != "OP":
            acts.append(_act("authority.delegate", grant=grant.id))
        if is_own or operates:
            acts.append(_act("authority.end_grant", grant=grant.id))
    lent = ""
    if to:
        lent = _("lent to %(name)s") % {"name": to}
    elif grant.lent_by:
        lent = _("substitute for %(name)s") % {"name": grant.lent_by}
    return GrantShown(
        role=role_of(grant.role, grant.party),
        reach=_reach(grant, language),
        days=_days(grant),
        lent=lent,
        holds=grant.holds,
        over=grant.over,
        acts=tuple(acts),
    )


def _days(grant: GrantRow) -> str:
    values = {"from": day_text(grant.from_at.date())}
    if grant.to_at is None:
        return _("since %(from)s") % values
    values["to"] = day_text(max(grant.from_at, grant.to_at - INSTANT).date())
    return _("%(from)s to %(to)s") % values


def _login(login: LoginRow, *, operates: bool, is_own: bool, viewer: str) -> LoginShown:
    acts = []
    if login.is_active and operates and not is_own:
        acts += [
            _act("authority.reset_password", login=login.id),
            _act("authority.link_identity", login=login.id),
        ]
    if login.is_active and (operates or is_own):
        acts.append(_act("authority.disable_login", login=login.id))
        acts += [_act("authority.unlink_identity", identity=row[0]) for row in login.identities]
    may_print = login.is_active and bool(viewer) and login.issuer == viewer
    return LoginShown(
        id=login.id,
        username=login.username,
        state=_state(login),
        is_active=login.is_active,
        identities=login.identities,
        key=str(uuid.uuid4()) if may_print else "",
        acts=tuple(acts),
    )


def _state(login: LoginRow) -> str:
    if not login.is_active:
        return _("shut")
    if login.issuer:
        return _("waits for its one-time password to be printed")
    if login.password_until is not None:
        until = day_text(login.password_until.date())
        return _("has a one-time password, valid until %(day)s") % {"day": until}
    return _("open")


def _person_acts(row: PersonRow) -> tuple[Link, ...]:
    if not row.active:
        return (_act("authority.reactivate_person", person=row.id),)
    return (
        _act("authority.grant", person=row.id),
        _act("authority.add_login", person=row.id),
        _act("authority.merge_persons", person=row.id),
        _act("authority.deactivate_person", person=row.id),
    )


def _act(action: str, **known: str) -> Link:
    return Link(f"{reverse('act', args=[action])}?{urlencode(known)}", title(action))


@dataclass(frozen=True, slots=True)
class GapShown:
    """One action that cannot be done: what, where, from which amount on, and why."""

    action: str
    where: str
    amount: str
    why: str


@dataclass(frozen=True, slots=True)
class AbsenceShown:
    """What would stop without one person."""

    id: str
    name: str
    count: str
    gaps: tuple[GapShown, ...]


@dataclass(frozen=True, slots=True)
class StaffingShown:
    gaps: tuple[GapShown, ...]
    absences: tuple[AbsenceShown, ...]


def staffing_shown(found: Staffing, language: str) -> StaffingShown:
    return StaffingShown(
        gaps=tuple(_gap(gap, language) for gap in found.gaps),
        absences=tuple(
            AbsenceShown(
                id=row.person_id,
                name=row.name,
                count=ngettext("%(count)d action", "%(count)d actions", len(row.gaps))
                % {"count": len(row.gaps)},
                gaps=tuple(_gap(gap, language) for gap in row.gaps),
            )
            for row in found.absences
        ),
    )


def _gap(gap: Gap, language: str) -> GapShown:
    above = format_amount(Money(gap.above_minor, gap.currency), language) if gap.above_minor else ""
    return GapShown(
        action=title(gap.action),
        where=gap.where,
        amount=_("above %(amount)s") % {"amount": above} if above else _("any amount"),
        why=_why(gap.lack),
    )


def _why(lack: Lack) -> str:
    roles = _(" or ").join(word(ROLES, role) for role in sorted(lack.roles))
    values = {"roles": roles, "parties": ", ".join(sorted(lack.parties)), "wanted": lack.wanted}
    values |= {"there": lack.there}
    match lack.part:
        case "proposer":
            return _("nobody may propose it: %(roles)s") % values
        case "executor":
            return _("nobody may carry it out: %(roles)s") % values
        case "approver":
            return _("%(wanted)s wanted, %(there)s there: %(roles)s for %(parties)s") % values
        case _:
            return _("one person would have to be in two places: %(roles)s") % values
