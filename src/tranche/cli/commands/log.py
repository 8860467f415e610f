"""`tranche log`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tranche.cli.folder import enter
from tranche.cli.options import Directory, Json, Quiet
from tranche.cli.output import Output

app = typer.Typer(
    help="The log: signed heads, proofs, and what others need to check them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

View = Annotated[
    str,
    typer.Option(
        "--view", help="Who will read it: public, auditor, or donor@ and the reference of one donor."
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="The file to write; else standard output.", show_default=False),
]


@app.command(epilog="Example: tranche log status --json")
def status(directory: Directory = None, as_json: Json = False, quiet: Quiet = False) -> int:
    """How far the log is signed, by which key, and which witnesses cosigned when."""
    enter(directory)
    from tranche.cli.log_work import print_status

    return print_status(Output(as_json, quiet))


@app.command(epilog="Example: tranche log checkpoint")
def checkpoint(
    init: Annotated[
        bool, typer.Option("--init", help="Make the log's key first, and say so in the log.")
    ] = False,
    origin: Annotated[
        str,
        typer.Option("--origin", help="With --init: the name of the log, for good.", show_default=False),
    ] = "",
    directory: Directory = None,
    quiet: Quiet = False,
) -> int:
    """Sign the head of the log, where it continues the one signed last.

    Refused where the database is older than what was signed or was rewritten. `tranche work` does the same
    where it may read the key.
    """
    enter(directory)
    from tranche.cli.log_work import sign

    return sign(Output(quiet=quiet), init=init, origin=origin)


@app.command(epilog="Example: tranche log prove 12 --view auditor --out 12.tlog-proof")
def prove(
    index: Annotated[int, typer.Argument(metavar="INDEX", help="The number of the entry.")],
    view: View = "public",
    out: Out = None,
    directory: Directory = None,
    quiet: Quiet = False,
) -> int:
    """Write the receipt of one entry: its place in the log, a signed head, and what the reader may see."""
    enter(directory)
    from tranche.cli.log_work import write_receipt

    return write_receipt(index, view, out, Output(quiet=quiet))


@app.command(epilog="Example: tranche log policy")
def policy(directory: Directory = None) -> int:
    """Print the policy file by which others check this log: its keys and its witnesses.

    Whoever checks should have it from the witnesses, or from you by another way than the log.
    """
    enter(directory)
    from tranche.cli.log_work import print_policy

    return print_policy(Output())


@app.command(epilog="Example: tranche log publish public/log")
def publish(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files go; what is there stays.")],
    directory: Directory = None,
    quiet: Quiet = False,
) -> int:
    """Write the log as static files: tiles, public openings, and the checkpoint last."""
    folder = folder.absolute()
    enter(directory)
    from tranche.cli.log_work import publish_to

    return publish_to(folder, Output(quiet=quiet))


@app.command(epilog="Example: tranche log verify")
def verify(directory: Directory = None, as_json: Json = False, quiet: Quiet = False) -> int:
    """Hold openings, tiles and every checkpoint against the entries.

    Finds what was changed beside the program. That the log's own key signed no other history, only witnesses
    and checkpoints that others kept can say.
    """
    enter(directory)
    from tranche.cli.log_work import print_verification

    return print_verification(Output(as_json, quiet))


@app.command(epilog="Example: tranche log rebuild")
def rebuild(directory: Directory = None, quiet: Quiet = False) -> int:
    """Make the tree of the log anew from its entries, where tiles were damaged.

    Tree and tiles follow from the entries and are no part of the record.
    """
    enter(directory)
    from tranche.cli.log_work import rebuild_tree

    return rebuild_tree(Output(quiet=quiet))


@app.command(epilog="Example: tranche log request ministry")
def request(
    witness: Annotated[str, typer.Argument(metavar="WITNESS", help="Its name in the policy of the log.")],
    old: Annotated[
        int | None,
        typer.Option("--old", help="The size that the witness says it knows.", show_default=False),
    ] = None,
    directory: Directory = None,
    quiet: Quiet = False,
) -> int:
    """Print what to carry to a witness: the newest head, and the proof that it continues the one before.

    Witnesses stand in the file “witnesses” of the data folder, as “tranche log policy” shows.
    """
    enter(directory)
    from tranche.cli.log_asking import print_request

    return print_request(witness, old, Output(quiet=quiet))


@app.command(epilog="Example: tranche log cosigned reply.txt")
def cosigned(
    reply: Annotated[Path, typer.Argument(metavar="FILE", help="What the witness answered.")],
    directory: Directory = None,
    quiet: Quiet = False,
) -> int:
    """Keep a witness's cosignature, once it holds under a head of this log."""
    reply = reply.absolute()
    enter(directory)
    from tranche.cli.log_asking import take_reply

    return take_reply(reply, Output(quiet=quiet))


@app.command(epilog="Example: tranche log ask ministry")
def ask(
    witness: Annotated[str, typer.Argument(metavar="WITNESS", help="Its name in the policy of the log.")],
    directory: Directory = None,
    quiet: Quiet = False,
) -> int:
    """Ask a witness at its address to cosign the newest head; “tranche work” does it after each head."""
    enter(directory)
    from tranche.cli.log_asking import ask_witness

    return ask_witness(witness, Output(quiet=quiet))


@app.command(epilog="Example: tranche log settle 3")
def settle(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="Of the alarm, as “log status” shows it.")],
    directory: Directory = None,
    quiet: Quiet = False,
) -> int:
    """Say that somebody has looked into an alarm; what is still so raises another one."""
    enter(directory)
    from tranche.cli.log_work import settle

    return settle(number, Output(quiet=quiet))


@app.command("check-restore", epilog="Example: tranche log check-restore --kept witness-head.txt")
def check_restore(
    kept: Annotated[
        list[Path] | None,
        typer.Option("--kept", help="A head that somebody kept: a witness's last one, or the published one."),
    ] = None,
    directory: Directory = None,
    quiet: Quiet = False,
) -> int:
    """After a restore: hold the database against what others know of the log, and write again if all agree.

    Compares with the signer's own state, the newest head that this installation saw, and each head named.
    Behind one of them, or another log, the mechanism stays read-only (exit 8).
    """
    paths = [path.absolute() for path in kept or ()]
    enter(directory)
    from tranche.cli.log_restore import check_restore

    return check_restore(paths, Output(quiet=quiet))


@app.command(epilog="Example: tranche log adopt public/log")
def adopt(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of “tranche log publish”.")],
    directory: Directory = None,
    quiet: Quiet = False,
) -> int:
    """Take what a restored database lacks from published files: the roots, and what is public.

    What these entries held beside that is lost and has to be entered again.
    """
    folder = folder.absolute()
    enter(directory)
    from tranche.cli.log_restore import adopt_from

    return adopt_from(folder, Output(quiet=quiet))


@app.command(epilog="Example: tranche log fork --origin log.example/tranche/2")
def fork(
    origin: Annotated[
        str,
        typer.Option("--origin", help="The new name; else the next number.", show_default=False),
    ] = "",
    even_apart: Annotated[
        bool,
        typer.Option("--even-apart", help="Even where what was signed before is another history."),
    ] = False,
    directory: Directory = None,
    quiet: Quiet = False,
) -> int:
    """Go on under another name with a new key: after a restore without published files, or a stolen key.

    Everybody sees it in the log. The key before counts up to what was signed last.
    """
    enter(directory)
    from tranche.cli.log_names import fork

    return fork(origin, Output(quiet=quiet), even_apart=even_apart)


@app.command("rotate-key", epilog="Example: tranche log rotate-key")
def rotate_key(
    finish: Annotated[
        bool, typer.Option("--finish", help="End the old key, once both have signed for 30 days.")
    ] = False,
    directory: Directory = None,
    quiet: Quiet = False,
) -> int:
    """Make the next key of the log: both sign for 30 days, then the new one alone."""
    enter(directory)
    from tranche.cli.log_names import rotate_key

    return rotate_key(finish=finish, output=Output(quiet=quiet))
