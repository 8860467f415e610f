"""Every refusal has its sentences: what happened, what was not done, what to do next."""

from __future__ import annotations

import inspect
import re
from datetime import date
from pathlib import Path

import pytest
from django.utils.translation import override

from tranche import formats
from tranche.formats.errors import FormatError, Where
from tranche.kernel import ledger_errors, lifecycle, refusals
from tranche.kernel.canonical import NotCanonical
from tranche.kernel.lifecycle import GuardFailed
from tranche.kernel.money import AmountError, AmountOutOfRange
from tranche.kernel.policy import Deed, Denied, Deny
from tranche.kernel.template_text import TemplateDefect
from tranche.kernel.transitions import TABLE
from tranche.queries.presenters.guards import SENTENCES, guard_sentence
from tranche.queries.presenters.refusal_words import DENIED, FORMAT_CODES
from tranche.queries.presenters.refusals import DOMAIN_ERRORS, explain, status_of
from tranche.queries.trace import UnknownRef
from tranche.store import errors as store

EXAMPLES: tuple[Exception, ...] = (
    refusals.NotAllowed("payment.release", Deny(Denied.CONFLICT, frozenset({Deed.APPROVED}))),
    refusals.UnknownReference("programme", "P-9"),
    refusals.ReferenceTaken("P-1"),
    refusals.BadArgument("amount", "missing"),
    refusals.CurrencyDiffers("DKK", "EUR"),
    refusals.ContentChanged(("iban", "record version", "policy")),
    refusals.DecisionNotOpen("void"),
    refusals.DecisionNotReady(2),
    refusals.NoticeRuns(date(2025, 4, 1)),
    refusals.HashDiffers(),
    refusals.WrongPassword(),
    refusals.MethodRefused("totp"),
    refusals.ReasonWanted(),
    refusals.EvidenceNotStored("0" * 64),
    refusals.Held("HOLD-7", "P-1"),
    refusals.Held("HOLD-8", ""),
    refusals.NotYours(),
    refusals.SignatureRefused("counter"),
    refusals.WrongCode(),
    refusals.AlreadyThere("statement", "S-1"),
    refusals.StatementRefused("E_STMT_GAP", "5", "7"),
    refusals.TemplateUnsound("template_text", (TemplateDefect("calendar", "legal_review", "XX", 10),)),
    lifecycle.NoSuchTransition("tranche", "closed", "tranche.agree"),
    lifecycle.EvidenceMissing("step.complete", ("legal_opinion",)),
    lifecycle.GuardFailed("programme.allocate", "enough", "500 EUR"),
    ledger_errors.InsufficientFunds("contract:C-1:F:EUR", 5),
    ledger_errors.PoolFull("POOL"),
    AmountError("syntax", "1,234", ("1 234", "1.23")),
    AmountOutOfRange("9" * 20),
    NotCanonical("text", "control"),
    FormatError("E_STMT_SUM", Where(line=12, path="Stmt"), "1 + 1 = 2, not 3"),
    UnknownRef("X-1"),
    store.IdemConflict("key"),
    store.CommitUncertain(),
    store.WriteUnavailable(),
    store.StorageFull(),
)


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_refusal_says_what_what_not_and_what_next(error: Exception) -> None:
    said = explain(error)

    assert said.what.strip()
    assert said.not_done.strip()
    assert said.next.strip()
    assert said.code
    assert "%(" not in f"{said.what}{said.not_done}{said.next}"
    assert isinstance(error, DOMAIN_ERRORS)
    assert 400 <= status_of(said) < 600


def test_every_class_of_refusal_is_among_the_examples() -> None:
    given = {type(error) for error in EXAMPLES}
    classes = {kind for _, kind in inspect.getmembers(refusals, inspect.isclass)}
    refused = {kind for kind in classes if issubclass(kind, refusals.Refusal)} - {refusals.Refusal}

    assert refused - given == set()


def test_every_guard_of_the_lifecycle_table_has_its_sentence() -> None:
    guards = {guard for row in TABLE for guard in row.guards}

    assert guards - set(SENTENCES) == set()


def test_every_reason_of_policy_has_its_sentence() -> None:
    assert set(Denied) - set(DENIED) == set()


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "5,000.00"), ("en", "5\u00a0000.00\u00a0EUR"), ("uk", "5\u00a0000,00\u00a0EUR")],
)
def test_missing_money_is_shown_in_the_readers_language(language: str, shown: str) -> None:
    with override(language):
        said = explain(GuardFailed("programme.allocate", "enough", "500000 EUR"))

    assert (shown in said.what) is ("," not in shown or language == "uk")


def test_guard_names_the_state_after_the_reference_in_words() -> None:
    what, _after, field = guard_sentence("milestone_ready", "C-1-M1 in_procedure")

    assert "C-1-M1 in procedure" in what
    assert field == "milestone"


def test_amount_with_two_readings_offers_both() -> None:
    said = explain(AmountError("syntax", "1,234", ("1 234", "1.23")))

    assert said.next == "Write 1 234 or 1.23."


def test_refused_file_shows_its_code_and_place() -> None:
    said = explain(FormatError("E_STMT_SUM", Where(line=12, path="Stmt"), "1 + 1 = 2, not 3"))

    assert "do not add up" in said.what
    assert "line 12, Stmt" in said.what
    assert "E_STMT_SUM" in said.what


def test_every_code_of_the_readers_has_its_sentence() -> None:
    folder = Path(formats.__file__).parent
    codes = {
        code for path in folder.rglob("*.py") for code in re.findall(r'"(E_[A-Z_0-9]+)"', path.read_text())
    }

    assert len(codes) > 10
    assert codes - set(FORMAT_CODES) == set()


def test_conflict_of_deeds_is_a_matter_of_duties() -> None:
    said = explain(EXAMPLES[0])

    assert said.code == "segregation_of_duties"
    assert "you approved a part of it" in said.what


def test_fault_of_the_program_is_not_explained_away() -> None:
    with pytest.raises(TypeError):
        explain(ZeroDivisionError())
