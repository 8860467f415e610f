"""Who reads which document: what is filed, what is proposed, and bank files of one's own party."""

from __future__ import annotations

import pytest
from tests.office import Office, document

from tranche.queries.evidence import UnknownDocument
from tranche.queries.evidence import document as found

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")

NOBODY: frozenset[str] = frozenset()


def test_an_approver_reads_the_document_of_an_open_decision() -> None:
    office = Office()
    office.lithuanian_agreement()
    paper = document("amendment", "new terms")

    office.propose(
        "lt.officer", "agreement.amend", agreement="LT-UA-2024", earmark="Production", evidence=[paper]
    )

    assert found(str(paper["sha256"]), NOBODY).name == "amendment.txt"


def test_a_document_that_nobody_named_is_unknown() -> None:
    Office()
    paper = document("letter", "of nobody")

    with pytest.raises(UnknownDocument):
        found(str(paper["sha256"]), None)
