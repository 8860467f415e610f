"""Bringing files in through the actions: a source document into draft claims, a statement into bank lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tranche.actions.decision import propose
from tranche.actions.decision_ends import Outcome
from tranche.cli.acting import checked_key, writer
from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt
from tranche.cli.output import Output
from tranche.kernel.policy import Actor
from tranche.models import BankLine, Claim, ImportFile
from tranche.store import evidence

ANNOUNCEMENT_BYTES_MAX = 2**20  # the reader's own limit on a text
STATEMENT_BYTES_MAX = 200 * 2**20  # standards note, section 1


@dataclass(frozen=True, slots=True)
class Announcement:
    """A published text and what is known about its publication."""

    file: Path
    ref: str | None
    title: str | None
    url: str | None
    outlet: str | None
    published: str | None
    source_class: str


def stage_announcement(described: Announcement, username: str | None, key: str | None, output: Output) -> int:
    """Keep the document and its draft claims; persons confirm them one by one."""
    text = _text(described.file)
    actor = writer(username, output)
    outcome = propose(
        action="claim.add_document",
        arguments=_document(described, text, actor),
        key=checked_key(key, output),
        by=actor,
    )
    claims = Claim.objects.filter(document__ref=outcome.ref).select_related("record").order_by("position")
    rows = [{"ref": c.ref, "kind": c.kind, "state": c.record.state, "summary": c.summary} for c in claims]
    if output.as_json:
        output.document(_done(outcome) | {"document": outcome.ref, "claims": rows})
        return Exit.DONE
    output.line(f"{outcome.ref}: {len(rows)} draft claims.{_again(outcome)}")
    for row in rows:
        output.line(f"  {row['ref']}  {row['kind']}  {row['summary']}")
    output.say("Open the page Claims to confirm, link or reject each of them.")
    return Exit.DONE


def stage_statement(file: Path, username: str | None, key: str | None, output: Output) -> int:
    """Stage a statement whole; a person confirms what each line is."""
    data = _bytes(file, STATEMENT_BYTES_MAX)
    actor = writer(username, output)
    arguments = {"sha256": evidence.put(data), "name": file.name, "size_bytes": len(data)}
    outcome = propose(action="import.stage", arguments=arguments, key=checked_key(key, output), by=actor)
    staged = ImportFile.objects.get(sha256=arguments["sha256"])
    lines = BankLine.objects.filter(statement__file=staged).count()
    if output.as_json:
        counts = {"rows_in": staged.rows_in, "accepted": staged.accepted, "rejected": staged.rejected}
        output.document(_done(outcome) | counts | {"lines": lines, "sha256": staged.sha256})
    else:
        output.line(
            f"{file.name}: {staged.rows_in} rows read, {staged.accepted} accepted,"
            f" {staged.rejected} rejected.{_again(outcome)}"
        )
        output.say("Nothing is booked yet: open the page Bank and confirm what each line is.")
    return Exit.FINDINGS if staged.rejected else Exit.DONE


def _document(described: Announcement, text: str, actor: Actor) -> dict[str, object]:
    stem = re.sub("[^A-Z0-9]+", "-", described.file.stem.upper()).strip("-")
    arguments: dict[str, object] = {
        "ref": described.ref or f"DOC-{stem}"[:40].rstrip("-"),
        "holder": actor.grants[0].party if actor.grants else "",
        "title": described.title or text.strip().splitlines()[0][:200],
        "text": text,
        "source_class": described.source_class,
        "published_basis": "stated" if described.published else "not_stated",
        "language": "en",
    }
    optional = {"url": described.url, "outlet": described.outlet, "published_on": described.published}
    return arguments | {name: value for name, value in optional.items() if value}


def _done(outcome: Outcome) -> dict[str, object]:
    return {
        "decision": outcome.decision_id,
        "state": outcome.state,
        "log_seq": outcome.log_seq,
        "replayed": outcome.replayed,
    }


def _again(outcome: Outcome) -> str:
    return " This key did it before; nothing was recorded a second time." if outcome.replayed else ""


def _text(file: Path) -> str:
    data = _bytes(file, ANNOUNCEMENT_BYTES_MAX)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _bad_file(f"{file} is no UTF-8 text.") from error
    if not text.strip():
        raise _bad_file(f"{file} holds no text.")
    return text


def _bytes(file: Path, size_bytes_max: int) -> bytes:
    if not file.is_file():
        raise _bad_file(f"There is no file {file}.")
    if file.stat().st_size > size_bytes_max:
        raise _bad_file(f"{file} is larger than {size_bytes_max} bytes.")
    return file.read_bytes()


def _bad_file(what: str) -> Halt:
    return Halt(Exit.USAGE, what, NOTHING_WRITTEN, "Name the file as you received it.")
