"""Every write: one function, one transaction, authorised first, logged last.

The modules that declare actions register them when they are imported; importing the package imports all.
"""

from __future__ import annotations

from tranche.actions import (
    advance,
    agreement,
    bank,
    bank_books,
    bank_identify,
    claim,
    contract,
    contract_money,
    credentials,
    entry,
    fund,
    imports,
    lots,
    milestone,
    payee,
    payment,
    payment_bank,
    period,
    procedure,
    programme,
    register_entries,
    tranche,
)

__all__ = [
    "advance",
    "agreement",
    "bank",
    "bank_books",
    "bank_identify",
    "claim",
    "contract",
    "contract_money",
    "credentials",
    "entry",
    "fund",
    "imports",
    "lots",
    "milestone",
    "payee",
    "payment",
    "payment_bank",
    "period",
    "procedure",
    "programme",
    "register_entries",
    "tranche",
]
