"""What is wrong with the proof of the log is found, told once to who answers for it, and over in its time."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from tests.office import Office
from tests.tampering import guards_off, tamper

from tranche.kernel.notes import COSIGNATURE
from tranche.log import incidents, part_check
from tranche.log.keys import new_key
from tranche.log.signer import KEY_FILE, Signer
from tranche.models import Outbox
from tranche.store import clock
from tranche.worker.alarms import raise_alarms
from tranche.worker.sign import Signing, grow_and_sign
from tranche.worker.witnesses import Carried


def round_at(
    office: Office, days: int = 0, trouble: str = "", against: tuple[tuple[str, str], ...] = ()
) -> int:
    with clock.at(office.now + timedelta(days=days)):
        return raise_alarms(Signing(trouble=trouble), Carried(against=against))


def codes() -> list[str]:
    return [one.code for one in incidents.open_incidents("default")]


def told() -> list[str]:
    rows = Outbox.objects.filter(kind="proof_alarm", settled_at__isnull=True)
    return sorted(rows.values_list("person__logins__username", flat=True))


def test_nothing_is_wrong_with_a_log_that_is_signed(office: Office, signer: Signer) -> None:
    assert round_at(office) == 0
    assert (codes(), told()) == ([], [])


def test_a_head_that_is_late_is_told_once_and_is_over_when_it_is_signed(
    office: Office, signer: Signer, mechanism: Path
) -> None:
    office.programme()
    assert round_at(office) == 0
    assert round_at(office, days=2) == 1
    assert round_at(office, days=2) == 0
    assert codes() == ["head_late"]
    assert told() == ["auditor", "operator"]

    with clock.at(office.now + timedelta(days=2)):
        signer.checkpoint()
    assert round_at(office, days=2) == 0
    assert (codes(), told()) == ([], [])


def test_a_head_that_no_witness_saw_for_a_week(office: Office, signer: Signer, mechanism: Path) -> None:
    witness = new_key("witness.example", COSIGNATURE)
    policy = f"witness w {witness.vkey.text()}\ngroup all any w\nquorum all\n"
    (mechanism / "witnesses").write_text(policy)

    assert round_at(office, days=6) == 0
    assert round_at(office, days=8) == 1
    assert codes() == ["witness_late"]


def test_a_witness_that_disagrees_is_kept_until_somebody_looked(office: Office, signer: Signer) -> None:
    against = (("witness_refused", "w: not the beginning"),)

    assert round_at(office, against=against) == 1
    assert round_at(office) == 0
    [one] = incidents.open_incidents("default")
    assert (one.code, one.what) == against[0]
    assert incidents.end(one.id, office.now)
    assert not incidents.end(one.id, office.now)
    assert codes() == []
    assert round_at(office, against=against) == 1


def test_a_signer_in_trouble_is_an_alarm_until_it_signs(office: Office, signer: Signer) -> None:
    (signer.folder / KEY_FILE).chmod(0o644)
    office.programme()
    with clock.at(office.now):
        trouble = grow_and_sign().trouble
    assert round_at(office, trouble=trouble) == 1
    assert codes() == ["signer"]
    assert round_at(office) == 0
    assert codes() == []


FAULTS = {
    "opening edited": "UPDATE log_opening SET doc = replace(doc, 'a', 'b') WHERE seq = 40",
    "opening gone": "DELETE FROM log_opening WHERE seq = 40",
    "entry edited": "UPDATE log_entry SET root = (SELECT root FROM log_entry WHERE seq = 41) WHERE seq = 40",
    "tile edited": "UPDATE log_tile SET data = (SELECT root FROM log_tree) WHERE level = 0",
    "tile gone": "DELETE FROM log_tile WHERE level = 0",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_changed_is_found_in_the_night(office: Office, signer: Signer, fault: str) -> None:
    guards_off()
    tamper(FAULTS[fault])

    assert round_at(office) == 1
    assert codes() == ["self_check"]


def test_each_night_looks_at_the_next_part_and_a_day_has_one(
    office: Office, signer: Signer, mechanism: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_check, "LEAST", 1)
    monkeypatch.setattr(part_check, "WIDTH", 16)
    monkeypatch.setattr(part_check, "_check_bundle", lambda *_: None)
    size = signer.signed_last().size
    today, seen = office.today(), list[tuple[int, int]]()
    while not seen or seen[-1][1] < size:
        assert part_check.due(today)
        looked = part_check.look(today, "default")
        assert not part_check.due(today)
        seen.append((looked.first, looked.end))
        today += timedelta(days=1)

    assert [first for first, _ in seen] == [0, *(end for _, end in seen[:-1])]
    assert len(seen) <= part_check.NIGHTS
    assert part_check.look(today, "default").first == 0


@pytest.mark.parametrize("state", ["", "{}", "[1]", '{"day":1,"next":2}', '{"day":"x","next":-1}'])
def test_a_spoilt_memory_of_the_last_night_begins_anew(office: Office, mechanism: Path, state: str) -> None:
    (mechanism / part_check.FILE).write_text(state)

    assert part_check.due(office.today())
    assert part_check.look(office.today(), "default").first == 0
    assert json.loads((mechanism / part_check.FILE).read_text())["day"] == office.today().isoformat()


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE log_head SET next_seq = next_seq + 1",
        "DELETE FROM log_tile WHERE level = 0",
        "UPDATE log_tile SET data = (SELECT root FROM log_tree)",
        "DELETE FROM log_opening WHERE seq = 50; DELETE FROM log_entry WHERE seq = 50",
    ],
)
def test_whatever_is_done_to_the_log_the_worker_goes_on_and_says_so(
    office: Office, signer: Signer, fault: str
) -> None:
    office.programme()
    guards_off()
    tamper(fault)
    with clock.at(office.now):
        signed = grow_and_sign()
        raise_alarms(signed, Carried())

    assert codes()
