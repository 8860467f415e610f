"""Looking at money from the command line: traces in every form, what would be, and books as they were."""

from __future__ import annotations

import csv
import json
from io import StringIO

from tests.demo_folder import demo_folder, tranche


def printed(*arguments: str) -> str:
    done = tranche(*arguments, "--dir", demo_folder())
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(*arguments: str) -> str:
    done = tranche(*arguments, "--dir", demo_folder())
    assert done.returncode not in (0, 8)
    assert done.stdout == ""
    return done.stderr


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


def test_a_trace_forward_says_the_same_as_a_document_and_as_values() -> None:
    document = json.loads(printed("trace", "from", "LT-UA-2025-T1", "--json"))
    rows = table(printed("trace", "from", "LT-UA-2025-T1", "--csv"))

    assert [row["what"] for row in rows if row["kind"] not in ("unspent", "returned")] == [
        use["ref"] for use in document["uses"]
    ]
    assert sum(int(row["amount_minor"]) for row in rows) == document["amount_minor"]
    lot = next(row for row in rows if row["kind"] == "lot")
    assert (lot["currency"], lot["own_currency"], lot["own_minor"]) == ("EUR", "UAH", "800000000")
    assert lot["path"].startswith("tranche:LT-UA-2025-T1:EUR > programme:")


def test_a_trace_back_names_every_receipt_and_adds_up() -> None:
    document = json.loads(printed("trace", "to", "C-DK-01-L1", "--json"))
    rows = table(printed("trace", "to", "C-DK-01-L1", "--csv"))

    assert {row["donor"] for row in rows} == {"DK", "SE", "IS", "EU"}
    assert sum(int(row["amount_minor"]) for row in rows) == document["amount_minor"] == 4_000_000_000


def test_money_of_another_currency_is_told_beside_that_of_the_source() -> None:
    shown = printed("trace", "to", "C-LT-02-L1")

    assert "8 000 000.00 UAH" in shown.replace("\u00a0", " ").replace("\u202f", " ")
    assert "EUR" in shown


def test_an_advance_is_told_as_it_was_posted_where_that_is_asked() -> None:
    shown = json.loads(printed("trace", "from", "UA-ADV-2025", "--json"))

    assert shown["currency"] == "UAH"
    assert "lot" not in {use["kind"] for use in shown["uses"]}


def test_what_would_be_without_an_entry_names_the_uses_and_changes_nothing() -> None:
    before = printed("balance")
    shown = printed("trace", "from", "DK-UA-2024-T1", "--without", "1")
    document = json.loads(printed("trace", "to", "C-DK-01-L1", "--without", "DK", "--json"))

    assert "Uses that would lack their money" in shown
    assert "Nothing was written." in shown
    assert document["without"]["donors"] == ["DK"]
    assert document["trace"]["amount_minor"] == 4_000_000_000
    assert "unfunded" in {source["kind"] for source in document["trace"]["sources"]}
    assert printed("balance") == before


def test_several_entries_and_donors_may_be_left_out() -> None:
    document = json.loads(
        printed("trace", "to", "C-DK-01-L1", "--without", "3,5", "--without", "DK", "--json")
    )

    assert document["without"]["entries"] == [3, 5]
    assert document["without"]["donors"] == ["DK"]


def test_an_entry_that_does_not_exist_cannot_be_left_out() -> None:
    assert "99999" in refused("trace", "from", "DK-UA-2024-T1", "--without", "99999")


def test_options_that_exclude_each_other_are_refused() -> None:
    assert "--csv" in refused("trace", "from", "DK-UA-2024-T1", "--csv", "--json")
    assert "--stored" in refused("trace", "to", "C-DK-01-L1", "--stored", "--without", "DK")
    assert "names nothing" in refused("trace", "to", "C-DK-01-L1", "--without", " ")


def test_values_of_what_would_be_say_so_in_every_row() -> None:
    without = table(printed("trace", "from", "DK-UA-2024-T1", "--without", "3,5", "--csv"))
    stored = table(printed("trace", "from", "DK-UA-2024-T1", "--csv"))

    assert {row["without"] for row in without} == {"3 5"}
    assert {row["without"] for row in stored} == {""}


def test_a_moment_is_asked_of_an_account_only() -> None:
    assert "only of an account" in refused("show", "tranche", "LT-UA-2025-T1", "--at", "5")


def test_bytes_that_are_no_text_are_refused_as_wrong_usage() -> None:
    for arguments in (
        ("trace", "from", "LT\udcff"),
        ("show", "account", "\udcff"),
        ("balance", "--as", "a\udcff"),
    ):
        done = tranche(*arguments, "--dir", demo_folder())

        assert done.returncode == 2
        assert "no text in UTF-8" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_statement_of_an_account_runs_to_its_balance() -> None:
    found = json.loads(printed("show", "account", "tranche:LT-UA-2025-T1:EUR", "--json"))

    running = 0
    for line in found["lines"]:
        running += line["amount_minor"]
        assert line["balance_minor"] == running
    assert found["account"]["balance_minor"] == running
    assert "531 411.98 EUR" in printed("show", "account", "tranche:LT-UA-2025-T1:EUR").replace(
        "\u00a0", " "
    ).replace("\u202f", " ")


def test_a_book_of_the_past_is_what_it_was() -> None:
    early = json.loads(
        printed("show", "account", "tranche:LT-UA-2025-T1:EUR", "--on", "2025-01-31", "--json")
    )
    by_log = json.loads(printed("balance", "--at", "300", "--json"))
    by_value = json.loads(printed("balance", "--value-on", "2024-10-29", "--json"))

    assert early["account"]["balance_minor"] == 60_000_000
    assert by_log["log_seq"] == 300
    assert [row["balance_minor"] for row in by_log["currencies"]] == [0]
    assert by_value["valued_on"] == "2024-10-29"


def test_a_moment_that_is_none_is_refused() -> None:
    assert "Log entry" in refused("balance", "--at", "x")
    assert refused("balance", "--on", "2025-02-30")
    assert refused("balance", "--on", "2025-01-31", "--value-on", "2025-01-31")
    assert "nothing:EUR" in refused("show", "account", "nothing:EUR")
