"""`tranche witness`: for another organisation, on a computer of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tranche.cli.options import Quiet
from tranche.cli.output import Output

app = typer.Typer(
    help="Cosign the heads of a log for others: run this in another organisation.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Folder = Annotated[Path, typer.Option("--dir", help="The folder of the witness: its key and its memory.")]
HERE = Path("witness")


@app.command(epilog="Example: tranche witness init witness.ministry.example --dir new-witness")
def init(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Under which it signs, for good.")],
    folder: Folder = HERE,
    quiet: Quiet = False,
) -> int:
    """Make a witness: its key and its memory. Give others the line that this prints."""
    from tranche.cli.witness_work import create

    return create(folder, name, Output(quiet=quiet))


@app.command(
    epilog="Example: tranche witness trust"
    " log.example/tranche/1+8ff020f8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4 --dir witness"
)
def trust(
    vkey: Annotated[str, typer.Argument(metavar="KEY", help="The key of a log, as its operator gave it.")],
    folder: Folder = HERE,
    quiet: Quiet = False,
) -> int:
    """Cosign this log from now on."""
    from tranche.cli.witness_work import trust_log

    return trust_log(folder, vkey, Output(quiet=quiet))


@app.command(
    epilog="Example: tranche witness drop"
    " log.example/tranche/1+8ff020f8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4 --dir witness"
)
def drop(
    vkey: Annotated[str, typer.Argument(metavar="KEY", help="A key of a log that signs nothing any more.")],
    folder: Folder = HERE,
    quiet: Quiet = False,
) -> int:
    """Cosign nothing any more that this key alone signed: it was replaced, or is in other hands."""
    from tranche.cli.witness_work import drop_key

    return drop_key(folder, vkey, Output(quiet=quiet))


@app.command(epilog="Example: tranche witness serve --bind 127.0.0.1:8001 --dir witness")
def serve(
    folder: Folder = HERE,
    bind: Annotated[str, typer.Option("--bind", help="Address and port to listen on.")] = "127.0.0.1:8001",
    quiet: Quiet = False,
) -> int:
    """Answer requests over HTTP (C2SP tlog-witness), as “cosign” does by files; stop with Ctrl-C.

    For other computers put a web server with TLS before it. What it answers is signed: nobody on the way can
    change it, but can keep it back.
    """
    from tranche.cli.witness_work import serve_witness

    return serve_witness(folder, bind, Output(quiet=quiet))


@app.command(epilog="Example: tranche witness cosign request.txt --dir witness")
def cosign(
    request: Annotated[Path, typer.Argument(metavar="FILE", help="What “tranche log request” wrote.")],
    folder: Folder = HERE,
    quiet: Quiet = False,
) -> int:
    """Answer a request: a cosignature where the head continues the one cosigned last, else a refusal.

    The answer goes to standard output; carry it back to the log's operator.
    """
    from tranche.cli.witness_work import answer

    return answer(folder, request, Output(quiet=quiet))


@app.command(epilog="Example: tranche witness status --dir witness")
def status(folder: Folder = HERE, quiet: Quiet = False) -> int:
    """Its key, the logs that it cosigns, and how often it refused."""
    from tranche.cli.witness_work import print_status

    return print_status(folder, Output(quiet=quiet))


@app.command(epilog="Example: tranche witness evidence found --dir witness")
def evidence(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder to write into.")],
    folder: Folder = HERE,
    quiet: Quiet = False,
) -> int:
    """Write every refused head that a log had signed, beside the one that was cosigned.

    Two heads that the same key signed and that cannot both be true prove what the log's operator did.
    """
    from tranche.cli.witness_work import write_evidence

    return write_evidence(folder, out, Output(quiet=quiet))
