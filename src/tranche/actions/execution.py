"""One decision being carried out inside its transaction: records, events, evidence and postings."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from django.db.models import Max

from tranche.actions.arguments import money_of
from tranche.actions.registry import Arguments, Basis
from tranche.kernel.canonical import Canonical
from tranche.kernel.disclosure import Label
from tranche.kernel.journal import EntryDraft, Line, Pair
from tranche.kernel.lifecycle import Transition
from tranche.kernel.money import Money
from tranche.kernel.refusals import ReferenceTaken
from tranche.ledger.close import closes
from tranche.ledger.post import post_many, reverse
from tranche.ledger.written import Key, named
from tranche.models import BankLine, Decision, Evidence, Party, Record, RecordEvent
from tranche.store.write import WriteTx


@dataclass(slots=True)
class Execution:
    """What `apply` gets; `by_person` did the deed (the payer for a release, else the proposer).

    `also_wrote` names what the log entry has to seal beside the records with an event, `logged` are further
    items of that entry.
    """

    write: WriteTx
    decision: Decision
    arguments: Arguments
    basis: Basis
    row: Transition
    by_person: str
    by_login: str
    by_grant: str | None
    created: dict[str, str] = field(default_factory=dict)
    also_wrote: dict[Key, str] = field(default_factory=dict)
    logged: dict[str, Canonical] = field(default_factory=dict)

    def wrote(self, kind: str, key: str) -> None:
        """Have the log entry seal rows that belong to no record."""
        self.also_wrote[kind, key] = named(kind, key)

    @property
    def today(self) -> date:
        return self.write.now.date()

    def text(self, name: str) -> str:
        return cast(str, self.arguments.get(name, ""))

    def whole(self, name: str) -> int:
        return cast(int, self.arguments[name])

    def optional_whole(self, name: str) -> int | None:
        return self.whole(name) if name in self.arguments else None

    def day(self, name: str) -> date:
        return date.fromisoformat(cast(str, self.arguments[name]))

    def optional_day(self, name: str) -> date | None:
        return self.day(name) if name in self.arguments else None

    def money(self, name: str) -> Money:
        return money_of(self.arguments, name)

    @property
    def record(self) -> Record:
        """The record that the action moves; it exists by the lifecycle row."""
        assert self.basis.record is not None
        return self.basis.record

    def move(self, label: Label = Label.DONOR) -> None:
        """Step the subject by the action's row and file the evidence that came with it."""
        self.event(self.record, self.row.action, self.row.target)
        self.file_evidence(self.record, label)

    def create(self) -> Record:
        """Make the subject in its first state."""
        record = self.new_record(
            self.row.kind, self.basis.ref, self.basis.holder, self.row.action, self.row.target
        )
        self.file_evidence(record)
        return record

    def new_record(self, kind: str, ref: str, holder: Party, action: str, state: str) -> Record:
        if Record.objects.filter(ref=ref).exists():
            raise ReferenceTaken(ref)
        record = Record.objects.create(
            id=str(uuid.uuid4()),
            ref=ref,
            kind=kind,
            state=state,
            version=1,
            label=str(self.basis.label or Label.DONOR),
            holder_party=holder,
        )
        self._write_events([self._event(record, action, "", state, version=1)])
        return record

    def event(self, record: Record, action: str, to_state: str, undoes: int | None = None) -> None:
        """The next event of a record; the database moves the record by it."""
        self.events([record], action, to_state, undoes)

    def events(
        self, records: Sequence[Record], action: str, to_state: str, undoes: int | None = None
    ) -> None:
        """The next event of each record: all of them take the same step."""
        rows = [
            self._event(record, action, record.state, to_state, version=record.version + 1, undoes=undoes)
            for record in records
        ]
        self._write_events(rows)
        for record in records:
            record.state, record.version = to_state, record.version + 1

    def _event(
        self,
        record: Record,
        action: str,
        from_state: str,
        to_state: str,
        *,
        version: int,
        undoes: int | None = None,
    ) -> RecordEvent:
        return RecordEvent(
            record=record,
            kind=record.kind,
            version=version,
            prev_version=version - 1 if version > 1 else None,
            from_state=from_state,
            action=action,
            to_state=to_state,
            undoes=undoes,
            reason=self.decision.reason,
            decision=self.decision,
            person_id=self.by_person,
            login_id=self.by_login,
            grant_id=self.by_grant,
            via=self.decision.via,
            at=self.write.now,
            log_seq=self.write.seq,
        )

    def _write_events(self, rows: Sequence[RecordEvent]) -> None:
        """Number them after the last event there is, and insert them in this order."""
        last = RecordEvent.objects.aggregate(last=Max("id"))["last"] or 0
        for number, row in enumerate(rows, last + 1):
            row.id = number
        RecordEvent.objects.bulk_create(rows)

    def file_evidence(self, record: Record | None, label: Label = Label.DONOR) -> None:
        """Keep the documents that came with the request; without a record they stand behind the decision."""
        if record is None:
            self.wrote("decision", self.decision.id)
        for row in cast("Sequence[dict[str, str]]", self.arguments.get("evidence", ())):
            Evidence.objects.create(
                id=str(uuid.uuid4()),
                record=record,
                decision_id="" if record else self.decision.id,
                kind=row["kind"],
                name=row["name"],
                sha256=row["sha256"],
                size_bytes=row["size_bytes"],
                media_type=row["media_type"],
                label=label.value,
                filed_by_id=self.decision.proposer_person_id,
                filed_at=self.write.now,
            )

    def post(self, *drafts: EntryDraft) -> None:
        """Post journal entries under this decision; the ledger's floors have the last word."""
        post_many(drafts, write=self.write)

    def enter(self, kind: str, *lines: Line, line: BankLine | None = None, fx: tuple[Pair, ...] = ()) -> None:
        """Post one entry, by the days of the bank line that it books where there is one."""
        booked_on = self.booking_day(line) if line else self.today
        value_on = line.value_on if line else None
        self.post(EntryDraft(kind, lines, booked_on, value_on, self.decision.id, fx=fx))

    def undo(self, entry_id: int, booked_on: date) -> None:
        """Reverse an entry of another decision, once and exactly."""
        reverse(entry_id, write=self.write, booked_on=booked_on, decision_id=self.decision.id)

    def booking_day(self, line: BankLine) -> date:
        """The bank's day; today where that day lies in a period that has been closed since."""
        closed = [row.upto for row in closes("default")]
        return self.today if closed and line.booked_on <= closed[-1] else line.booked_on
