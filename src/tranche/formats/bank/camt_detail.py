"""One `TxDtls` of camt.053: references, the other party, text, return reason, charges and exchange."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tranche.formats.bank.camt_fields import (
    ABSENT,
    REFERENCE_LENGTH_MAX,
    amount_in,
    charges,
    compact,
    direction,
    exchange,
    identifier,
    stated_currency,
)
from tranche.formats.bank.records import Detail
from tranche.formats.xml import Element, Leaves

REFERENCES: Final = ("EndToEndId", "UETR", "InstrId", "PmtInfId", "MsgId", "TxId", "AcctSvcrRef")


def read_detail(element: Element, entry_minor: int, currency: str, *, is_only: bool) -> Detail:
    """A transaction of an entry of this amount, in the account's currency."""
    found = Leaves(element, apart=("Chrgs",))
    sign = direction(found, default=-1 if entry_minor < 0 else 1)
    side = "Dbtr" if sign > 0 else "Cdtr"  # the party opposite the direction
    return Detail(
        amount_minor=_amount(found, sign, currency, entry_minor if is_only else None),
        references=_references(found),
        counterparty_name=_name(found, f"RltdPties/{side}"),
        counterparty_iban=compact(found.text(f"RltdPties/{side}Acct/Id/IBAN")),
        counterparty_bic=identifier(
            found, f"RltdAgts/{side}Agt/FinInstnId/BICFI", f"RltdAgts/{side}Agt/FinInstnId/BIC"
        ),
        text=" ".join(found.texts("RmtInf/Ustrd")),
        return_code=identifier(found, "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry"),
        original_tx_code=tx_code(found, "RtrInf/OrgnlBkTxCd/"),
        charges=charges(found.parts["Chrgs"]),
        exchange=exchange(found),
    )


def tx_code(found: Leaves, base: str = "BkTxCd/") -> str:
    """The bank transaction code: domain, family and sub-family, else the bank's own."""
    domain = f"{base}Domn/"
    parts = (f"{domain}Cd", f"{domain}Fmly/Cd", f"{domain}Fmly/SubFmlyCd")
    stated = [text for path in parts if (text := identifier(found, path))]
    return "-".join(stated)[:40] or identifier(found, f"{base}Prtry/Cd")


def _amount(found: Leaves, sign: int, currency: str, otherwise: int | None) -> int | None:
    """Its own amount where that is in the account's currency; in another it is information only."""
    amount = found.leaf("Amt", "AmtDtls/TxAmt/Amt")
    if amount is None:
        return otherwise
    return sign * amount_in(amount) if stated_currency(amount) == currency else None


def _name(found: Leaves, base: str) -> str:
    return found.text(f"{base}/Nm", f"{base}/Pty/Nm", f"{base}/Agt/FinInstnId/Nm")


def _references(found: Leaves) -> Mapping[str, str]:
    stated = {name: identifier(found, f"Refs/{name}", length_max=REFERENCE_LENGTH_MAX) for name in REFERENCES}
    stated["CdtrRef"] = " ".join(found.texts("RmtInf/Strd/CdtrRefInf/Ref"))
    return {name: value for name, value in stated.items() if value and value != ABSENT}
