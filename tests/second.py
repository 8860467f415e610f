"""Deeds of the second part for tests: a selection, a contribution in kind, a joint project that runs."""

from __future__ import annotations

from tests.office import Office, document, eur

PARTNERS = [
    {"party": "LT-MOD", "weight": "40", "due_minor": "400000000", "currency": "EUR"},
    {"party": "UA-MOD", "weight": "60"},
]
SCREENED = {
    "screening_list": "Consolidated list",
    "screening_version": "2024-09-01",
    "screening_sha256": "a" * 64,
    "screened_on": "2024-09-01",
    "screening_result": "clear",
}


def listed(
    office: Office, ref: str = "S-1", price: int = 500, lowest: int = 500, supplier: str = "MFR-1"
) -> None:
    office.do(
        "ua.manager",
        "selection.list",
        ref=ref,
        programme="P-1",
        agreement="LT-UA-2024",
        supplier=supplier,
        title=f"Maker of {ref}",
        tender_reference="T-1",
        price=eur(price),
        lowest=eur(lowest),
    )


def card(
    office: Office, who: str, ref: str = "S-1", *, interest: bool = False, advice: str = "recommend"
) -> None:
    office.do(
        who, "selection.assess", selection=ref, has_interest=interest, advice=advice, finding="capacity"
    )


def assessed(office: Office, ref: str = "S-1", *, price: int = 500, lowest: int = 500) -> None:
    """Two cards of two inspectors, the second one of the donor."""
    listed(office, ref, price=price, lowest=lowest)
    card(office, "ua.inspector", ref)
    card(office, "lt.inspector", ref)


def concluded(office: Office, verdict: str = "recommended", ref: str = "S-1", **changed: str) -> None:
    office.do(
        "ua.inspector",
        "selection.conclude",
        "ua.approver1",
        selection=ref,
        verdict=verdict,
        evidence=[document("screening", ref)],
        **(SCREENED | changed),
    )


def chosen(office: Office, ref: str = "S-1", **arguments: str) -> None:
    office.do("ua.manager", "selection.choose", "lt.approver", "ua.approver1", selection=ref, **arguments)


def offered(office: Office, ref: str = "IK-1", quantity: int = 120) -> None:
    office.do(
        "lt.officer",
        "inkind.offer",
        ref=ref,
        agreement="LT-UA-2024",
        donor="LT",
        title="Training places",
        category="training_and_equipping",
        quantity=quantity,
        unit="places",
        country="LT",
    )


def agreed(office: Office, ref: str = "IK-1") -> None:
    offered(office, ref)
    office.do(
        "lt.officer",
        "inkind.agree",
        "lt.approver",
        "ua.approver1",
        inkind=ref,
        evidence=[document("signed_text", ref)],
    )


def handed_over(office: Office, ref: str = "IK-1") -> None:
    office.do("lt.officer", "inkind.hand_over", inkind=ref, evidence=[document("delivery_note", ref)])


def taken_in(office: Office, ref: str = "IK-1") -> None:
    office.do(
        "ua.inspector",
        "inkind.accept",
        "ua.approver1",
        inkind=ref,
        evidence=[document("acceptance_act", ref)],
    )


def valued(office: Office, ref: str = "IK-1", minor: int = 30_000_000) -> None:
    office.do(
        "lt.officer",
        "inkind.value",
        "lt.approver",
        inkind=ref,
        value=eur(minor),
        valued_by="expert",
        valued_on="2024-09-01",
        valuer="Valuation office",
    )


def drafted(office: Office, ref: str = "J-1", programme: str = "P-1") -> None:
    office.do(
        "ua.manager",
        "joint.draft",
        ref=ref,
        programme=programme,
        title="Made together",
        output_rule="by_share",
        partners=PARTNERS,
        valid_from="2024-09-02",
    )


def joined(office: Office) -> None:
    drafted(office)
    office.do(
        "ua.manager",
        "joint.agree",
        "lt.approver",
        "ua.approver1",
        joint="J-1",
        evidence=[document("signed_text", "j")],
    )


def running(office: Office) -> None:
    joined(office)
    office.do("lt.officer", "joint.start", "lt.approver", "ua.approver1", joint="J-1")


def accepted_lot(office: Office, ref: str, quantity: int) -> None:
    office.do(
        "ua.manager",
        "lot.record",
        ref=ref,
        contract="C-1",
        category="production",
        quantity=quantity,
        unit="unit",
        country="UA",
        value=eur(1_000),
    )
    office.do("ua.manager", "lot.hand_over", lot=ref, evidence=[document("delivery_note", ref)])
    office.accept(ref)


def need(office: Office, ref: str, amount: dict[str, object], category: str = "production") -> None:
    """A priority of the recipient's for 2025, of a hundred units."""
    office.do(
        "ua.manager",
        "priority.set",
        "ua.approver1",
        ref=ref,
        holder="UA-MOD",
        year=2025,
        category=category,
        title=f"Need {ref}",
        quantity=100,
        unit="unit",
        amount=amount,
        evidence=[document("document", ref)],
    )
