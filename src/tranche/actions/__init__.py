"""Every write: one function, one transaction, authorised first, logged last.

The modules that declare actions register them when they are imported; importing the package imports all.
"""

from __future__ import annotations

from tranche.actions import (
    agreement,
    claim,
    contract,
    imports,
    lots,
    payee,
    payment,
    procedure,
    programme,
    register_entries,
    tranche,
)

__all__ = [
    "agreement",
    "claim",
    "contract",
    "imports",
    "lots",
    "payee",
    "payment",
    "procedure",
    "programme",
    "register_entries",
    "tranche",
]
