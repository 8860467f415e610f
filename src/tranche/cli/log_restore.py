"""What the commands of `tranche log` do after a restore, and with the log's keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tranche.actions.log_acts import say_restored
from tranche.actions.setup import SYSTEM
from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt, sentence
from tranche.cli.log_work import known_policy, signer
from tranche.cli.output import Column, Output
from tranche.kernel.log_policy import LogPolicy
from tranche.kernel.merkle import EMPTY_ROOT
from tranche.kernel.notes import Head
from tranche.log import cosigned, heads, read, receipts, restore
from tranche.log.adopt import NotAdoptable, adopt, read_published
from tranche.log.ask import NotAsked, ask
from tranche.log.erasures import Erased, apply_again
from tranche.log.keys import KeyUnsafe
from tranche.log.signer import SignerError
from tranche.log.verify import verify_log
from tranche.store import standstill
from tranche.store.write import ALIAS

NOTE_BYTES_MAX: Final = 2**20
NOTHING: Final = Head(0, EMPTY_ROOT)
WORDS: Final = {
    restore.AGREES: "agrees",
    restore.BEHIND: "the database is behind it",
    restore.OTHER: "the database is another log",
}


def check_restore(kept: Sequence[Path], output: Output) -> int:
    """Compare, and where everything agrees write again; raises Halt where it does not, or too few say so."""
    _sound()
    policy = known_policy()
    compared = restore.compare(_known(kept, policy, output))
    rows = [(one.known.source, str(one.known.head.size), WORDS[one.verdict]) for one in compared]
    output.table("Heads that were kept", (Column("of"), Column("entries"), Column("result")), rows)
    if any(one.verdict != restore.AGREES for one in compared):
        raise _apart(compared)
    if not restore.is_witnessed(compared, policy):
        raise Halt(
            Exit.FINDINGS,
            "Fewer witnesses than the policy of the log wants stand behind the heads that were compared.",
            "Nothing was written, and a mechanism that stands still goes on doing so.",
            "Have the witnesses' last heads brought and name each: tranche log check-restore --kept FILE",
        )
    epoch = read.count_of("log.restore", ALIAS) + 1
    heads_ = [(one.known.source, one.known.head) for one in compared]
    seq = say_restored(epoch, heads_, forget_again(output))
    standstill.forget_head()
    standstill.keep_head(
        max((one.known.head for one in compared), key=lambda head: head.size, default=NOTHING)
    )
    standstill.resume()
    output.line(f"The log agrees with what was kept of it: restore {epoch}, entry {seq}. Writing goes on.")
    return Exit.DONE


def _sound() -> None:
    """The entries, their items, the tree and the signed heads fit each other, before others are asked."""
    size, found = verify_log(ALIAS)
    if not found:
        return
    first = found[0]
    standstill.stop(f"the log is not as it was sealed, at {first.row or 'its head'}")
    raise Halt(
        Exit.BROKEN,
        f"{len(found)} things in {size} entries are not as they were sealed: {first.row or 'the head'}.",
        "Nothing was compared, and nothing is written until this is settled.",
        "See all of it with “tranche log verify”. Where tiles alone were damaged: tranche log rebuild. Else"
        " keep folder and database as evidence, and restore a backup that is sound.",
    )


def _known(kept: Sequence[Path], policy: LogPolicy, output: Output) -> list[restore.Known]:
    common = receipts.keys_of_log(ALIAS).common
    try:
        found = restore.known_here(signer()) + _asked(policy, output)
        return found + [restore.known_kept(_bytes(path), path.name, policy, common) for path in kept]
    except restore.KeptUnreadable as error:
        raise Halt(
            Exit.USAGE,
            f"{error}.",
            NOTHING_WRITTEN,
            "Name heads of this log only: the file “checkpoint” of a pack, or a witness's last head.",
        ) from error
    except (SignerError, KeyUnsafe) as error:
        raise Halt(
            Exit.REFUSED,
            sentence(error),
            "Nothing was compared or written.",
            "Bring the signer's folder back from where you keep it, or go on under another name with:"
            " tranche log fork",
        ) from error
    except PermissionError as error:
        raise Halt(
            Exit.REFUSED,
            f"{error.filename} belongs to the user who signs.",
            "Nothing was compared or written.",
            "Run the command as that user.",
        ) from error


def _asked(policy: LogPolicy, output: Output) -> list[restore.Known]:
    """What the witnesses that have an address know: each cosigns the newest head anew, or says another size.

    A new cosignature cannot be an old one that somebody on the way kept.
    """
    found = []
    for name, vkey in policy.witnesses.items():
        if name not in policy.addresses:
            continue
        try:
            answer = ask(name, policy)
        except (NotAsked, cosigned.ReplyRefused, LookupError) as error:
            output.say(f"Not compared with {name}: {error}.")
            continue
        if isinstance(answer, cosigned.Declined):
            if answer.status not in (409, 422):
                output.say(f"Not compared with {name}: it refused ({answer.status}).")
            else:  # a head that nothing here can be
                found.append(restore.Known(name, Head(answer.size, b"")))
            continue
        signed = heads.at(answer[1], ALIAS)
        assert signed is not None, "the cosignature stands under it"
        found.append(restore.Known(name, signed.head, frozenset({vkey})))
    return found


def forget_again(output: Output) -> tuple[Erased, ...]:
    """What was erased by decision stays erased, whatever an older database shows."""
    again = apply_again()
    if again:
        output.say(f"{len(again)} items that had been erased by decision were erased again.")
    return again


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(NOTE_BYTES_MAX)


def _apart(compared: Sequence[restore.Compared]) -> Halt:
    """What is wrong, and stand still until it is settled."""
    is_other = any(one.verdict == restore.OTHER for one in compared)
    newest = max(one.known.head.size for one in compared)
    what = (
        "The database is another log than the one that was signed."
        if is_other
        else f"The database is older than the log: {newest} entries were signed."
    )
    standstill.stop(what)
    return Halt(
        Exit.BROKEN,
        what,
        "Nothing was written, and nothing will be until this is settled.",
        "Restore a newer backup; or take the missing entries from published files with “tranche log adopt"
        " DIR”; or go on under another name with “tranche log fork”. See docs/log.md.",
    )


def adopt_from(folder: Path, output: Output) -> int:
    """Take what a restored database lacks from published files."""
    policy = known_policy()
    try:
        known = [one.head for one in restore.known_here(signer())]
        first, size = adopt(read_published(folder, policy), known, SYSTEM)
    except (NotAdoptable, SignerError, KeyUnsafe) as error:
        raise Halt(
            Exit.REFUSED,
            f"The published files cannot be taken: {error}.",
            NOTHING_WRITTEN,
            "Take the newest files that were published, or go on under another name: tranche log fork. Where"
            " nothing is missing: tranche log check-restore",
        ) from error
    standstill.stop("entries were taken from published files")
    output.line(
        f"Entries {first} to {size - 1} are back by their roots; entry {size} says so. What they held and is"
        " not public has to be entered again."
    )
    output.say("Writing goes on after: tranche log check-restore")
    return Exit.DONE
