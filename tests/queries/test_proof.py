"""The log opens what a reader may see, gives a hash for the rest, and says when an entry was changed."""

from __future__ import annotations

import pytest
from django.db import connections
from tests.office import Office

from tranche.log.read import entries_before, entry, head
from tranche.models import RecordEvent
from tranche.queries.proof import ENTRIES_A_PAGE, log_entry, log_page
from tranche.queries.records import NotFound

ALL = frozenset({"public", "donor", "auditor"})
DONOR = frozenset({"public", "donor"})


def receipt() -> int:
    found = RecordEvent.objects.using("read").filter(action="tranche.confirm_receipt").order_by("id").first()
    assert found is not None
    return found.log_seq


@pytest.mark.usefixtures("told")
def test_pages_of_the_log_give_every_entry_once() -> None:
    seen: list[int] = []
    before: int | None = None
    while before is not None or not seen:
        page = log_page(before, ALL)
        seen += [row.seq for row in page.rows]
        assert len(page.rows) <= ENTRIES_A_PAGE
        before = page.next_before

    assert seen == list(range(head() - 1, -1, -1))


@pytest.mark.usefixtures("told")
def test_auditor_reads_who_when_and_the_postings() -> None:
    found = log_entry(receipt(), ALL)

    assert (found.row.person, found.row.ref) == ("ua.manager", "LT-UA-2024-T1")
    assert [kind for _, kind in found.row.entries] == ["receive"]
    assert found.decision_id
    assert all(item.is_open for item in found.items)


@pytest.mark.usefixtures("told")
def test_item_above_the_readers_label_is_a_hash_only() -> None:
    whole, part = log_entry(receipt(), ALL), log_entry(receipt(), DONOR)

    closed = {item.name: item for item in part.items if not item.is_open}
    assert {"actor", "at", "content"} <= set(closed)
    assert all(item.value == "" for item in closed.values())
    assert [item.sha256 for item in part.items] == [item.sha256 for item in whole.items]
    assert (part.row.person, part.row.at, part.decision_id) == ("", "", "")
    assert part.row.root == whole.row.root


@pytest.mark.usefixtures("told")
def test_unknown_entry_is_not_found() -> None:
    with pytest.raises(NotFound):
        log_entry(head(), ALL)


@pytest.mark.usefixtures("sqlite_mechanism")
def test_entry_whose_items_were_changed_is_shown_as_broken() -> None:
    Office()
    seq = head() - 1
    with connections["default"].cursor() as cursor:
        cursor.execute("DROP TRIGGER log_opening_erase_only")
        cursor.execute("UPDATE log_opening SET doc = replace(doc, 'grant', 'GRANT') WHERE seq = %s", [seq])

    found = log_entry(seq, ALL)

    assert not found.row.is_intact
    assert found.items == ()
    assert [row.is_intact for row in log_page(None, ALL).rows[:2]] == [False, True]


@pytest.mark.usefixtures("sqlite_mechanism")
def test_entry_moved_under_another_number_is_broken() -> None:
    Office()
    newest, older = entries_before(2)
    with connections["default"].cursor() as cursor:
        cursor.execute("DROP TRIGGER log_opening_erase_only")
        cursor.execute("DROP TRIGGER log_entry_no_update")
        cursor.execute(
            "UPDATE log_opening SET doc = (SELECT doc FROM log_opening WHERE seq = %s) WHERE seq = %s",
            [older.seq, newest.seq],
        )
        cursor.execute(
            "UPDATE log_entry SET root = (SELECT root FROM log_entry WHERE seq = %s) WHERE seq = %s",
            [older.seq, newest.seq],
        )

    moved = entry(newest.seq)

    assert moved is not None
    assert not moved.is_intact
