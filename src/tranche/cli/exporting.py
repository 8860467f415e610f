"""What `tranche export` does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt
from tranche.cli.log_work import known_policy, labels_of
from tranche.cli.output import Output
from tranche.formats.files import write_durably
from tranche.log.policies import own_policy
from tranche.queries.packs import NothingFound, Wanted, write_pack

FIRST_DAY, LAST_DAY = "0000", "9999"
"""They stand for a side that is open, before and after any day as text."""


def export_evidence(
    refs: Sequence[str],
    days: tuple[str, str] | None,
    view: str,
    out: Path,
    policy_out: Path | None,
    output: Output,
) -> int:
    """Write the pack and, where asked for, the policy."""
    if policy_out is not None:
        known_policy()
    wanted = Wanted(frozenset(refs), labels_of(view), view, is_whole=not refs and days is None, days=days)
    try:
        packed = write_pack(out, wanted)
    except NothingFound as error:
        raise Halt(
            Exit.USAGE,
            f"No entry under a signed head {_asked(refs, days)}.",
            NOTHING_WRITTEN,
            "See the references with “tranche list agreement”, and how far the log is signed with"
            " “tranche log status”.",
        ) from error
    if policy_out is not None:
        write_durably(policy_out, [own_policy().encode()])
        output.say(
            f"Wrote {policy_out}. Who checks should compare it with what the witnesses say, because a log"
            " that names its own judges convinces nobody."
        )
    output.say(
        f"Wrote {out}: {packed.entries} of {packed.size} entries, {packed.postings} postings,"
        f" {packed.documents} documents. Check it with: tranche-verify {out} --policy FILE"
    )
    return Exit.DONE


def _asked(refs: Sequence[str], days: tuple[str, str] | None) -> str:
    match days:
        case None:
            return f"is about {', '.join(refs) or 'anything'}"
        case (first, last) if last == LAST_DAY:
            return f"was recorded on {first} or later"
        case (first, last) if first == FIRST_DAY:
            return f"was recorded up to {last}"
        case (first, last):
            return f"was recorded from {first} to {last}"
