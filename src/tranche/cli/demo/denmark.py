"""The Danish model of 2024: four donors, one pro-rata pool, Denmark as the intermediary whose approvers sign.

Donors, amounts and the origin of the European Union's money are public. The rest is illustrative.
"""

from __future__ import annotations

from collections.abc import Iterator

from tranche.cli.demo.acts import DK_ONE_EACH, DK_TWO_EACH, Act, BankLineOf, euros, instant

AGREEMENT = "DK-UA-2024"
POOL = "DK-UA-2024-POOL"
PROGRAMME = "P-DK-PRODUCTION"
TRANCHES = (
    ("DK", "DK:budget", "Denmark", "Данія", "Danija", 125_000_000, DK_TWO_EACH),
    ("SE", "SE:budget", "Sweden", "Швеція", "Švedija", 20_000_000, DK_ONE_EACH),
    ("IS", "IS:budget", "Iceland", "Ісландія", "Islandija", 2_700_000, DK_ONE_EACH),
    ("EU", "EU:windfall", "European Union", "Європейський Союз", "Europos Sąjunga", 390_000_000, DK_TWO_EACH),
)
STEPS = (
    ("2024-09-18", 1, "ua.manager", "project_list"),
    ("2024-09-20", 5, "ua.manager", "account_confirmation"),
    ("2024-10-04", 3, "dk.expert2", "assessment"),
    ("2024-10-08", 2, "dk.expert1", "assessment"),
    ("2024-10-14", 4, "dk.officer", "choice_note"),
    ("2024-10-22", 6, "dk.officer", "finance_note"),
)
LATE_REVIEW = ("2024-10-11", "T4-S2")
"""The review of the largest tranche came two days after its term."""

RECEIVED = {1: "2024-11-01", 3: "2024-11-01", 2: "2024-11-01", 4: "2024-11-08"}


def denmark() -> Iterator[Act]:
    """Every act up to the open programme and its allocation; contracts stand apart."""
    yield from _agreement()
    for ordinal, row in enumerate(TRANCHES, start=1):
        yield from _tranche(ordinal, *row)
    yield from _programme()


def _agreement() -> Iterator[Act]:
    parties = [{"party": ref, "role": "donor"} for ref in ("DK", "SE", "IS", "EU")]
    parties += [{"party": "DK-MOD", "role": "intermediary"}, {"party": "UA-MOD", "role": "recipient"}]
    yield Act(
        instant("2024-09-02"),
        "dk.officer",
        "agreement.draft",
        AGREEMENT,
        {
            "ref": AGREEMENT,
            "title": "Danish model 2024: production by Ukrainian manufacturers",
            "title_uk": "Данська модель 2024: виробництво в українських виробників",
            "title_lt": "Daniškasis modelis 2024: gamyba Ukrainos įmonėse",
            "kind": "implementing",
            "earmark": "Production of Ukrainian defence equipment",
            "spending_rule": "pro_rata",
            "pool_ref": POOL,
            "return_rule": "Money left over at the end goes back in the pool's proportion (illustrative).",
            "reporting_duty": "Report every quarter to every donor (illustrative).",
            "approving_party": "DK-MOD",
            "recipient": "UA-MOD",
            "parties": parties,
        },
    )
    signed = {"agreement": AGREEMENT, "signed_on": "2024-09-05"}
    papers = ("signed_text",)
    yield Act(instant("2024-09-05"), "dk.officer", "agreement.sign", AGREEMENT, signed, papers, DK_ONE_EACH)


def _tranche(
    ordinal: int,
    donor: str,
    origin: str,
    name: str,
    name_uk: str,
    name_lt: str,
    amount: int,
    approvers: tuple[str, ...],
) -> Iterator[Act]:
    ref = f"{AGREEMENT}-T{ordinal}"
    on_tranche = {"tranche": ref}
    yield Act(
        instant("2024-09-06", f"09:0{ordinal}"),
        "dk.officer",
        "tranche.announce",
        ref,
        {
            "ref": ref,
            "agreement": AGREEMENT,
            "ordinal": ordinal,
            "title": f"{name}, 2024",
            "title_uk": f"{name_uk}, 2024",
            "title_lt": f"{name_lt}, 2024",
            "donor": donor,
            "origin": origin,
            "amount": euros(amount),
            "earmark": "Production of Ukrainian defence equipment",
            "planned_on": "2024-10-31",
        },
    )
    papers = ("signed_text",)
    agreed = instant("2024-09-10", f"09:{ordinal}0")
    yield Act(agreed, "dk.officer", "tranche.agree", ref, on_tranche, papers, approvers)
    yield from _procedure(ref, ordinal)
    authorised = instant("2024-10-24", f"09:{ordinal}0")
    yield Act(authorised, "dk.officer", "tranche.authorise", ref, on_tranche, (), approvers)
    sent = {"tranche": ref, "reference": f"DK-2024-10{ordinal}", "value_on": "2024-10-28"}
    yield Act(instant("2024-10-25", f"09:0{ordinal}"), "dk.officer", "tranche.report_sent", ref, sent)
    received = {"tranche": ref, "line": BankLineOf(ref)}
    when = instant(RECEIVED[ordinal], f"11:{ordinal}0")
    yield Act(when, "ua.manager", "tranche.confirm_receipt", ref, received, (), ("ua.approver1",))


def _procedure(ref: str, ordinal: int) -> Iterator[Act]:
    owners = {"recipient": "UA-MOD", "donor_ministry": "DK-MOD", "donor_experts": "DK-MOD"}
    started = {"tranche": ref, "template": "dk-illustrative", "owners": owners}
    yield Act(instant("2024-09-11", f"09:0{ordinal}"), "dk.officer", "tranche.start_procedure", ref, started)
    for day, position, by, paper in STEPS:
        step = f"{ref}-S{position}"
        late_day, late_step = LATE_REVIEW
        on = late_day if step.endswith(late_step) else day
        yield Act(instant(on, f"10:0{ordinal}"), by, "step.complete", step, {"step": step}, (paper,))


def _programme() -> Iterator[Act]:
    text = {
        "ref": PROGRAMME,
        "title": "Production by Ukrainian manufacturers, 2024",
        "title_uk": "Виробництво в українських виробників, 2024",
        "title_lt": "Gamyba Ukrainos įmonėse, 2024",
        "category": "production",
        "holder": "UA-MOD",
    }
    yield Act(instant("2024-10-28"), "ua.manager", "programme.draft", PROGRAMME, text)
    opened = {"programme": PROGRAMME}
    yield Act(instant("2024-10-29"), "ua.manager", "programme.open", PROGRAMME, opened, (), ("ua.approver2",))
    allocated = {"programme": PROGRAMME, "funding": POOL, "amount": euros(400_000_000)}
    yield Act(
        instant("2024-11-11"), "ua.manager", "programme.allocate", PROGRAMME, allocated, (), DK_TWO_EACH
    )
    left = {"programme": PROGRAMME, "funding": POOL, "amount": euros(5_000_000)}
    yield Act(
        instant("2025-03-17"),
        "ua.manager",
        "programme.release",
        PROGRAMME,
        left,
        (),
        ("ua.approver2",),
        reason="Not needed for the contracts of this programme; back to the pool.",
    )
