"""What the commands of `tranche log` do with its names and keys: go on under another one, replace a key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from tranche.actions.log_acts import announce_key, end_key, say_forked
from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt, sentence
from tranche.cli.log_restore import forget_again
from tranche.cli.log_work import signer
from tranche.cli.output import Output
from tranche.kernel.notes import NoteError, Vkey
from tranche.log import heads, read, receipts, restore
from tranche.log.signer import Signer, SignerError
from tranche.store import clock, standstill
from tranche.store.write import ALIAS

BOTH_SIGN_DAYS: Final = 30
NUMBERED: Final = re.compile(r"(.*/)([0-9]{1,9})")


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
    known = _of_old_name(own)
    note = _last_note()
    common = _common(known, output, even_apart=even_apart)
    vkey = _forking(own, keys, origin or _next_name(before))
    size = max(one.head.size for one in known)
    if vkey not in keys.vkeys:  # one that was cut short goes on here
        ended = [(one, size) for one in keys.live]
        say_forked(before, note, ended, vkey, common, forget_again(output))
    own.fork()
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


def _common(known: Sequence[restore.Known], output: Output, *, even_apart: bool) -> int:
    """Up to which size the heads of the old name are the beginning of what is here."""
    compared = restore.compare(known)
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


def _of_old_name(own: Signer) -> list[restore.Known]:
    """The heads of the old name that are known here."""
    signed = heads.latest(ALIAS)
    if signed is None:
        raise Halt(
            Exit.USAGE,
            "No head of the log was signed yet, so that there is nothing to leave.",
            NOTHING_WRITTEN,
            "Sign one: tranche log checkpoint",
        )
    database = restore.Known("database", signed.head)
    try:
        return [database, *restore.known_here(own)]
    except SignerError:  # its state is another name's already, or gone
        return [database]


def _last_note() -> bytes:
    """The newest head of the old name that is in the database, with every line under it."""
    signed = heads.latest(ALIAS)
    return heads.whole_note(signed, ALIAS).encoded() if signed else b""


def _forked(vkey: Vkey, output: Output) -> int:
    """Write again, with one entry more at once, lest the head of this size was signed under the old name."""
    standstill.forget_head()
    standstill.resume()
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
