"""Filters and tags of every page: money, days, marks of states and links to what a number is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html

from tranche.kernel.disclosure import Label
from tranche.kernel.money import Money
from tranche.web import wording
from tranche.web.charts import Column
from tranche.web.label_words import LABEL_WORDS
from tranche.web.marks import mark_of

register = template.Library()


class Figure(Protocol):
    """An amount that opens the postings it is the sum of."""

    @property
    def amount(self) -> Money: ...
    @property
    def href(self) -> str: ...
    @property
    def illustrative(self) -> bool: ...


@register.filter(name="money")
def money_words(amount: Money | None) -> str:
    """Plain text, for sentences and attributes."""
    return wording.amount_text(amount) if amount else ""


@register.filter(name="amounts")
def money_list(amounts: Sequence[Money]) -> str:
    """Amounts of several currencies, side by side and never added."""
    return " + ".join(wording.amount_text(amount) for amount in amounts)


@register.filter(name="day")
def day_words(day: date | None) -> str:
    return wording.day_text(day) if day else ""


@register.filter
def share(amount_minor: int, whole_minor: int) -> str:
    return wording.share_text(amount_minor, whole_minor)


@register.filter
def kind_at(columns: Sequence[Column], place: int) -> str:
    """How a table's cell is set: by the kind of its column."""
    return columns[place].kind


@register.filter
def stage_mark(state: str) -> str:
    """The drawing and the word of a state."""
    return render_to_string("parts/stage_mark.html", {"mark": mark_of(state)})


@register.filter
def state_word(state: str) -> str:
    return mark_of(state).word


@register.filter
def label_word(label: str) -> str:
    return str(LABEL_WORDS[Label(label)])


@register.simple_tag(name="money")
def money_tag(amount: Money | None) -> str:
    """One posting's or document's amount; nothing known is a dash that says so."""
    if amount is None:
        return format_html('<span class="money">{}</span>', "–")
    return format_html(
        '<data class="money" value="{}">{}</data>', amount.amount_minor, wording.amount_text(amount)
    )


@register.simple_tag(name="day")
def day_tag(day: date | None) -> str:
    if day is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), wording.day_text(day))


@register.inclusion_tag("parts/figure.html")
def figure(shown: Figure) -> Mapping[str, object]:
    return {"figure": shown}
