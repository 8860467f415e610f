"""A small office for tests: its roster, its documents, and the deeds of people through the real actions."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from tests.stages import mark
from tranche.actions.attestation import attest_password
from tranche.actions.decision import approve, execute, propose
from tranche.actions.decision_ends import Outcome, revoke, withdraw
from tranche.actions.people import actor_of
from tranche.actions.setup import SYSTEM, Roster, roster_from, set_up
from tranche.kernel.canonical import Canonical
from tranche.kernel.money import Money
from tranche.kernel.policy import Actor
from tranche.ledger.written import left_behind, named
from tranche.log.append import append
from tranche.models import (
    BankAccount,
    BankLine,
    BankStatement,
    Decision,
    ImportFile,
    Login,
    Party,
    Person,
    RoleGrant,
)
from tranche.store import clock, evidence
from tranche.store.write import WriteTx, write_transaction

START = datetime(2024, 9, 2, 8, tzinfo=UTC)
IBAN = "UA213223130000026007233566001"
OTHER_IBAN = "UA903052992990004149123456789"
"""The mechanism's accounts, and the state's own in hryvnia, have one number in different currencies."""

STATE_IBAN = "UA903052992990004149123456789"
DONORS = (("DK", 12_500_000_000), ("SE", 2_000_000_000), ("IS", 270_000_000), ("EU", 39_000_000_000))

PEOPLE = {
    "lt.officer": ["DO@LT-MOD"],
    "lt.finance": ["DO@LT-FIN"],
    "lt.approver": ["DA@LT-MOD"],
    "dk.officer": ["DO@DK-MOD"],
    "dk.expert1": ["IN@DK-MOD"],
    "dk.expert2": ["IN@DK-MOD"],
    "dk.approver1": ["DA@DK-MOD"],
    "dk.approver2": ["DA@DK-MOD"],
    "ua.manager": ["FM@UA-MOD"],
    "ua.manager2": ["FM@UA-MOD"],
    "ua.approver1": ["RA@UA-MOD"],
    "ua.approver2": ["RA@UA-MOD"],
    "ua.payer": ["PY@UA-MOD"],
    "ua.inspector": ["IN@UA-MOD"],
    "auditor": ["AU@AUD"],
    "operator": ["OP@OPS"],
}


def password(username: str) -> str:
    return f"correct horse battery {username}"


def roster() -> Roster:
    states = ["LT", "DK", "SE", "IS", "EU"]
    ministries = ["LT-MOD", "LT-FIN", "DK-MOD", "UA-MOD", "OPS"]
    kinds = [(ref, "state") for ref in states] + [(ref, "ministry") for ref in ministries]
    kinds += [("MFR-1", "manufacturer"), ("MFR-2", "manufacturer"), ("AUD", "auditor")]
    parties = [
        {
            "ref": ref,
            "kind": kind,
            "country": ref[:2],
            "name": f"Party {ref}",
            "org_scheme": "XX",
            "org_number": ref,
        }
        for ref, kind in kinds
    ]
    origins = [
        {"ref": f"{ref}:{kind}", "party": ref, "kind": kind, "title": f"{ref} {kind}"}
        for ref, kind in [(r, "budget") for r in states[:4]] + [("EU", "windfall")]
    ]
    accounts = [
        {"party": "UA-MOD", "iban": iban, "bic": "NBUAUAUX", "currency": currency, "opened_on": "2024-01-01"}
        for iban, currency in ((IBAN, "EUR"), (IBAN, "UAH"), (IBAN, "USD"), (STATE_IBAN, "UAH"))
    ]
    accounts[-1]["use"] = "state"
    people = [{"username": name, "name": name, "grants": grants} for name, grants in PEOPLE.items()]
    data: dict[str, object] = {
        "mechanism": "Test mechanism",
        "parties": parties,
        "origins": origins,
        "bank_accounts": accounts,
        "people": people,
    }
    return roster_from(data, {name: password(name) for name in PEOPLE})


def eur(minor: int) -> dict[str, object]:
    return {"amount_minor": minor, "currency": "EUR"}


def document(kind: str, text: str = "") -> dict[str, object]:
    """A stored document, as the evidence argument wants it."""
    data = f"{kind} {text}".encode()
    return {
        "kind": kind,
        "media_type": "text/plain",
        "name": f"{kind}.txt",
        "sha256": evidence.put(data),
        "size_bytes": len(data),
    }


def _name(write: WriteTx, person: str, username: str, grants: list[Canonical]) -> None:
    """The log entry of a person, as the set-up writes it."""
    who: dict[str, Canonical] = {"name": username, "username": username} if username else {}
    append(
        write,
        kind="authority.grant",
        actor=SYSTEM,
        object_type="person",
        object_id=person,
        fields={"detail": {"grants": grants, **who}},
    )


class Desk:
    """People at work; every deed happens a minute after the one before."""

    def __init__(self) -> None:
        self.now = START
        with clock.at(self.now):
            set_up(roster(), key=str(uuid.uuid4()))
        self._line = 0
        self.untouched: object = mark()

    def tick(self, step: timedelta = timedelta(minutes=1)) -> datetime:
        self.now += step
        return self.now

    def who(self, username: str) -> Actor:
        return actor_of(Login.objects.get(username=username).id, "cli")

    def hire(self, username: str, *grants: str) -> None:
        """Somebody new with these grants, written as `ROLE@PARTY`; missing parties are registered."""
        person = Person(id=str(uuid.uuid4()), name=username)
        login = Login(
            id=str(uuid.uuid4()), person=person, username=username, password=make_password(password(username))
        )

        def act(write: WriteTx) -> None:
            person.save(force_insert=True)
            login.save(force_insert=True)
            _name(write, person.id, username, [])

        self._write("hire", act)
        for grant in grants:
            self.grant(username, *grant.split("@"))

    def grant(self, username: str, role: str, party: str) -> None:
        """One more role as the roster gives it, as if it had named it at the start."""
        person, found = Login.objects.get(username=username).person, self.party(party)
        row = RoleGrant(id=str(uuid.uuid4()), person=person, role=role, party=found)

        def act(write: WriteTx) -> None:
            row.from_at = write.now
            row.save(force_insert=True)
            _name(write, person.id, "", [[row.id, role, party]])

        self._write("grant", act)

    def party(self, ref: str) -> Party:
        """The party of this reference; a ministry as the roster registers one, where there is none."""
        said = {"ref": ref, "kind": "ministry", "country": "UA", "name": ref, "org_scheme": "XX"}
        said["org_number"] = ref
        if known := Party.objects.filter(ref=ref).first():
            return known

        def act(write: WriteTx) -> None:
            Party.objects.create(id=str(uuid.uuid4()), **said)
            fields: dict[str, Canonical] = {"detail": {"party": dict[str, Canonical](said)}, "ref": ref}
            append(
                write,
                kind="party.register",
                actor=SYSTEM,
                object_type="register",
                object_id=ref,
                fields=fields,
            )

        self._write("party", act)
        return Party.objects.get(ref=ref)

    def _write(self, what: str, act: Callable[[WriteTx], None]) -> None:
        """At the last deed's time: a clock of its own would make later deeds too early."""
        with clock.at(self.now):
            write_transaction(key=str(uuid.uuid4()), request={"act": what}, act=act)

    def propose(
        self,
        who: str,
        action: str,
        *,
        reason: str | None = None,
        replaces: str | None = None,
        key: str | None = None,
        **arguments: Any,
    ) -> Outcome:
        with clock.at(self.tick()):
            return propose(
                action=action,
                arguments=arguments,
                reason=reason,
                replaces=replaces,
                key=key or str(uuid.uuid4()),
                by=self.who(who),
            )

    def revoke(self, who: str, decision_id: str) -> Outcome:
        with clock.at(self.tick()):
            return revoke(decision_id=decision_id, key=str(uuid.uuid4()), by=self.who(who))

    def approve(
        self,
        who: str,
        decision_id: str,
        *,
        verdict: str = "approve",
        reason: str | None = None,
        shown_hash: str | None = None,
        key: str | None = None,
    ) -> Outcome:
        by = self.who(who)
        decision = Decision.objects.get(pk=decision_id)
        with clock.at(self.tick()):
            return approve(
                decision_id=decision_id,
                shown_hash=shown_hash or bytes(decision.hash).hex(),
                verdict=verdict,
                reason=reason,
                attestation=attest_password(by.login, password(who)),
                key=key or str(uuid.uuid4()),
                by=by,
            )

    def do(
        self, who: str, action: str, *approvers: str, reason: str | None = None, **arguments: Any
    ) -> Outcome:
        """Propose, and let these people approve."""
        outcome = self.propose(who, action, reason=reason, **arguments)
        for approver in approvers:
            outcome = self.approve(approver, outcome.decision_id)
        return outcome

    def change_policy(self, **parameters: Any) -> Outcome:
        """Both sides agree to other parameters from tomorrow on."""
        tomorrow = (self.now.date() + timedelta(days=1)).isoformat()
        return self.do(
            "ua.approver2",
            "authority.change_policy",
            "lt.approver",
            "ua.approver1",
            **({"effective_on": tomorrow} | parameters),
        )

    def execute(self, who: str, decision_id: str, key: str | None = None) -> Outcome:
        with clock.at(self.tick()):
            return execute(decision_id=decision_id, key=key or str(uuid.uuid4()), by=self.who(who))

    def withdraw(self, who: str, decision_id: str, reason: str = "no longer wanted") -> Outcome:
        with clock.at(self.tick()):
            return withdraw(decision_id=decision_id, reason=reason, key=str(uuid.uuid4()), by=self.who(who))

    def bank_line(
        self,
        amount_minor: int,
        text: str = "",
        currency: str = "EUR",
        counterparty_iban: str = "",
        *,
        iban: str = IBAN,
        instructed: Money | None = None,
    ) -> str:
        """A booked line of a staged statement on the account's chain; gives its id."""
        self._line += 1
        number = f"{self._line:064}"
        line = str(uuid.uuid4())

        def act(write: WriteTx) -> None:
            statement = self._statement(iban, currency, amount_minor, number, write)
            BankLine.objects.create(
                id=line,
                statement=statement,
                account=statement.account,
                ordinal=1,
                booked_on=self.now.date(),
                value_on=self.now.date(),
                amount_minor=amount_minor,
                currency=currency,
                instructed_minor=instructed.amount_minor if instructed else None,
                instructed_currency=instructed.currency if instructed else "",
                text=text,
                counterparty_iban=counterparty_iban,
                fingerprint=number,
                occurrence=1,
            )
            key = ("import", statement.file_id)
            rows = left_behind("", write.seq, {key: named(*key)}, write.execute)
            append(
                write,
                kind="import.stage",
                actor="desk",
                object_type="register",
                object_id=statement.file_id,
                fields={"rows": dict[str, Canonical](rows)},
            )

        with clock.at(self.now):
            write_transaction(key=str(uuid.uuid4()), request={"line": number}, act=act)
        return line

    def _statement(
        self, iban: str, currency: str, amount_minor: int, number: str, write: WriteTx
    ) -> BankStatement:
        """A statement of one line, next on its account's chain."""
        rows = BankAccount.objects.filter(iban=iban)
        account = rows.filter(currency=currency).first() or rows.get(currency="EUR")
        last = BankStatement.objects.filter(account=account, next__isnull=True).first()
        opening = last.closing_minor if last else account.opening_minor
        staged = ImportFile.objects.create(
            id=str(uuid.uuid4()),
            sha256=number,
            name=f"{self._line}.xml",
            size_bytes=1,
            kind="bank",
            rows_in=1,
            accepted=1,
            rejected=0,
            imported_at=self.now,
            log_seq=write.seq,
        )
        return BankStatement.objects.create(
            id=str(uuid.uuid4()),
            file=staged,
            account=account,
            stmt_id=f"S{self._line}",
            to_on=self.now.date(),
            opening_minor=opening,
            closing_minor=opening + amount_minor,
            lines_digest=number,
            previous=last,
        )
