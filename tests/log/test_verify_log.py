"""Everything that is changed in the log beside the program is named by the log's own check."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connections, transaction
from tests.log.operator import signer_in
from tests.office import Office
from tests.tampering import guards_off, tamper

from tranche.actions.log_acts import announce_key
from tranche.log import tiles
from tranche.log.keys import new_key
from tranche.log.verify import verify_log

FAULTS = {
    "opening edited": ("UPDATE log_opening SET doc = replace(doc, 'a', 'b') WHERE seq = 40", "log_opening"),
    "opening gone": ("DELETE FROM log_opening WHERE seq = 40", "log_opening"),
    "openings swapped": (
        "UPDATE log_opening SET doc = (SELECT doc FROM log_opening WHERE seq = 41) WHERE seq = 40",
        "log_opening",
    ),
    "root edited": (
        "UPDATE log_entry SET root = (SELECT root FROM log_entry WHERE seq = 41) WHERE seq = 40",
        "log_checkpoint",
    ),
    "last entry gone": (
        "DELETE FROM log_opening WHERE seq = (SELECT max(seq) FROM log_entry);"
        "DELETE FROM log_entry WHERE seq = (SELECT max(seq) FROM log_entry)",
        "log_tree",
    ),
    "entry gone": ("DELETE FROM log_opening WHERE seq = 40; DELETE FROM log_entry WHERE seq = 40", "log_gap"),
    "tile edited": ("UPDATE log_tile SET data = (SELECT root FROM log_tree) WHERE level = 0", "log_tile"),
    "tile gone": ("DELETE FROM log_tile WHERE level = 0", "log_tile"),
    "tile too many": ("INSERT INTO log_tile SELECT 3, 0, root FROM log_tree", "log_tile"),
    "head of the tree": ("UPDATE log_tree SET root = (SELECT root FROM log_entry WHERE seq = 1)", "log_tree"),
    "size of the tree": ("UPDATE log_tree SET size = size - 1", "log_tree"),
    "larger tree": ("UPDATE log_tree SET size = size + 1", "log_tree"),
    "checkpoint of another root": (
        "UPDATE log_checkpoint SET root = (SELECT root FROM log_entry WHERE seq = 1)",
        "log_checkpoint",
    ),
    "checkpoint of another size": ("UPDATE log_checkpoint SET size = size + 500", "log_checkpoint"),
    "checkpoint with another note": (
        "UPDATE log_checkpoint SET note = replace(note, 'log.example', 'lag.example')",
        "log_checkpoint",
    ),
}
"""What was done, and the difference that names it."""


@pytest.fixture
def signed(mechanism: Path) -> None:
    Office().received()
    signer_in(mechanism).checkpoint()


@pytest.mark.usefixtures("signed")
def test_each_change_is_named_and_a_sound_log_has_none() -> None:
    assert verify_log("default")[1] == ()
    guards_off()
    missed = {}

    for name, (statements, code) in FAULTS.items():
        with transaction.atomic():
            tamper(statements)
            found = {difference.code for difference in verify_log("default")[1]}
            transaction.set_rollback(True)
        if code not in found:
            missed[name] = found

    assert missed == {}
    assert verify_log("default")[1] == ()


@pytest.mark.usefixtures("signed")
def test_an_edit_whose_traces_were_covered_contradicts_the_checkpoint() -> None:
    """Entry, opening and tiles agree with each other; only what was signed does not."""
    guards_off()
    tamper(
        "UPDATE log_entry SET root = (SELECT root FROM log_entry WHERE seq = 41) WHERE seq = 40",
        "UPDATE log_opening SET doc = (SELECT doc FROM log_opening WHERE seq = 41) WHERE seq = 40",
    )
    tiles.rebuild()

    codes = [difference.code for difference in verify_log("default")[1]]

    assert codes == ["log_seq", "log_checkpoint"]


@pytest.mark.usefixtures("signed")
def test_a_checkpoint_by_a_key_that_the_log_does_not_name_is_none() -> None:
    guards_off()
    tree, stranger = tiles.tree("default"), new_key("log.example/tranche/1")
    note = f"log.example/tranche/1\n{tree.size}\nAAAA\n"
    with connections["default"].cursor() as cursor:
        cursor.execute("UPDATE log_checkpoint SET note = %s", [f"{note}\n{stranger.sign(note).text()}"])

    assert {difference.code for difference in verify_log("default")[1]} == {"log_checkpoint"}


@pytest.mark.usefixtures("signed")
def test_entries_after_the_tree_are_no_difference() -> None:
    announce_key(new_key("another.example/1").vkey)

    assert verify_log("default") == (tiles.tree("default").size + 1, ())
