"""What can be refused, as classes with fields; the sentences in three languages stand with the presenters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tranche.kernel.policy import Deny
from tranche.kernel.template_text import TemplateDefect


class Refusal(Exception):
    """A request that was understood and not done; nothing was written."""


class NotAllowed(Refusal):
    """Policy says no; `deny` holds the reason and the deeds in the way."""

    def __init__(self, action: str, deny: Deny) -> None:
        super().__init__(f"{action}: {deny.reason}")
        self.action, self.deny = action, deny


class UnknownReference(Refusal):
    """Nothing of this kind has this reference."""

    def __init__(self, kind: str, ref: str) -> None:
        super().__init__(f"no {kind} {ref}")
        self.kind, self.ref = kind, ref


class ReferenceTaken(Refusal):
    """Another record has this reference already."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"reference {ref} is taken")
        self.ref = ref


class BadArgument(Refusal):
    """An argument that does not parse; `code` says how: missing, unknown, syntax, choice, range."""

    def __init__(self, name: str, code: str, value: str = "") -> None:
        super().__init__(f"{name}: {code} {value}".rstrip())
        self.name, self.code, self.value = name, code, value


class TemplateUnsound(Refusal):
    """The text of a procedure template cannot be run; every defect is named."""

    def __init__(self, name: str, defects: Sequence[TemplateDefect]) -> None:
        super().__init__("; ".join(f"{row.rule} {row.step}".strip() for row in defects))
        self.name, self.defects = name, tuple(defects)


class CurrencyDiffers(Refusal):
    """The amount is in another currency than the account it would move from."""

    def __init__(self, given: str, wanted: str) -> None:
        super().__init__(f"{given} given, {wanted} wanted")
        self.given, self.wanted = given, wanted


class ContentChanged(Refusal):
    """What the approvers relied on is no longer what the register holds; the decision is void."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = tuple(fields)


class DecisionNotOpen(Refusal):
    """The decision ended before: executed, withdrawn, rejected, expired or void."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class DecisionNotReady(Refusal):
    """Approvals are missing; the executor has to wait."""

    def __init__(self, missing: int) -> None:
        super().__init__(f"{missing} approvals missing")
        self.missing = missing


class HashDiffers(Refusal):
    """The page that was approved showed another content than the decision holds."""


class Held(Refusal):
    """A hold lies over what the write would touch; it moves again when two persons have lifted the hold."""

    def __init__(self, hold: str, scope: str) -> None:
        super().__init__(f"{hold} over {scope or 'everything'}")
        self.hold, self.scope = hold, scope


class NoticeRuns(Refusal):
    """Everybody is still being told of a recovery; it may be approved from `from_on`."""

    def __init__(self, from_on: date) -> None:
        super().__init__(from_on.isoformat())
        self.from_on = from_on


class NotYours(Refusal):
    """Only the person who gave it may take it back."""


class WrongPassword(Refusal):
    """The password entered again for this approval is not the person's."""


class WrongCode(Refusal):
    """No code of this person fits now, or it was used before."""


class SignatureRefused(Refusal):
    """A security key's answer that does not prove what it should; `code` says which check failed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MethodRefused(Refusal):
    """The policy in force does not take this way of approving."""

    def __init__(self, method: str) -> None:
        super().__init__(method)
        self.method = method


class ReasonWanted(Refusal):
    """Going back, ending or skipping needs a reason of 10 to 2,000 characters."""


class EvidenceNotStored(Refusal):
    """A document is named whose bytes are not in the evidence store."""

    def __init__(self, sha256: str) -> None:
        super().__init__(sha256)
        self.sha256 = sha256


class AlreadyThere(Refusal):
    """The same thing was recorded before; `ref` names it."""

    def __init__(self, kind: str, ref: str) -> None:
        super().__init__(f"{kind} {ref} is already there")
        self.kind, self.ref = kind, ref


class StatementRefused(Refusal):
    """A bank statement that does not fit the chain of its account; both figures are shown."""

    def __init__(self, code: str, expected: str, found: str) -> None:
        super().__init__(f"{code}: {expected} expected, {found} found")
        self.code, self.expected, self.found = code, expected, found
