"""Playing the script through the actions: each act once, by its own key, at its own instant."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet

from tranche.actions.attestation import Attestation, attest_key, attest_password
from tranche.actions.decision import approve, execute, propose, statement_to_sign
from tranche.actions.decision_ends import Outcome
from tranche.actions.people import actor_of
from tranche.cli.demo.acts import (
    Act,
    BankLineOf,
    ClaimOf,
    CredentialOf,
    GrantOf,
    LastEntryOf,
    NewKeyOf,
    ParkedLineOf,
    PersonOf,
    StatementFile,
)
from tranche.cli.demo.soft_key import SoftKey
from tranche.cli.demo.statements import write_statement
from tranche.formats.security_key import DEMO_MODEL, to_base64url
from tranche.kernel.approval import statement_hash
from tranche.kernel.policy import Actor
from tranche.ledger.journal import JournalEntry, entries, reversed_by
from tranche.models import Approval, BankLine, Claim, Credential, Decision, Login, Payment, RoleGrant, free
from tranche.store import clock, evidence

BETWEEN = timedelta(minutes=7)
"""Between a proposal, each approval and the payer's release."""

CHALLENGE_BYTES = 32
MODEL = uuid.UUID(DEMO_MODEL).bytes

PAPER = """{kind}

{subject}
{day}

Illustrative document of the demonstration; it stands for the paper that would be filed here.
"""


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of the demonstration, their passwords, and the software keys of some."""

    actors: Mapping[str, Actor]
    passwords: Mapping[str, str]
    keys: Mapping[str, SoftKey]


def cast_of(passwords: Mapping[str, str], key_secrets: Mapping[str, bytes]) -> Cast:
    """Everybody who can sign in; an act asks anew which roles hold."""
    actors = {login.username: actor_of(login.id, "cli") for login in Login.objects.all()}
    keys = {name: SoftKey(secret, model=MODEL) for name, secret in key_secrets.items()}
    return Cast(actors, passwords, keys)


def play(acts: Sequence[Act], cast: Cast, done: Callable[[Act], None]) -> int:
    """Play what is not played yet; gives how many acts were."""
    known = _known_keys()
    played = 0
    for act in acts:
        if not _is_done(act, known):
            _play(act, cast)
            played += 1
        done(act)
    return played


def _known_keys() -> dict[str, Decision]:
    return {row.idempotency_key: row for row in Decision.objects.all()}


def _is_done(act: Act, known: Mapping[str, Decision]) -> bool:
    """An act that a visitor has taken further, or ended, is done as well."""
    decision = known.get(act.key())
    if decision is None:
        return False
    given = Approval.objects.filter(decision=decision).count()
    return decision.state != "open" or (given >= len(act.approvers) and not act.payer)


def _play(act: Act, cast: Cast) -> None:
    now = act.at
    with clock.at(now):
        outcome = propose(
            action=act.action,
            arguments=_arguments(act, cast),
            reason=act.reason,
            key=act.key(),
            by=cast.actors[act.by],
        )
    for username in act.approvers:
        now += BETWEEN
        with clock.at(now):
            _approve(outcome, act, username, cast)
    if act.payer:
        with clock.at(now + BETWEEN):
            execute(decision_id=outcome.decision_id, key=act.key("execute"), by=cast.actors[act.payer])


def _approve(outcome: Outcome, act: Act, username: str, cast: Cast) -> None:
    actor = cast.actors[username]
    shown = bytes(Decision.objects.values_list("hash", flat=True).get(pk=outcome.decision_id)).hex()
    approve(
        decision_id=outcome.decision_id,
        shown_hash=shown,
        verdict="approve",
        attestation=_attested(outcome, actor, username, cast),
        key=act.key(f"approve {username}"),
        by=actor,
    )


def _attested(outcome: Outcome, actor: Actor, username: str, cast: Cast) -> Attestation:
    """By the person's key from the day on which it was registered; before that by the password."""
    key = cast.keys.get(username)
    in_use = key and Credential.objects.filter(handle=key.handle, registered_at__isnull=False).first()
    if not key or not in_use:
        return attest_password(actor.login, cast.passwords[username])
    statement = statement_to_sign(
        decision_id=outcome.decision_id, verdict="approve", reason=None, by=actor, now=clock.now()
    )
    key.counter = in_use.sign_count
    return attest_key(actor.login, statement, key.sign(statement_hash(statement)))


def _arguments(act: Act, cast: Cast) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in act.arguments.items():
        if isinstance(value, StatementFile):
            found |= _stored(value)
        elif isinstance(value, NewKeyOf):
            found |= _offered(cast.keys[value.username])
        else:
            found[name] = _resolved(value)
    if act.papers:
        found["evidence"] = [_paper(act, kind) for kind in act.papers]
    return found


def _resolved(value: object) -> object:
    match value:
        case BankLineOf(text):
            return _line(text, free(BankLine.objects.all()))
        case ParkedLineOf(text):
            parked = {"matches__target_kind": "suspense", "matches__released_seq": None}
            return _line(text, BankLine.objects.filter(**parked))
        case LastEntryOf(kind):
            return next(row.id for row in entries(using="default") if _stands(row, kind))
        case PersonOf(username):
            return Login.objects.get(username=username).person_id
        case CredentialOf(username):
            offered = Credential.objects.filter(person__logins__username=username).order_by("-offered_at")
            return offered.values_list("id", flat=True)[0]
        case GrantOf(username):
            held = RoleGrant.objects.filter(person__logins__username=username)
            return held.order_by("from_at", "id").values_list("id", flat=True)[0]
        case ClaimOf(document, kind):
            claims = Claim.objects.filter(document__ref=document, kind=kind).exclude(zone="related")
            return claims.order_by("position").values_list("ref", flat=True)[0]
        case _:
            return value


def _stands(row: JournalEntry, kind: str) -> bool:
    return row.kind == kind and reversed_by(row.id, "default") is None


def _line(text: str, lines: QuerySet[BankLine]) -> str:
    """The one of these bank lines that bears this text, or the order number of this payment."""
    payment = Payment.objects.filter(ref=text).first()
    for line in lines.order_by("booked_on", "ordinal"):
        if payment is None and text in line.text:
            return line.id
        if payment is not None and payment.end_to_end_id in json.dumps(line.references):
            return line.id
    raise LookupError(f"no bank line of the demonstration speaks of {text}")


def _stored(statement: StatementFile) -> dict[str, object]:
    data = write_statement(statement.name)
    name = f"statement-{statement.name}.xml"
    return {"sha256": evidence.put(data), "name": name, "size_bytes": len(data)}


def _offered(key: SoftKey) -> dict[str, object]:
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    made = key.register(challenge)
    parts = {"attestation": made.attestation, "client_data": made.client_data, "challenge": challenge}
    return {name: to_base64url(part) for name, part in parts.items()}


def _paper(act: Act, kind: str) -> dict[str, object]:
    title = kind.replace("_", " ").capitalize()
    data = PAPER.format(kind=title, subject=act.subject, day=act.at.date().isoformat()).encode()
    return {
        "kind": kind,
        "name": f"{act.subject}-{kind}.txt",
        "sha256": evidence.put(data),
        "size_bytes": len(data),
        "media_type": "text/plain",
    }
