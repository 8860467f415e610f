"""What the self-check finds stops the program in words that an operator can act on."""

from __future__ import annotations

import pytest

from tranche.cli import checking
from tranche.cli.exits import Exit, Halt
from tranche.cli.output import Output

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")


def test_a_sound_mechanism_starts() -> None:
    checking.refuse_unsafe()


def test_a_way_round_the_guards_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "self_test", lambda: ("overdraft", "truncate movement"))

    with pytest.raises(Halt) as halted:
        checking.refuse_unsafe()

    assert halted.value.code is Exit.BROKEN
    assert "overdraft" in halted.value.what
    assert "1 further" in halted.value.what
    assert "doctor --ledger" in halted.value.after


def test_the_doctor_names_a_way_round_the_guards(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checking, "self_test", lambda: ("overdraft",))

    code = checking.print_findings(Output(), ledger=False)

    assert code == Exit.BROKEN
    assert "let through what it must refuse: overdraft" in capsys.readouterr().out
