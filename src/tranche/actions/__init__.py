"""Every write: one function, one transaction, authorised first, logged last.

The modules that declare actions register them when they are imported; importing the package imports all.
"""

from __future__ import annotations

from tranche.actions import (
    advance,
    agreement,
    authority,
    authority_persons,
    bank,
    bank_books,
    bank_identify,
    claim,
    contract,
    contract_money,
    entry,
    fund,
    hold,
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
    step_back,
    tranche,
)

__all__ = [
    "advance",
    "agreement",
    "authority",
    "authority_persons",
    "bank",
    "bank_books",
    "bank_identify",
    "claim",
    "contract",
    "contract_money",
    "entry",
    "fund",
    "hold",
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
    "step_back",
    "tranche",
]
