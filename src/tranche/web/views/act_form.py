"""The form of every action: which inputs it has, in which order, with which help and choices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from tranche.actions import (
    agreement,
    authority,
    claim,
    correspondence,
    fund,
    hold,
    inkind,
    joint,
    lots,
    milestone,
    payee,
    policy_change,
    recovery,
    selection,
)
from tranche.actions.arguments import Argument
from tranche.actions.registry import Action
from tranche.kernel.money import EXPONENTS
from tranche.kernel.transitions import TABLE, rows_of
from tranche.models import Category, InterestKind, PartyKind, Purpose, SpendingRule
from tranche.models.templates import template, template_keys
from tranche.queries import keys, options
from tranche.queries.known import knows
from tranche.queries.presenters.facts import label
from tranche.queries.presenters.words import CHOICES, EVIDENCE, KINDS, ROLES, role_of, word
from tranche.queries.references import foreign
from tranche.queries.viewer import Viewer
from tranche.store import clock
from tranche.web.fields import Field, Option, Widget
from tranche.web.views import act_help

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

UNOFFERED: Final = frozenset(
    {
        *("agreement.draft", "claim.add_document", "import.stage"),
        *("evidence.issue_link", "evidence.take_over"),
        *("authority.offer_credential", "authority.offer_code", "authority.add_credential"),
        *("authority.make_calendar", "authority.end_calendar"),
    }
)
"""Actions with pages of their own, or with lists that no plain form shows well."""

SIGNATURES: Final = ("signature_asice", "signature_pades", "signature_cades")
"""Signed files of other systems: kept with their hash as evidence, never an approval."""

FIRST_CURRENCIES: Final = ("EUR", "DKK", "SEK", "ISK", "UAH", "USD")

WIDGETS: Final[Mapping[str, Widget]] = {
    "amount": Widget.MONEY,
    "price": Widget.MONEY,
    "value": Widget.MONEY,
    "instructed": Widget.MONEY,
    "limit": Widget.MONEY,
    "limit_one": Widget.MONEY,
    "limit_two": Widget.MONEY,
    "window_days": Widget.WHOLE,
    "key_models": Widget.LONG,
    "ceiling": Widget.MONEY,
    "lowest": Widget.MONEY,
    "partners": Widget.PARTNERS,
    "payments": Widget.SEVERAL,
    "why": Widget.LONG,
    "has_interest": Widget.FLAG,
    "valid_from": Widget.DATE,
    "clause": Widget.LONG,
    "entry": Widget.WHOLE,
    "log_entry": Widget.WHOLE,
    "margin_bp": Widget.WHOLE,
    "upto": Widget.DATE,
    "rate_base": Widget.CHOICE,
    "quantity": Widget.WHOLE,
    "ordinal": Widget.WHOLE,
    "year": Widget.WHOLE,
    "conditions": Widget.LONG,
    "condition.add.text": Widget.LONG,
    "earmark": Widget.LONG,
    "price_reason": Widget.LONG,
    "reporting_duty": Widget.LONG,
    "return_rule": Widget.LONG,
    "binding": Widget.FLAG,
    "evidence": Widget.FILES,
    "owners": Widget.OWNERS,
    "template_text": Widget.LONG,
    "closures": Widget.LONG,
    "assignee": Widget.CHOICE,
    "rule": Widget.HIDDEN,
    "on": Widget.DATE,
}

ALWAYS_CHOSEN: Final = frozenset(
    {
        *("line", "line_in", "funding", "predecessor", "earmark_ref", "advance", "set_aside", "retry_of"),
        *("origin", "hold", "person", "duplicate", "login", "identity", "grant"),
        *("document", "interest", "link", "credential"),
        *recovery.NAMED,
    }
) | {row.kind for row in TABLE}
"""Choices even where there is nothing to choose yet."""

HELP: Final[Mapping[str, StrPromise]] = {
    "amount": _("Digits, grouped by spaces if you like, and one decimal mark: 1 000 000,00 or 1000000.00."),
    "price": _("Digits, grouped by spaces if you like, and one decimal mark: 1 000 000,00 or 1000000.00."),
    "value": _("Digits, grouped by spaces if you like, and one decimal mark: 1 000 000,00 or 1000000.00."),
    "ref": _("Capital letters, digits and hyphens. It stands in addresses and on paper and never changes."),
    "funding": _("A tranche that is spent on its own, or a pool. The figure is what lies there now."),
    "contract.draft.funding": _("The tranche or pool whose money the programme holds for this contract."),
    "price_reason": _("Say why this price, above all where it is not the lowest."),
    "tender_reference": _("The number of the tender, or of the decision to buy without one."),
    "line": _("Only lines that are not booked are listed."),
    "evidence": _("Files of at most 20 MB. Their hash goes into the record; the approvers rely on it."),
    "country": _("Two capital letters, such as UA."),
    "number_recorded_on": _("The number must have been on file before the change was requested."),
    "template": _("Illustrative templates: not a statement of any state's law or practice."),
    "reference": _("The number that the treasury or the bank gave the transfer."),
    "iban": _("Spaces are allowed."),
    "long_stop_on": _("The last day on which it may be met; it is shown as late afterwards."),
    "filing_party": _("The party that has the proof, as a rule the recipient."),
    "judging_party": _("Another party, which says whether the proof is enough."),
    "register.declare_interest.party": _("The supplier in which you have an interest."),
    "register.declare_interest.to_on": _("Empty while it lasts."),
    "evidence.supersede.document": _("The document that a newer one replaces."),
    "payments": _(
        "Of one agreement and one currency, at most 500. One that changes voids the whole decision."
    ),
    **act_help.HELP,
}

_Choices = Callable[[str, Viewer, str], tuple[options.Choice, ...]]

_LISTS: Final[Mapping[str, _Choices]] = {
    "filing_party": lambda _action, _who, language: options.parties(language, ("state", "ministry", "union")),
    "judging_party": lambda _action, _who, language: options.parties(
        language, ("state", "ministry", "union")
    ),
    "approving_party": lambda _action, _who, language: options.parties(language),
    "recipient": lambda _action, _who, language: options.parties(language),
    "donor": lambda _action, _who, language: options.parties(language, ("state", "union")),
    "holder": lambda _action, _who, language: options.parties(language, ("ministry", "state", "union")),
    "party": lambda _action, _who, language: options.parties(language),
    "supplier": lambda _action, _who, language: options.parties(language, ("manufacturer",)),
    "origin": lambda _action, who, language: options.origins(language, who),
    "earmark_ref": lambda _action, who, language: options.records("programme", language, who=who),
    "predecessor": lambda _action, who, language: options.records("payee", language, ("active",), who),
    "advance": lambda _action, who, language: options.advances(language, who),
    "payments": lambda _action, who, language: options.payments_to_release(language, who),
    "credential": lambda action, who, _language: keys.choices(
        offered=action == "authority.register_credential", who=who
    ),
    "retry_of": lambda _action, who, language: options.records("payment", language, ("failed",), who),
    "hold": lambda _action, who, _language: options.holds(who),
    "owners": lambda _action, _who, language: options.parties(language),
    "person": lambda _action, who, _language: options.people(who),
    **dict.fromkeys(recovery.NAMED, lambda _action, who, _language: options.people(who)),
    "duplicate": lambda _action, who, _language: options.people(who),
    "login": lambda _action, who, _language: options.logins(who),
    "identity": lambda _action, who, _language: options.identities(who),
    "grant": lambda _action, who, _language: _grants(who),
    "document": lambda _action, who, _language: options.documents(who),
    "interest": lambda _action, who, language: options.interests(language, who),
    "link": lambda _action, who, _language: options.links(who),
    "target": lambda _action, who, language: (
        *options.records("agreement", language, who=who),
        *options.records("tranche", language, who=who),
        *options.records("programme", language, who=who),
    ),
}


def _grants(who: Viewer) -> tuple[options.Choice, ...]:
    return tuple(
        options.Choice(grant, f"{name}: {role_of(role, party)}")
        for grant, name, role, party in options.grants(clock.now(), who)
    )


_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "category": tuple(Category.values),
    "pay_after": milestone.PAY_AFTER,
    "over": hold.SCOPES,
    "hold.place.cause": hold.CAUSES,
    "hold.place_all.cause": hold.CAUSES,
    "deviation": lots.DEVIATIONS,
    "lot.drop.cause": lots.DROP_CAUSES,
    "agreement.end.cause": ("expired", "terminated", "replaced"),
    "number_source": payee.SOURCES,
    "register.declare_interest.kind": tuple(InterestKind.values),
    "spending_rule": tuple(SpendingRule.values),
    "party.register.kind": tuple(PartyKind.values),
    "agreement.draft.kind": agreement.KINDS,
    "source_class": claim.SOURCE_CLASSES,
    "published_basis": claim.BASES,
    "fund.roll_over.purpose": fund.PURPOSES,
    "payment.draft.purpose": tuple(Purpose.values),
    "new_rule": fund.MIXED,
    "authority.register_person.language": authority.LANGUAGES,
    "authority.set_mail.language": authority.LANGUAGES,
    "mail": correspondence.MAIL,
    "advice": selection.ADVICE,
    "finding": selection.FINDINGS,
    "screening_result": selection.SCREENED,
    "verdict": selection.VERDICTS,
    "valued_by": inkind.BASES,
    "output_rule": joint.RULES,
    "share_cause": joint.CAUSES,
    "methods": policy_change.METHODS,
}

_NAMED: Final = {"role": (ROLES, authority.ROLES), "scope": (KINDS, authority.SCOPES)}
"""Choices that have their words elsewhere: roles, and kinds of records that a role may be limited to."""

CREDITS: Final = frozenset(
    {
        *("tranche.confirm_receipt", "contract.book_refund", "payment.bounce"),
        *("bank.park", "bank.book_interest"),
    }
)
"""Actions that book a line of money coming in; all others book one going out."""


def fields_of(action: Action, known: Mapping[str, str], language: str, who: Viewer) -> tuple[Field, ...]:
    """The inputs of an action; `known` are the values so far, on which choices may depend."""
    seen = {name: value for name, value in known.items() if not foreign(who, name, value)}
    return tuple(_field(action.name, argument, seen, language, who) for argument in action.arguments)


def currencies() -> tuple[Option, ...]:
    """The currencies of the mechanism first, then all others by code."""
    others = sorted(set(EXPONENTS) - set(FIRST_CURRENCIES))
    return tuple(Option(code, code) for code in (*FIRST_CURRENCIES, *others))


def _field(action: str, argument: Argument, known: Mapping[str, str], language: str, who: Viewer) -> Field:
    name = argument.name
    given = _assignees(known) if name == "assignee" else _options(action, name, language, who)
    chosen = Widget.CHOICE if given or name in ALWAYS_CHOSEN else _plain_widget(name)
    widget = WIDGETS.get(f"{action}.{name}") or WIDGETS.get(name) or chosen
    return Field(
        name=name,
        label=label(name),
        widget=widget,
        required=argument.required,
        help=str(HELP.get(f"{action}.{name}") or HELP.get(name) or ""),
        options=currencies() if widget is Widget.MONEY or name == "rate_base" else given,
        parts=_parts(action, widget, known),
    )


def _plain_widget(name: str) -> Widget:
    return Widget.DATE if name.endswith("_on") else Widget.TEXT


def _options(action: str, name: str, language: str, who: Viewer) -> tuple[Option, ...]:
    codes = _WORDS.get(f"{action}.{name}") or _WORDS.get(name)
    if name in _NAMED:
        table, codes = _NAMED[name]
        return tuple(Option(code, word(table, code)) for code in codes)
    if codes:
        return tuple(Option(code, word(CHOICES, code)) for code in codes)
    return tuple(Option(choice.value, choice.label) for choice in _listed(action, name, language, who))


def _listed(action: str, name: str, language: str, who: Viewer) -> tuple[options.Choice, ...]:
    if name in _LISTS:
        return _LISTS[name](action, who, language)
    if name == "line" and action == "bank.identify":
        return (*options.parked_lines(language, who), *options.free_lines(language, credit=False, who=who))
    if name in ("line", "line_in"):
        return options.free_lines(language, credit=name == "line_in" or action in CREDITS, who=who)
    if name == "set_aside":
        return options.set_asides(language, who)
    if name == "selection" and action == "contract.draft":
        return options.records(name, language, ("selected",), who)
    if name == "funding":
        return (
            options.restrictions(language, who)
            if action == "contract.draft"
            else options.money(language, who)
        )
    if name == "template":
        keys = [key for key in template_keys(using="read") if knows(who, "template", key)]
        return tuple(options.Choice(key, template(key, using="read").title[language]) for key in keys)
    kinds = {row.kind for row in TABLE}
    return options.records(name, language, states_for(action, name), who) if name in kinds else ()


def states_for(action: str, kind: str) -> tuple[str, ...]:
    """The states from which the action leads on where it moves this kind of record; else every state."""
    if action.split(".")[0] != kind:
        return ()
    return tuple(sorted({row.source for row in TABLE if row.action == action}))


def _assignees(known: Mapping[str, str]) -> tuple[Option, ...]:
    """Who holds the role that the step is owned by."""
    return tuple(Option(one.value, one.label) for one in options.step_holders(known.get("step", "")))


def _parts(action: str, widget: Widget, known: Mapping[str, str]) -> tuple[Option, ...]:
    """The kinds of documents asked for, or the owners whom the chosen template wants to know."""
    if widget is Widget.FILES:
        return tuple(Option(kind, word(EVIDENCE, kind)) for kind in document_kinds(action, known))
    if widget is Widget.OWNERS:
        owners = options.owners_wanted(action, known.get("tranche", ""), known.get("template", ""))
        return tuple(Option(owner, owner.replace("_", " ")) for owner in owners)
    return ()


def document_kinds(action: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """The documents that an action needs, a step's own ones, or simply a document where it needs none."""
    if action == "step.complete":
        return options.step_documents(known.get("step", "")) or ("document",)
    if action == "evidence.supersede":
        return options.document_kind(known.get("document", ""))
    if action == "evidence.file":
        return ("document", *SIGNATURES)
    needed = next((row.evidence for row in rows_of(action) if row.evidence), ())
    return needed or ("document",)
