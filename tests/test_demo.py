"""The demonstration: exact sums, the whole story, continued when interrupted, untouched when complete."""

from __future__ import annotations

import json
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.demo_folder import clean_environment, copy_of_demo, demo_folder, tranche
from tranche.cli.demo.play import BETWEEN
from tranche.cli.demo.script import script
from tranche.cli.demo.staff import KEY_HOLDERS
from tranche.formats.security_key import Assertion, Site, check_assertion
from tranche.kernel.approval import statement_hash

POOL_MINOR = {"DK": 12_500_000_000, "SE": 2_000_000_000, "IS": 270_000_000, "EU": 39_000_000_000}
KILLED_AT = 130
INTERRUPTED = f"""
import os, signal, sys
from tranche.cli.demo import running
from tranche.cli.main import main

plain = running._play

def until_killed(words, output):
    from tranche.cli.demo import play

    one, count = play._play, iter(range(1, 1000))

    def act_or_die(act, cast):
        if next(count) == {KILLED_AT}:
            os.kill(os.getpid(), signal.SIGKILL)
        one(act, cast)

    play._play = act_or_die
    plain(words, output)

running._play = until_killed
sys.exit(main(["demo", "--no-serve", "--quiet", "--dir", sys.argv[1]]))
"""


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{folder / 'tranche.sqlite3'}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def ask(*arguments: str, folder: Path | None = None) -> Any:
    done = tranche(*arguments, "--json", "--dir", folder or demo_folder())
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def lots() -> list[str]:
    return [row["ref"] for row in ask("list", "lot", "--state", "accepted")["items"]]


def test_first_tranche_is_traced_to_the_cent() -> None:
    found = ask("trace", "from", "LT-UA-2024-T1")

    used = sum(use["amount_minor"] for use in found["uses"])
    unspent = sum(rest["amount_minor"] for rest in found["unspent"])

    assert found["amount_minor"] == 1_000_000_000
    assert used + unspent + found["returned_minor"] == 1_000_000_000
    assert used > 0
    assert unspent > 0


@pytest.mark.parametrize(
    ("tranche_ref", "donor"),
    [(f"DK-UA-2024-T{n}", donor) for n, donor in enumerate(POOL_MINOR, start=1)],
)
def test_each_donor_of_the_pool_is_traced_to_the_cent(tranche_ref: str, donor: str) -> None:
    found = ask("trace", "from", tranche_ref)

    used = sum(use["amount_minor"] for use in found["uses"])
    unspent = sum(rest["amount_minor"] for rest in found["unspent"])

    assert used + unspent + found["returned_minor"] == found["amount_minor"] == POOL_MINOR[donor]


def test_every_lot_of_the_pool_names_four_donors_in_proportion(lots: list[str]) -> None:
    for lot in (ref for ref in lots if ref.startswith("C-DK-")):
        found = ask("trace", "to", lot)
        shares = {share["donor"]: share["amount_minor"] for share in found["shares"]}

        assert sum(source["amount_minor"] for source in found["sources"]) == found["amount_minor"]
        assert sum(shares.values()) == found["amount_minor"]
        assert set(shares) == set(POOL_MINOR)
        for donor, put_in in POOL_MINOR.items():
            exact = found["amount_minor"] * put_in
            assert abs(shares[donor] * sum(POOL_MINOR.values()) - exact) <= 12 * sum(POOL_MINOR.values())


def test_windfall_proceeds_are_named_as_the_origin() -> None:
    found = ask("trace", "to", "C-DK-01-L1")

    origins = {source["donor"]: source["origin"] for source in found["sources"]}

    assert origins["EU"] == "EU:windfall"
    assert origins["DK"] == "DK:budget"


def test_balance_sheet_sums_to_zero_in_each_currency_and_holds_the_leftovers() -> None:
    sheet = ask("balance")

    held = {(row["currency"], row["kind"]): row["balance_minor"] for row in sheet["totals"]}

    for currency in ("EUR", "UAH"):
        assert sum(minor for (of, _), minor in held.items() if of == currency) == 0
    assert held["EUR", "origin"] == -54_970_041_250
    assert held["EUR", "pool"] == 14_270_000_000
    assert held["EUR", "programme"] > 0
    assert held["UAH", "advance"] == -300_000_000


def test_one_decision_waits_for_an_approver_and_one_for_the_payer() -> None:
    waiting = rows(
        demo_folder(),
        "SELECT d.action, (SELECT count(*) FROM approval a WHERE a.decision_id = d.id)"
        " FROM decision d WHERE d.state = 'open' ORDER BY d.action",
    )

    assert waiting == [("contract.sign", 1), ("payment.release", 4)]


def test_announcement_gives_seven_claims_of_which_three_are_confirmed() -> None:
    states = [row["state"] for row in ask("list", "claim")["items"]]

    assert sorted(states) == ["confirmed"] * 3 + ["draft"] * 4


def test_two_steps_came_late() -> None:
    late = rows(demo_folder(), "SELECT ref FROM step WHERE done_on > due_on ORDER BY ref")

    assert late == [("DK-UA-2024-T4-S2",), ("LT-UA-2024-T1-S1",)]


def test_rejected_lots_are_repaired_or_refunded() -> None:
    repaired = ask("show", "lot", "C-DK-01-L2")
    dropped = ask("show", "lot", "C-DK-03-L2")
    refunded = rows(
        demo_folder(), "SELECT target_ref, amount_minor FROM line_match WHERE target_kind = 'contract'"
    )

    assert [event["action"] for event in repaired["events"]].count("lot.hand_over") == 2
    assert (repaired["state"], dropped["state"]) == ("accepted", "dropped")
    assert refunded == [("C-DK-03", 450_000_000)]


def test_one_bank_line_is_left_for_a_person_to_confirm() -> None:
    free = rows(
        demo_folder(),
        "SELECT amount_minor FROM bank_line WHERE id NOT IN (SELECT line_id FROM line_match)",
    )

    assert free == [(-1_200_000_000,)]


def test_priorities_of_the_year_are_set() -> None:
    categories = rows(demo_folder(), "SELECT category FROM priority WHERE year = 2025 ORDER BY category")

    assert [row[0] for row in categories] == [
        "air_defence",
        "ammunition",
        "production",
        "training_and_equipping",
    ]


def test_what_is_chosen_given_and_made_together_is_there() -> None:
    assert [row["state"] for row in ask("list", "selection")["items"]] == ["selected", "assessing"]
    assert [row["state"] for row in ask("list", "inkind")["items"]] == ["accepted", "offered"]
    assert ask("show", "joint", "J-LT-UA-2025")["state"] == "running"
    assert rows(demo_folder(), "SELECT quantity FROM joint_output ORDER BY quantity") == [(16,), (24,)]
    assert ask("show", "lot", "IK-LT-2025-01-L1")["fields"]["value_minor"] is None


def test_every_act_happened_at_its_scripted_instant() -> None:
    instants = dict(rows(demo_folder(), "SELECT idempotency_key, created_at FROM decision"))

    for act in script():
        assert instants[act.key()].startswith(act.at.strftime("%Y-%m-%d %H:%M"))


def test_two_approvers_sign_by_key_from_the_day_they_have_one_and_anybody_can_check_it() -> None:
    keys = rows(demo_folder(), "SELECT handle, public_key, person_id, registered_at FROM credential")
    site = Site("localhost", "http://localhost:8000")

    assert len(keys) == len(KEY_HOLDERS)
    for handle, public_key, person, since in keys:
        parts = "statement, authenticator_data, client_data, signature"
        given = f"SELECT method, credential_id, {parts} FROM approval WHERE person_id = '{person}'"
        later = rows(demo_folder(), f"{given} AND made_at > '{since}'")
        assert len(later) > 20
        for method, used, statement, *raw in later:
            assert (method, used) == ("webauthn", handle)
            check_assertion(Assertion(handle, *raw), statement_hash(statement), public_key, 0, site)


def test_script_leaves_no_act_within_the_time_of_another_by_the_same_key() -> None:
    keys = [act.key(part) for act in script() for part in ("propose", *act.approvers, "execute")]

    assert len(keys) == len(set(keys))
    assert BETWEEN.total_seconds() > 0


def test_second_run_changes_nothing_and_says_what_exists(tmp_path: Path) -> None:
    folder = copy_of_demo(tmp_path / "demo")
    before = contents(folder)

    again = tranche("demo", "--no-serve", "--dir", folder)

    assert again.returncode == 0
    assert "complete; nothing was changed" in again.stderr
    assert "2 decisions wait" in again.stdout
    assert contents(folder) == before


def contents(folder: Path) -> dict[str, object]:
    """Every file but the database's own, and every row that it holds."""
    files: dict[str, object] = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".sqlite3" not in path.name
    }
    with closing(sqlite3.connect(folder / "tranche.sqlite3")) as connection:
        files["rows"] = [line for line in connection.iterdump() if line.startswith("INSERT")]
    return files


def test_interrupted_demo_continues_where_it_stopped(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    killed = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(folder)],
        env=clean_environment(),
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr
    begun = rows(folder, "SELECT count(*) FROM decision")

    continued = tranche("demo", "--no-serve", "--dir", folder)

    assert begun == [(KILLED_AT - 1,)]
    assert continued.returncode == 0, continued.stderr
    assert f"Played {len(script()) - KILLED_AT + 1} acts" in continued.stderr
    for table in ("decision", "log_entry", "journal_entry", "movement", "record_event"):
        query = f"SELECT count(*) FROM {table}"
        assert rows(folder, query) == rows(demo_folder(), query)
    assert tranche("doctor", "--ledger", "--dir", folder).returncode == 0


def test_summary_names_stages_and_three_things_to_try() -> None:
    shown = tranche("demo", "--no-serve", "--dir", demo_folder()).stdout

    assert "537 700 000.00 EUR" in shown.replace("\u00a0", " ")
    assert [f"{number}. " in shown for number in (1, 2, 3)] == [True] * 3


def test_fresh_starts_over_only_in_a_demonstration(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "letter.txt").write_text("keep me", encoding="utf-8")

    refused = tranche("demo", "--no-serve", "--fresh", "--dir", folder)

    assert refused.returncode == 3
    assert "Nothing was removed." in refused.stderr
    assert (folder / "letter.txt").read_text(encoding="utf-8") == "keep me"


def test_folder_with_other_things_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me", encoding="utf-8")

    refused = tranche("demo", "--no-serve", "--dir", tmp_path)

    assert refused.returncode == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letter.txt"]


@pytest.mark.parametrize("text", ['{"what": "something else"}', "[]", "{"])
def test_foreign_demo_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "demo.json").write_text(text, encoding="utf-8")

    for option in ("--quiet", "--fresh"):
        assert tranche("demo", "--no-serve", option, "--dir", tmp_path).returncode == 3
    assert (tmp_path / "demo.json").read_text(encoding="utf-8") == text


def test_fresh_removes_only_what_the_demo_made(tmp_path: Path) -> None:
    folder = copy_of_demo(tmp_path / "demo")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")

    refused = tranche("demo", "--no-serve", "--fresh", "--dir", folder)

    assert refused.returncode == 3
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


def test_sign_ins_are_for_the_owner_alone() -> None:
    path = demo_folder() / "sign-ins.json"

    found = json.loads(path.read_text(encoding="utf-8"))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {"username", "password", "name", "role", "party"} == set(found["people"][0])
    assert {person["role"] for person in found["people"]} == {
        "DO",
        "DA",
        "FM",
        "RA",
        "PY",
        "IN",
        "AU",
        "OP",
    }


def test_ledger_of_the_demo_verifies() -> None:
    proved = tranche("doctor", "--ledger", "--dir", demo_folder())

    assert proved.returncode == 0, proved.stdout
    assert "0 differences" in proved.stdout


def test_doctor_finds_a_movement_that_was_changed(tmp_path: Path) -> None:
    folder = copy_of_demo(tmp_path / "demo")
    with closing(sqlite3.connect(folder / "tranche.sqlite3")) as connection:
        guards = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'movement'"
        ).fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE movement SET amount = amount + 1 WHERE entry_id = 9 AND line = 1")
        for _, text in guards:
            connection.execute(text)
        connection.commit()

    proved = tranche("doctor", "--ledger", "--dir", folder)

    assert proved.returncode == 8
    assert "the first difference is" in proved.stderr


def test_doctor_finds_a_signature_that_was_changed(tmp_path: Path) -> None:
    folder = copy_of_demo(tmp_path / "demo")
    with closing(sqlite3.connect(folder / "tranche.sqlite3", isolation_level=None)) as connection:
        guards = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'approval'"
        kept = connection.execute(guards).fetchall()
        for name, _sql in kept:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE approval SET signature = x'00' WHERE method = 'webauthn'")
        for _name, sql in kept:
            connection.execute(sql)

    proved = tranche("doctor", "--ledger", "--dir", folder)

    assert proved.returncode == 8
    assert "approval_signed" in proved.stdout + proved.stderr


def test_doctor_finds_a_guard_that_was_dropped(tmp_path: Path) -> None:
    folder = copy_of_demo(tmp_path / "demo")
    with closing(sqlite3.connect(folder / "tranche.sqlite3")) as connection:
        [(name,)] = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'movement' LIMIT 1"
        ).fetchall()
        connection.execute(f"DROP TRIGGER {name}")
        connection.commit()

    assert tranche("doctor", "--dir", folder).returncode == 8
    served = tranche("serve", "--dir", folder)
    assert served.returncode == 8
    assert "Nothing was served" in served.stderr


def test_a_write_in_the_demo_says_as_whom_it_acts() -> None:
    """Nobody named a sign-in, and the record will name one."""
    act = ("decision", "propose", "programme.open", "--set", "programme=P-UNKNOWN")
    asked = (*act, "--dir", demo_folder())

    silent, named = tranche(*asked), tranche(*asked, "--as", "ua.manager")

    assert "This demo acts as ua.manager. Name another sign-in with --as." in silent.stderr
    assert "This demo acts as" not in named.stderr
    assert silent.returncode == named.returncode != 0
