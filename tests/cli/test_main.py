"""The command line as a whole: exit codes, where things are printed, and no Django before it is needed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.demo_folder import clean_environment, demo_folder, tranche

from tranche.cli.exits import BY_CODE, Exit, of_code
from tranche.cli.options import leading_last

LIGHT = """
import sys
from tranche.cli.main import main
code = main(sys.argv[1:])
seldom = {"django", "lxml", "schwifty", "gunicorn", "numpy", "numba", "llvmlite", "pyarrow"}
heavy = sorted({name.split(".")[0] for name in sys.modules} & seldom)
sys.exit(code or (f"loaded {heavy}" if heavy else 0))
"""


@pytest.mark.parametrize("command", ["", "trace from", "import bank", "bulk trace"])
def test_help_loads_nothing_heavy(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIGHT, *command.split(), "--help"],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("nope",),
        ("balance", "--frob"),
        ("trace",),
        ("trace", "from"),
        ("demo", "--port", "0"),
        ("demo", "--port", "many"),
        ("list", "contract", "--limit", "0"),
        ("init",),
    ],
)
def test_wrong_usage_exits_with_two(arguments: tuple[str, ...]) -> None:
    done = tranche(*arguments)

    assert done.returncode == 2
    assert done.stdout == ""


def test_folder_without_mechanism_is_named(tmp_path: Path) -> None:
    done = tranche("balance", "--dir", tmp_path / "nothing")

    assert done.returncode == 2
    assert str(tmp_path / "nothing") in done.stderr
    assert "tranche demo" in done.stderr
    assert not (tmp_path / "nothing").exists()


def test_variable_that_does_not_parse_is_named() -> None:
    done = tranche("balance", environment={"TRANCHE_TODAY": "soon"})

    assert done.returncode == 2
    assert "TRANCHE_TODAY" in done.stderr


def test_file_that_is_no_database_is_damage(tmp_path: Path) -> None:
    (tmp_path / "tranche.sqlite3").write_bytes(b"not a database, but long enough to be read as one" * 40)

    done = tranche("balance", "--dir", tmp_path)

    assert done.returncode == 8
    assert "Traceback" not in done.stderr


def test_empty_database_is_told_to_migrate(tmp_path: Path) -> None:
    (tmp_path / "tranche.sqlite3").touch()

    done = tranche("balance", "--dir", tmp_path)

    assert done.returncode == 3
    assert "tranche migrate" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("trace", "from", "NOPE"), "Nothing has the reference NOPE."),
        (("trace", "to", "C-DK-01"), "Nothing has the reference C-DK-01."),
        (("trace", "from", "9999:1"), "Nothing has the reference 9999:1."),
        (("show", "lot", "NOPE"), "NOPE"),
        (("show", "spaceship", "NOPE"), "There is no kind named spaceship."),
        (("list", "spaceship"), "There is no kind named spaceship."),
    ],
)
def test_unknown_reference_or_kind_is_refused_in_words(arguments: tuple[str, ...], said: str) -> None:
    done = tranche(*arguments, "--dir", demo_folder())

    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_folder_option_counts_before_the_variable(tmp_path: Path) -> None:
    given = {"TRANCHE_DATA_DIR": str(tmp_path / "other")}

    by_option = tranche("list", "tranche", "--json", "--dir", demo_folder(), environment=given)
    by_variable = tranche("list", "tranche", "--json", environment={"TRANCHE_DATA_DIR": str(demo_folder())})
    before_command = tranche("--dir", demo_folder(), "--json", "list", "tranche")

    assert by_option.returncode == by_variable.returncode == before_command.returncode == 0
    assert by_option.stdout == by_variable.stdout == before_command.stdout
    assert len(json.loads(by_option.stdout)["items"]) == 7


def test_sealed_fields_are_never_shown() -> None:
    shown = json.loads(tranche("show", "payee", "PAY-MFR-1", "--json", "--dir", demo_folder()).stdout)
    as_officer = json.loads(
        tranche("show", "payee", "PAY-MFR-1", "--json", "--as", "lt.officer", "--dir", demo_folder()).stdout
    )

    assert shown["fields"]["iban"] == "UA429990010026000000000000001"
    assert "iban" not in as_officer["fields"]
    assert as_officer["fields"]["party"] == "MFR-1"


def test_unknown_sign_in_is_refused() -> None:
    done = tranche("balance", "--as", "nobody", "--dir", demo_folder())

    assert done.returncode == 3
    assert "There is no sign-in named nobody." in done.stderr


def test_list_is_filtered_by_state_and_cut() -> None:
    signed = json.loads(
        tranche("list", "contract", "--state", "signed", "--json", "--dir", demo_folder()).stdout
    )
    first = json.loads(tranche("list", "contract", "--limit", "1", "--json", "--dir", demo_folder()).stdout)

    assert [row["state"] for row in signed["items"]] == ["signed"] * 7
    assert [row["ref"] for row in first["items"]] == ["C-DK-01"]


@pytest.mark.parametrize(
    ("given", "moved"),
    [
        (["--dir", "x", "balance"], ["balance", "--dir", "x"]),
        (["--dir=x", "--json", "balance"], ["balance", "--dir=x", "--json"]),
        (["balance", "--dir", "x"], ["balance", "--dir", "x"]),
        (["--help"], ["--help"]),
        (["--dir"], ["--dir"]),
        ([], []),
    ],
)
def test_options_before_the_command_move_behind_it(given: list[str], moved: list[str]) -> None:
    assert leading_last(given) == moved


def test_exit_codes_are_those_of_the_documents() -> None:
    page = (Path(__file__).parents[2] / "docs" / "start.md").read_text(encoding="utf-8")

    for code in Exit:
        assert f"| {code.value} | " in page
    assert of_code("forbidden") is Exit.REFUSED
    assert of_code("outcome_unknown") is Exit.UNKNOWN
    assert set(BY_CODE.values()) <= set(Exit)
