"""What entries sealed of the rows that they left behind: nothing legal stops it, and no row hides from it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connections
from tests.actions.test_imports import stage
from tests.actions.test_payees import YOUNG, proposed
from tests.actions.test_procedures import TRANCHE, text
from tests.ledger.richer import published_template, tell_more
from tests.office import IBAN, Office
from tests.story import published
from tests.tampering import guards_off

from tranche.formats.bank.write_camt import EntryOut, StatementOut, write_statement
from tranche.kernel.refusals import BadArgument
from tranche.ledger.verify import verify
from tranche.models import BankLine

FORGED = "ffffffff-0000-4000-8000-00000000000"


def codes() -> set[str]:
    return {difference.code for difference in verify(using="default").differences}


def run(*statements: str) -> None:
    with connections["default"].cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
            assert cursor.rowcount, sql


def copied(table: str, **changes: str) -> str:
    """A statement that adds a row like the first one, with other values in some columns."""
    with connections["default"].cursor() as cursor:
        cursor.execute(f'PRAGMA table_info("{table}")')
        names = [row[1] for row in cursor.fetchall()]
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(changes.get(name, f'"{name}"') for name in names)
    return f'INSERT INTO "{table}" ({columns}) SELECT {values} FROM "{table}" LIMIT 1'


def test_a_rich_story_has_no_difference(mechanism: Path) -> None:
    tell_more(Office())

    assert verify(using="default").differences == ()


@pytest.mark.parametrize(
    "said", ["Pay\u00adment", "Vi\u0301lnius", "A \u0096 B", "A\u200bB", "a\u200db", "\ufeffA"]
)
def test_a_statement_is_staged_whatever_letters_a_bank_sends(mechanism: Path, said: str) -> None:
    day = date(2024, 9, 2)
    entry = EntryOut(day, 100, said, "LT121000011101001000", said)

    stage(Office(), write_statement(StatementOut("S-1", 1, IBAN, "EUR", day, day, 0, (entry,))))

    assert BankLine.objects.count() == 1
    assert codes() == set()


def test_a_title_with_letters_that_no_argument_takes_is_planned(sqlite_mechanism: Path) -> None:
    office = Office()
    office.lithuanian_tranche()
    soft = text(('uk = "Правова', 'uk = "\\u00adПравова'))
    published_template(office, soft)
    owners = dict.fromkeys(("donor_finance", "government_office", "donor_treasury"), "LT-FIN")
    office.do(
        "lt.officer",
        "tranche.start_procedure",
        tranche=TRANCHE,
        template="lt-own",
        owners=owners | {"donor_ministry": "LT-MOD", "recipient": "UA-MOD"},
    )

    assert codes() == set()


def test_a_value_that_nobody_can_read_is_named_with_its_row(sqlite_mechanism: Path) -> None:
    Office().lithuanian_agreement()
    run("UPDATE agreement SET title = title || char(7)")

    assert codes() == {"register_title", "rows_written"}


def test_a_line_of_no_file_is_found(sqlite_mechanism: Path) -> None:
    """Money from nothing: booked while a forged file stood there, which was then taken away."""
    office = Office()
    office.bank_line(5)
    guards_off()
    run(
        copied("import_file", id=f"'{FORGED}1'", sha256="'zz'"),
        copied(
            "bank_statement",
            id=f"'{FORGED}2'",
            file_id=f"'{FORGED}1'",
            stmt_id="'FAKE'",
            previous_id="id",
            opening_minor="closing_minor",
            closing_minor="closing_minor + 1000000000",
        ),
        copied(
            "bank_line",
            id=f"'{FORGED}3'",
            statement_id=f"'{FORGED}2'",
            fingerprint="'q'",
            amount_minor="1000000000",
        ),
        f"DELETE FROM import_file WHERE id = '{FORGED}1'",
    )
    assert codes() == {"rows_written"}
    run(f"DELETE FROM bank_statement WHERE id = '{FORGED}2'")
    assert codes() == {"rows_written"}


def test_a_second_call_that_nobody_made_is_found(sqlite_mechanism: Path) -> None:
    office = Office()
    proposed(office)
    office.propose("ua.payer", "payee.verify", **YOUNG)
    office.tick(timedelta(days=4))
    guards_off()
    run(
        copied(
            "payee_callback",
            id=f"'{FORGED}1'",
            second_verifier_id="(SELECT person_id FROM login WHERE username = 'ua.approver2')",
            second_called_on="'2024-09-02'",
            second_spoke_with="'X'",
        )
    )
    assert codes() == {"kept_payee_callback"}
    run(f"UPDATE payee_callback SET rowid = -1 WHERE id = '{FORGED}1'")
    assert codes() == {"kept_payee_callback"}


def test_a_draft_that_was_given_to_another_is_found(sqlite_mechanism: Path) -> None:
    published(Office())
    guards_off()
    run(
        "UPDATE record SET holder_party_id = (SELECT id FROM party WHERE ref = 'UA-MOD') WHERE kind = 'claim'"
    )

    assert codes() == {"rows_written"}


@pytest.mark.parametrize(
    "change", ["UPDATE procedure_template SET text = text || ' '", "DELETE FROM procedure_template"]
)
def test_a_template_that_was_changed_is_found(sqlite_mechanism: Path, change: str) -> None:
    office = Office()
    office.lithuanian_tranche()
    published_template(office, text())
    assert codes() == set()
    guards_off()
    run(change)

    assert codes() == {"rows_written"}


def test_the_first_policy_cannot_be_taken_away(sqlite_mechanism: Path) -> None:
    Office()
    guards_off()
    run("DELETE FROM policy_version")

    assert "kept_policy_version" in codes()


def test_a_reference_leaves_room_for_those_that_continue_it(sqlite_mechanism: Path) -> None:
    office = Office()
    office.lithuanian_agreement()

    with pytest.raises(BadArgument) as refused:
        office.do(
            "lt.officer",
            "claim.add_document",
            ref="D" * 40,
            holder="LT-MOD",
            title="Agreed",
            text="A first tranche of EUR 3 million has been agreed.",
            url="https://example.org/first",
            outlet="Example press office",
            source_class="press",
            published_on="2024-11-23",
            published_basis="stated",
            language="en",
        )

    assert (refused.value.name, refused.value.code) == ("ref", "long")
