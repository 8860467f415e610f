"""The rule of a fund: opened once, when its money may first come, ended once, when it is rolled over."""

from __future__ import annotations

import uuid

from tranche.actions.execution import Execution
from tranche.models import Agreement, FundRule, Party


def open_rule(
    execution: Execution,
    fund: str,
    rule: str,
    agreement: Agreement,
    *,
    donor: Party | None = None,
    earmark_ref: str = "",
) -> None:
    """From today on money of this fund is told apart by this rule."""
    FundRule.objects.create(
        id=str(uuid.uuid4()),
        fund=fund,
        rule=rule,
        agreement=agreement,
        donor=donor,
        earmark_ref=earmark_ref,
        valid_from=execution.today,
        log_seq=execution.write.seq,
    )


def end_rule(execution: Execution, fund: str, successor: str) -> None:
    """The fund was rolled over: its rule ends today, and another fund takes what still comes."""
    ended = FundRule.objects.filter(fund=fund, ended_on__isnull=True).update(
        ended_on=execution.today, successor=successor, ended_seq=execution.write.seq
    )
    assert ended == 1, "a rule in force ends once"
