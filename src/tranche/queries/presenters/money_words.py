"""The words of money: figures by stage with a note each, kinds of accounts, kinds of entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

FIGURES: Mapping[str, StrPromise] = {
    "received": _("Received"),
    "idle": _("Idle"),
    "allocated": _("Allocated"),
    "contracted": _("On contracts"),
    "ordered": _("Ordered"),
    "paid": _("Paid, goods owed"),
    "accepted": _("Accepted"),
    "returned": _("Returned"),
    "lost": _("Fees and losses"),
    "delivered": _("Paid to suppliers"),
    "funded": _("Allocated in all"),
    "reserved": _("Reserved in all"),
    "under_contract": _("Under contract"),
    "advanced": _("Paid first by a state"),
    "converted_in": _("Converted in"),
    "converted_out": _("Converted out"),
}

NOTES: Mapping[str, StrPromise] = {
    "received": _("confirmed by bank statements"),
    "idle": _("received, not yet allocated"),
    "allocated": _("on no contract yet"),
    "contracted": _("reserved, not yet ordered"),
    "ordered": _("at the bank, not yet settled"),
    "paid": _("no accepted lot yet"),
    "accepted": _("lots accepted and paid"),
    "returned": _("sent back to donors"),
    "lost": _("bank fees, write-offs, rounding"),
    "under_contract": _("reserved, ordered or paid, goods not yet accepted"),
    "advanced": _("drawn on an advance, not yet repaid"),
    "converted_in": _("bought with another currency"),
    "converted_out": _("sold for another currency"),
}

KINDS: Mapping[str, StrPromise] = {
    "origin": _("Origin"),
    "advance": _("Advance"),
    "suspense": _("Not yet identified"),
    "unassigned": _("Not yet assigned"),
    "tranche": _("Tranche"),
    "pool": _("Pool"),
    "programme": _("Programme"),
    "contract": _("Contract"),
    "transit": _("Ordered at the bank"),
    "prepaid": _("Paid, goods owed"),
    "lot": _("Lot"),
    "returned": _("Returned"),
    "fee": _("Fees"),
    "write_off": _("Written off"),
    "fx": _("Exchange"),
    "rounding": _("Rounding"),
}

ENTRIES: Mapping[str, StrPromise] = {
    "receive": _("Receipt"),
    "confirm": _("Confirmation"),
    "assign": _("Assignment to the pool"),
    "allocate": _("Allocation"),
    "reserve": _("Reservation for a contract"),
    "order": _("Order to the bank"),
    "settle": _("Settlement by the bank"),
    "prefinance": _("Pre-financing"),
    "reimburse": _("Repayment of an advance"),
    "accept": _("Acceptance of a lot"),
    "unaccept": _("Acceptance undone"),
    "write_off": _("Write-off"),
    "refund": _("Refund of a supplier"),
    "release": _("Release"),
    "bounce": _("Return by the bank"),
    "recall": _("Recall by a donor"),
    "fee": _("Fee"),
    "convert": _("Exchange"),
    "rollover": _("Roll-over"),
    "reverse": _("Reversal"),
}
