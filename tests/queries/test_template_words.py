"""Every rule of a template has its sentence, and every document that a step may ask for its word."""

from __future__ import annotations

import re
from pathlib import Path

from tranche.kernel import procedures, template_text
from tranche.kernel.template_text import TemplateDefect
from tranche.models.templates import STEP_DOCUMENTS
from tranche.queries.presenters.template_words import RULES, defect_sentences
from tranche.queries.presenters.words import EVIDENCE

RULE = re.compile(
    r'TemplateDefect\(\s*"([a-z_]+)"|found\.append\(\("([a-z_]+)"|\[?\("([a-z_]+)", (?:key|code|term|kind)\)'
)


def test_every_rule_has_its_sentence() -> None:
    text = "".join(Path(str(module.__file__)).read_text() for module in (procedures, template_text))
    rules = {next(filter(None, found)) for found in RULE.findall(text)}

    assert len(rules) >= 18
    assert rules <= set(RULES)


def test_defect_is_said_once_with_its_place() -> None:
    defect = TemplateDefect("role", "legal_review", "AU", 10)

    assert defect_sentences([defect, defect]) == (
        "Line 10, step legal_review: The role AU owns no step; choose DO, FM or IN.",
    )
    assert defect_sentences([TemplateDefect("loop", what="a, b")]) == (
        "These steps wait for one another for ever: a, b.",
    )


def test_every_document_of_a_step_has_its_word() -> None:
    assert set(STEP_DOCUMENTS) <= set(EVIDENCE)
