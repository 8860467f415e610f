"""The real ledger, told to do what the model has done: many operations in a transaction, or one alone.

A refusal must be of the expected class and leave nothing behind; where the ledger makes the lines of an entry
itself, they must be the model's.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connections
from tests.simulation.world import (
    CloseAccount,
    ClosePeriod,
    Flow,
    OpenAdvance,
    Operation,
    Post,
    Repeat,
    RollOver,
)

from tranche.kernel.journal import EntryDraft
from tranche.kernel.ledger_errors import LedgerError
from tranche.ledger.accounts import close_account, open_account
from tranche.ledger.close import close
from tranche.ledger.flows import conversion_for, lines_for, roll_over
from tranche.ledger.post import post_many, reverse
from tranche.log.append import append
from tranche.store import clock
from tranche.store.errors import IdemConflict
from tranche.store.write import Receipt, WriteTx, write_transaction

INSTANT = datetime(2025, 1, 31, 12, tzinfo=UTC)
MARKS = """
SELECT (SELECT next_seq FROM log_head WHERE id = 1), (SELECT coalesce(max(id), 0) FROM journal_entry),
    (SELECT coalesce(max(id), 0) FROM account), (SELECT coalesce(max(id), 0) FROM fund),
    (SELECT coalesce(max(entry_id), 0) FROM movement), (SELECT coalesce(max(entry_id), 0) FROM use_fragment),
    (SELECT coalesce(max(entry_id), 0) FROM fx_pair), (SELECT count(*) FROM account_close),
    (SELECT count(*) FROM period_close), (SELECT count(*) FROM idem_key WHERE key = %s)
"""


class Diverged(Exception):
    """The ledger did something else than the model."""


@dataclass(slots=True)
class Ledger:
    """One open mechanism; knows the last request, to be repeated, and how many entries there should be."""

    keys: int = 0
    last: tuple[str, int] | None = None
    entries: int = 0
    kept: list[int] = field(default_factory=list)

    def do(self, operations: Sequence[Operation], *, alone: bool) -> None:
        """Carry operations out in one transaction."""
        seq = self._write(operations, alone=alone).log_seq
        self.last = (self._key(), seq)
        self.keys += 1

    def _key(self) -> str:
        return str(uuid.UUID(int=self.keys + 1))

    def _write(self, operations: Sequence[Operation], *, alone: bool) -> Receipt:
        made: list[int] = []

        def act(write: WriteTx) -> None:
            made[:] = _carried_out(operations, write, self.entries, alone=alone)
            _log(write, len(operations))

        with clock.at(INSTANT):
            receipt = write_transaction(key=self._key(), request={"operations": self.keys}, act=act)
        due = list(range(self.entries + 1, self.entries + 1 + len(made)))
        if made != due or receipt.replayed:
            raise Diverged(f"the ledger numbered {made}, the model {due}; replayed: {receipt.replayed}")
        self.entries += len(made)
        return receipt

    def refuse(self, operations: Sequence[Operation], *, after: Sequence[Operation] = ()) -> None:
        """Try operations that must be refused, in one transaction, which the last refusal ends.

        `after` are good ones that are done before, and go with them.
        """
        before = self.marks()
        expected = operations[-1].expected
        try:
            with clock.at(INSTANT):
                write_transaction(
                    key=self._key(),
                    request={"operations": self.keys},
                    act=lambda write: _refuse(after, operations, write, self.entries),
                )
        except LedgerError as error:
            _expect(expected, error)
        if self.marks() != before:
            raise Diverged(f"a refused operation left something: {before} became {self.marks()}")

    def marks(self) -> tuple[Any, ...]:
        """Where every table of the book ends, and whether the next key is free."""
        with connections["default"].cursor() as cursor:
            cursor.execute(MARKS, [self._key()])
            found: tuple[Any, ...] = cursor.fetchone()
            return found

    def repeat(self, again: Repeat) -> None:
        """Send the last request once more, or another one under its key."""
        if self.last is None:
            return
        (key, seq), before = self.last, self.marks()
        request = {"operations": -1 if again.expected else self.keys - 1}
        try:
            with clock.at(INSTANT):
                receipt = write_transaction(key=key, request=request, act=_never)
        except IdemConflict as error:
            _expect(again.expected, error)
        else:
            if again.expected or receipt != Receipt(seq, replayed=True):
                raise Diverged(f"a repeated key gave {receipt}, the model {again.expected or seq}")
        if self.marks() != before:
            raise Diverged("a repeated key left something")


def _expect(expected: str, error: Exception) -> None:
    if type(error).__name__ != expected:
        raise Diverged(f"the ledger refused by {error!r}, the model by {expected or 'nothing'}") from error


def _never(_write: WriteTx) -> None:
    raise Diverged("a repeated key acted again")


def _log(write: WriteTx, count: int) -> None:
    append(
        write,
        kind="system.setup",
        actor=str(uuid.UUID(int=1)),
        object_type="ledger",
        object_id="simulation",
        fields={"ref": str(count)},
    )


def _refuse(good: Sequence[Operation], bad: Sequence[Operation], write: WriteTx, stored: int) -> None:
    """What is refused raises; if the last is done instead, this ends the transaction all the same."""
    _carried_out(good, write, stored, alone=False)
    for operation in bad:
        try:
            _carried_out([operation], write, stored, alone=True)
        except LedgerError as error:
            _expect(operation.expected, error)
            if operation is bad[-1]:
                raise
        else:
            raise Diverged(f"the ledger took what the model refuses by {operation.expected}: {operation}")


def _carried_out(operations: Sequence[Operation], write: WriteTx, stored: int, *, alone: bool) -> list[int]:
    """Do the operations in their order and give the numbers of their entries.

    What reverses an entry that is not stored yet has to wait for it.
    """
    numbers: list[int] = []
    waiting: list[EntryDraft] = []

    def flush() -> None:
        numbers.extend(posted.entry_id for posted in post_many(waiting, write=write))
        waiting.clear()

    for operation in operations:
        if isinstance(operation, Post):
            if any((draft.reverses or 0) > stored + len(numbers) for draft in operation.drafts):
                flush()
            if alone and (made := _by_itself(operation, write)) is not None:
                numbers += made
            else:
                waiting += operation.drafts
        else:
            flush()
            numbers += _done(operation, write)
    if waiting:
        flush()
    return numbers


def _by_itself(posting: Post, write: WriteTx) -> list[int] | None:
    """The same by the ledger's own way to lines; None where there is none."""
    [draft, *others] = posting.drafts
    if draft.reverses is not None and not others and not posting.expected:
        posted = reverse(draft.reverses, write=write, booked_on=draft.booked_on, decision_id=None)
        return [posted.entry_id]
    if posting.flow is None or others:
        return None
    _compare_lines(posting.flow, draft, write)
    return None


def _compare_lines(flow: Flow, draft: EntryDraft, write: WriteTx) -> None:
    rule, source, target, out = flow.rule, flow.source, flow.target, flow.out
    if flow.into is None:
        lines = lines_for(rule, out.currency, source, target, out.amount_minor, write=write)
        if lines != draft.lines:
            raise Diverged(f"the ledger splits {lines}, the model {draft.lines}")
        return
    split = conversion_for(rule, source, target, out, flow.into, write=write, to=flow.to)
    if split != (draft.lines, draft.fx):
        raise Diverged(f"the ledger converts {split}, the model {draft.lines}, {draft.fx}")


def _done(operation: Operation, write: WriteTx) -> list[int]:
    match operation:
        case RollOver(account):
            day = operation.booked_on
            posted = roll_over(
                account, operation.target, "simulated", booked_on=day, decision_id=None, write=write
            )
            return [each.entry_id for each in posted]
        case CloseAccount(code):
            close_account(code, "simulated", write=write)
        case ClosePeriod(upto):
            close(upto, write=write)
        case OpenAdvance(account, limit_minor):
            open_account(account, write=write, limit_minor=limit_minor)
    return []
