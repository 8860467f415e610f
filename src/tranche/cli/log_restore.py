"""What the commands of `tranche log` do after a restore, and with the log's keys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from tranche.actions.log_acts import announce_key, end_key, say_forked, say_restored
from tranche.actions.setup import SYSTEM
from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt, sentence
from tranche.cli.log_work import known_policy, signer
from tranche.cli.output import Column, Output
from tranche.kernel.log_policy import LogPolicy
from tranche.kernel.merkle import EMPTY_ROOT
from tranche.kernel.notes import Head, NoteError, Vkey
from tranche.log import cosigned, heads, read, receipts, restore
from tranche.log.adopt import NotAdoptable, adopt, read_published
from tranche.log.ask import NotAsked, ask
from tranche.log.erasures import Erased, apply_again
from tranche.log.keys import KeyUnsafe
from tranche.log.signer import Signer, SignerError
from tranche.log.verify import verify_log
from tranche.store import clock, standstill
from tranche.store.write import ALIAS

NOTE_BYTES_MAX: Final = 2**20
BOTH_SIGN_DAYS: Final = 30
NOTHING: Final = Head(0, EMPTY_ROOT)
NUMBERED: Final = re.compile(r"(.*/)([0-9]{1,9})")
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
    seq = say_restored(epoch, heads_, _forget_again(output))
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
            sentence(error),
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


def _forget_again(output: Output) -> tuple[Erased, ...]:
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
    standstill.stop("entries are being taken from published files")
    try:
        known = [one.head for one in restore.known_here(signer())]
        first, size = adopt(read_published(folder, policy), known, SYSTEM)
    except (NotAdoptable, SignerError, KeyUnsafe) as error:
        raise Halt(
            Exit.REFUSED,
            f"The published files cannot be taken: {error}.",
            f"{NOTHING_WRITTEN} The mechanism stands still.",
            "Take the newest files that were published, or go on under another name: tranche log fork. Where"
            " nothing is missing: tranche log check-restore",
        ) from error
    output.line(
        f"Entries {first} to {size - 1} are back by their roots; entry {size} says so. What they held and is"
        " not public has to be entered again."
    )
    output.say("Writing goes on after: tranche log check-restore")
    return Exit.DONE


def fork(origin: str, output: Output, *, even_apart: bool = False) -> int:
    """Go on under another name, with a new key, from the entries that are there."""
    own, keys = signer(), receipts.keys_of_log(ALIAS)
    if not keys.vkeys or not own.exists:
        raise Halt(
            Exit.USAGE,
            f"There is no key of the log in {own.folder}.",
            NOTHING_WRITTEN,
            "Make one: tranche log checkpoint --init",
        )
    before, vkey = own.key().name, own.key().vkey
    if keys.common and vkey in keys.vkeys and vkey.id.hex() not in keys.announced:
        return _forked(vkey, output)  # all but the last step was done
    size, note = _last_signed(own)
    vkey = _forking(own, keys, origin or _next_name(before))
    if vkey not in keys.vkeys:
        common = _common(own, output, even_apart=even_apart)
        ended = [(one, size) for one in keys.live]
        say_forked(before, note, ended, vkey, common, _forget_again(output))
    standstill.forget_head()
    own.fork()
    standstill.resume()
    output.line(f"{before} ends at {size} entries.")
    return _forked(vkey, output)


def _forking(own: Signer, keys: receipts.LogKeys, name: str) -> Vkey:
    """The key of the new name."""
    if name in {vkey.name for vkey in keys.vkeys} and not own.is_forking:
        raise Halt(
            Exit.CONFLICT,
            f"{name} is a name of this log already.",
            NOTHING_WRITTEN,
            "Choose another: --origin NAME",
        )
    try:
        return own.prepare_fork(name)
    except NoteError as error:
        raise Halt(
            Exit.USAGE, sentence(error), NOTHING_WRITTEN, "Name it like log.example/tranche/2"
        ) from error


def _common(own: Signer, output: Output, *, even_apart: bool) -> int:
    """Up to which size the heads of the old name are the beginning of what is here."""
    compared = restore.compare(_kept_of_old_name(own))
    other = [one for one in compared if one.verdict == restore.OTHER]
    if not other:
        return read.head(ALIAS)
    sizes = [one.known.head.size for one in compared if one.verdict == restore.AGREES]
    if not even_apart:
        raise Halt(
            Exit.BROKEN,
            f"The entries here are not those of the head of {other[0].known.head.size} that was signed"
            f" ({other[0].known.source}): the log was rewritten.",
            NOTHING_WRITTEN,
            "Restore a backup that is sound. Where there is none, say in the log that its history before is"
            " another: tranche log fork --even-apart",
        )
    output.say("The log says from now on that it leaves what was signed before.")
    return max(sizes, default=0)


def _kept_of_old_name(own: Signer) -> list[restore.Known]:
    try:
        known = restore.known_here(own)
    except SignerError:
        known = []
    signed = heads.latest(ALIAS)
    return known + ([restore.Known("database", signed.head)] if signed else [])


def _forked(vkey: Vkey, output: Output) -> int:
    """One entry more, lest the head of this size was signed under the old name."""
    announce_key(vkey)
    output.line(f"The log goes on as {vkey.name}.")
    output.say(
        "Tell every witness and everybody who checks: they need the new key (tranche log policy), and their"
        " last head of the old name is evidence. Keep it."
    )
    return Exit.DONE


def _next_name(before: str) -> str:
    found = NUMBERED.fullmatch(before)
    return f"{found[1]}{int(found[2]) + 1}" if found else f"{before}/2"


def _last_signed(own: Signer) -> tuple[int, bytes]:
    """How far the old name was signed, and the newest head of it that is in the database, whole."""
    signed = heads.latest(ALIAS)
    if signed is None:
        raise Halt(
            Exit.USAGE,
            "No head of the log was signed yet, so that there is nothing to leave.",
            NOTHING_WRITTEN,
            "Sign one: tranche log checkpoint",
        )
    try:
        known = restore.known_here(own)
    except SignerError:  # its state is another name's already, or gone
        known = []
    size = max([signed.head.size, *(one.head.size for one in known)])
    return size, heads.whole_note(signed, ALIAS).encoded()


def rotate_key(*, finish: bool, output: Output) -> int:
    """Make the next key, which signs beside the present one; with `finish` let it sign alone."""
    own = signer()
    if not own.exists:
        raise Halt(
            Exit.USAGE,
            f"There is no key of the log in {own.folder}.",
            NOTHING_WRITTEN,
            "Make one: tranche log checkpoint --init",
        )
    following = own.next_key()
    if finish:
        return _finish(following.vkey if following else None, output)
    if following is not None and following.vkey in receipts.log_keys(ALIAS):
        raise Halt(
            Exit.CONFLICT,
            "Another key signs beside the present one already.",
            NOTHING_WRITTEN,
            f"After {BOTH_SIGN_DAYS} days let it sign alone: tranche log rotate-key --finish",
        )
    vkey = following.vkey if following else own.prepare_next()
    seq = announce_key(vkey)
    output.line(f"{vkey.text()} signs beside the present key from entry {seq} on.")
    output.say(
        "Give it to every witness and to everybody who checks, by another way than the log. After"
        f" {BOTH_SIGN_DAYS} days: tranche log rotate-key --finish"
    )
    return Exit.DONE


def _finish(vkey: Vkey | None, output: Output) -> int:
    own, keys = signer(), receipts.keys_of_log(ALIAS)
    if vkey is None or vkey not in keys.vkeys:
        raise Halt(Exit.USAGE, "No other key signs yet.", NOTHING_WRITTEN, "Make it: tranche log rotate-key")
    days = (clock.today() - date.fromisoformat(keys.since[vkey.id.hex()])).days
    if days < BOTH_SIGN_DAYS:
        raise Halt(
            Exit.REFUSED,
            f"Both keys have signed for {days} days, and must for {BOTH_SIGN_DAYS}.",
            NOTHING_WRITTEN,
            "Who checks rarely has to learn of the new key. If the old one is in other hands, go on under"
            " another name at once: tranche log fork",
        )
    old = own.key().vkey
    if old.id.hex() not in keys.ended:
        end_key(old)
    own.change_keys()
    output.line(f"{vkey.text()} signs alone from now on. The old key lies beside it and signs nothing.")
    return Exit.DONE
