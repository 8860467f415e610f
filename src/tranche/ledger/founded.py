"""What everything else stands on: parties, bank accounts and who holds a record, against the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tranche.kernel.differences import Differences
from tranche.ledger.decided import Decided
from tranche.ledger.logged import Log
from tranche.ledger.rows import Execute, day

PARTY_FIELDS: Final = (
    *("kind", "country", "name", "name_uk", "name_lt"),
    *("org_scheme", "org_number", "payment_name"),
)
PARTIES: Final = """
SELECT ref, kind, country, name, name_uk, name_lt, org_scheme, org_number, payment_name FROM party
"""
ACCOUNTS: Final = """
SELECT b.iban, b.currency, p.ref, b.bic, b.opened_on, b.use, b.opening_minor
FROM bank_account b LEFT JOIN party p ON p.id = b.party_id
"""
ORIGINS: Final = "SELECT o.ref, p.ref, o.kind, o.title FROM origin o LEFT JOIN party p ON p.id = o.party_id"
ORIGIN_FIELDS: Final = ("party", "kind", "title")
OWN_ORIGINS: Final = frozenset({"interest", "unknown"})
"""Origins that a party has of itself, named by it and the kind; they are made when money first needs one."""

HOLDERS: Final = """
SELECT r.id, r.ref, p.ref FROM record r LEFT JOIN party p ON p.id = r.holder_party_id
"""
ACCOUNT_FIELDS: Final = ("party", "bic", "opened_on", "use", "opening_minor")


class Founded:
    """The rows as they are, compared with the roster's entries and the decisions that added to them."""

    def __init__(self, log: Log, execute: Execute, differences: Differences) -> None:
        self._execute = execute
        self._differences = differences
        self._parties: dict[str, Mapping[str, str]] = {}
        self._accounts: dict[str, Mapping[str, Any]] = {}
        self._origins: dict[str, Mapping[str, Any]] = {}
        self._holders: dict[str, str] = {}
        for entry in log.entries.values():
            if "party" in entry.detail:
                self._party(entry.ref, entry.detail["party"])
            if "origin" in entry.detail:
                said = entry.detail["origin"]
                self._origins[said["ref"]] = {name: said[name] for name in ORIGIN_FIELDS}
            if "bank_account" in entry.detail:
                said = entry.detail["bank_account"]
                self._accounts[f"{said['iban']} {said['currency']}"] = {
                    name: said[name] for name in ACCOUNT_FIELDS
                }

    def check(self, decided: Decided) -> None:
        """Note a party that was registered, and who holds the record that was moved or made."""
        if decided.action == "party.register":
            self._party(decided.ref, decided.arguments)
        if decided.holder:
            self._holders[decided.entry.object_id] = decided.holder

    def _party(self, ref: str, said: Mapping[str, Any]) -> None:
        self._parties[ref] = {name: str(said.get(name, "")) for name in PARTY_FIELDS}

    def finish(self) -> None:
        """Each row is as it was said, and each that was said is there."""
        parties = {ref: dict(zip(PARTY_FIELDS, row, strict=True)) for ref, *row in self._execute(PARTIES, [])}
        accounts = {
            f"{iban} {currency}": dict(
                zip(ACCOUNT_FIELDS, (party, bic, day(opened).isoformat(), *rest), strict=True)
            )
            for iban, currency, party, bic, opened, *rest in self._execute(ACCOUNTS, [])
        }
        self._compare("party", self._parties, parties)
        self._compare("bank_account", self._accounts, accounts)
        origins = {
            ref: dict(zip(ORIGIN_FIELDS, row, strict=True))
            for ref, *row in self._execute(ORIGINS, [])
            if ref in self._origins or row[1] not in OWN_ORIGINS or ref != f"{row[0]}:{row[1]}"
        }
        self._compare("origin", self._origins, origins)
        for record, ref, holder in self._execute(HOLDERS, []):
            expected = self._holders.get(record, holder)
            self._differences.compare("record_holder", expected, holder, row=f"record {ref}")

    def _compare(
        self, table: str, wanted: Mapping[str, Mapping[str, Any]], found: Mapping[str, Mapping[str, Any]]
    ) -> None:
        for key in sorted(wanted.keys() | found.keys()):
            where = f"{table} {key}"
            self._differences.compare(f"founded_{table}", wanted.get(key), found.get(key), row=where)
