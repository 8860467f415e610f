"""What kinds of log entries and their items are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

WRITTEN: Mapping[str, StrPromise] = {
    "content": _("Content that was signed off"),
    "detail": _("Details"),
    "reason": _("Reason"),
}
"""Items that hold what people wrote."""

KINDS: Mapping[str, StrPromise] = {
    "approval.give": _("Approval given"),
    "approval.revoke": _("Approval taken back"),
    "authority.grant": _("Role granted"),
    "log.adopt": _("Entries taken back from published files"),
    "log.adopted": _("Entry taken back by its root"),
    "log.fork": _("Log goes on under another name"),
    "log.key": _("Key of the log named or ended"),
    "log.restore": _("Restored database compared"),
    "decision.expire": _("Decision expired"),
    "decision.propose": _("Decision proposed"),
    "decision.refuse": _("Attempt refused"),
    "decision.reject": _("Decision rejected"),
    "decision.void": _("Decision void"),
    "decision.replace": _("Decision replaced"),
    "decision.withdraw": _("Decision withdrawn"),
    "party.register": _("Party registered"),
    "system.setup": _("Mechanism set up"),
}

ITEMS: Mapping[str, StrPromise] = {
    **WRITTEN,
    "actor": _("Who"),
    "amount": _("Amount"),
    "approvals": _("Approvals"),
    "at": _("When"),
    "day": _("Day"),
    "decision": _("Decision"),
    "kind": _("What"),
    "ledger.entries": _("Journal entries"),
    "object": _("Object"),
    "basis": _("Legal basis"),
    "before": _("Name before"),
    "checkpoint": _("Signed head"),
    "ended": _("Keys that ended, and at which size"),
    "erased": _("Erased items by entry and hash"),
    "epoch": _("Number of the restore"),
    "first": _("First of them"),
    "from_size": _("From entry"),
    "heads": _("Heads that were compared"),
    "size": _("Entries"),
    "records": _("Records"),
    "ref": _("Reference"),
    "rows": _("Hashes of what it left behind"),
    "state": _("State after"),
    "vkey": _("Key"),
}

ALARMS: Mapping[str, tuple[StrPromise, StrPromise]] = {
    "head_late": (
        _("Entries have been under no signed head for more than a day."),
        _("The operator looks why nothing is signed: tranche work, or tranche log checkpoint."),
    ),
    "witness_late": (
        _("Fewer witnesses than the policy wants have cosigned a head within a week."),
        _("The operator asks them: tranche log ask NAME, or by files tranche log request NAME."),
    ),
    "witness_refused": (
        _("A witness says that what it cosigned is not the beginning of this log: the log was rewritten."),
        _(
            "Stop all writing, keep folder and database as evidence, ask the witness for its two heads, and"
            " compare: tranche log check-restore, tranche log verify."
        ),
    ),
    "witness_ahead": (
        _("A witness has cosigned more entries than are here: an older database was restored."),
        _("Compare with what the witnesses keep: tranche log check-restore."),
    ),
    "self_check": (
        _("The nightly look at the log found what is not as it was sealed."),
        _("Stop, keep folder and database as evidence, and look at all of it: tranche log verify."),
    ),
    "signer": (
        _("The signer refuses to sign the log as it is."),
        _("Stop, keep folder and database as evidence, and compare: tranche log check-restore."),
    ),
}
"""What an alarm means, and what is to be done about it."""
