"""The command `tranche-verify`: one pack, receipt or folder, one policy, one answer."""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tranche.kernel.log_policy import PolicyError, parse_policy
from tranche.verifier.archive import FolderMembers, Members, NoMembers, Unreadable, ZipMembers
from tranche.verifier.check import Wanted, verify
from tranche.verifier.native import best_check
from tranche.verifier.report import Report, Verdict

AGE: Final = re.compile(r"([1-9][0-9]{0,5})([smhd])")
SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
RECEIPT: Final = b"c2sp.org/tlog-proof"
FILE_BYTES_MAX: Final = 2**22
LISTED_MAX: Final = 50

WORDS: Final = {
    Verdict.VALID: "VALID",
    Verdict.NO_QUORUM: "VALID, BUT FEWER WITNESSES COSIGNED THAN THE POLICY WANTS",
    Verdict.STALE: "VALID, BUT NO WITNESS COSIGNED RECENTLY ENOUGH",
    Verdict.CONTRADICTS: "CONTRADICTS A HEAD THAT WAS KEPT",
    Verdict.INVALID: "INVALID",
    Verdict.UNREADABLE: "UNREADABLE",
}
WITNESSED: Final = (
    "This shows that the entries were recorded in this order and have not changed since the witnesses named"
    " above saw this head."
)
ALONE: Final = (
    "No witness of your policy stands behind this: it shows that the log's own key signed these entries in"
    " this order, and its holder could have signed others."
)
LIMITS: Final = "It does not show that what was entered is true, nor that nothing was left out."


def run() -> None:
    """The console script."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Verify and print; the exit code is the verdict."""
    given = _parser().parse_args(arguments)
    try:
        policy = parse_policy(given.policy.read_text(encoding="utf-8"))
        wanted = Wanted(
            policy,
            int(time.time()),
            [_read(path) for path in given.kept],
            _seconds(given.max_age),
            best_check(),
        )
        members, receipt = _opened(given.pack)
    except (PolicyError, OSError, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, Unreadable):
            report = Report()
            report.find(Verdict.UNREADABLE, "pack", error)
            return _print(report, as_json=given.json)
        said = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error)
        sys.stderr.write(f"tranche-verify: {said}\nNothing was verified.\n")
        return Verdict.USAGE
    return _print(verify(members, wanted, receipt), as_json=given.json)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tranche-verify",
        description="Check an evidence pack, a receipt or a published log, without the server it came from.",
        epilog="Exit codes: 0 valid, 10 too few witnesses, 20 too old, 30 contradicts a kept head,"
        " 40 invalid, 50 unreadable or over a limit, 2 wrong usage.",
    )
    parser.add_argument("pack", type=Path, metavar="PACK", help="a pack, a receipt, or a published folder")
    parser.add_argument(
        "--policy",
        type=Path,
        required=True,
        metavar="FILE",
        help="whom you trust (C2SP tlog-policy); take it from elsewhere than the pack",
    )
    parser.add_argument(
        "--kept", type=Path, action="append", default=[], metavar="NOTE", help="a checkpoint that you kept"
    )
    parser.add_argument("--max-age", metavar="36h", help="how old the newest cosignature may be")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def _seconds(text: str | None) -> int | None:
    if text is None:
        return None
    found = AGE.fullmatch(text)
    if not found:
        raise ValueError(f"--max-age takes a number and s, m, h or d, such as 36h, not {text}")
    return int(found[1]) * SECONDS[found[2]]


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        raw = file.read(FILE_BYTES_MAX + 1)
    if len(raw) > FILE_BYTES_MAX:
        raise Unreadable(f"{path} has more than {FILE_BYTES_MAX} bytes")
    return raw


def _opened(path: Path) -> tuple[Members, bytes | None]:
    """The members of a pack or folder, or the bytes of a receipt."""
    if path.is_dir():
        return FolderMembers(path), None
    with path.open("rb") as file:
        is_receipt = file.read(len(RECEIPT)) == RECEIPT
    return (NoMembers(), _read(path)) if is_receipt else (ZipMembers(path), None)


def _print(report: Report, *, as_json: bool) -> int:
    verdict = report.verdict
    if as_json:
        document = {"verdict": int(verdict), "means": WORDS[verdict], **asdict(report)}
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        return verdict
    lines = [WORDS[verdict]]
    for finding in report.findings:
        where = "" if finding.seq is None else f" in entry {finding.seq}"
        item = f" ({finding.item})" if finding.item else ""
        lines.append(f"  {finding.step}{where}{item}: {finding.what}")
    if report.origin:
        lines += _of_head(report)
    if verdict in (Verdict.VALID, Verdict.NO_QUORUM, Verdict.STALE):
        lines += _of_entries(report)
        lines.append(f"{WITNESSED if report.cosigned else ALONE} {LIMITS}")
    sys.stdout.write("\n".join(lines) + "\n")
    return verdict


def _of_head(report: Report) -> list[str]:
    found = [f"log {report.origin}, {report.size} entries, root {report.root}"]
    found += [f"signed by {text}" for text in report.signed_by]
    for name, at in report.cosigned:
        shown = datetime.fromtimestamp(at, UTC).isoformat() if at < 253402300800 else str(at)
        found.append(f"cosigned by {name} at {shown}")
    return found


def _of_entries(report: Report) -> list[str]:
    found = [
        f"{report.entries} entries opened: {report.opened} items open, {report.erased} erased by decision,"
        f" {report.withheld} withheld; {report.journal} postings and {report.documents} documents hold."
    ]
    found += [f"{count} approvals {how}" for how, count in sorted(report.approvals.items())]
    found += [f"note: {note}" for note in report.notes[:LISTED_MAX]]
    found += report.listing[:LISTED_MAX]
    if len(report.listing) > LISTED_MAX:
        found.append(f"and {len(report.listing) - LISTED_MAX} more entries; all of them with --json")
    return found
