"""The tags and components print what they are given: escaped, whole, and readable without colour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.utils import translation

from tranche.kernel.money import Money
from tranche.web.charts import Cell, ChartTable, Column

PARTS = Path(__file__).resolve().parents[2] / "src/tranche/templates/parts"


@dataclass(frozen=True)
class Shown:
    amount: Money
    href: str
    illustrative: bool


def printed(source: str, **names: object) -> str:
    with translation.override("en"):
        return Template("{% load tranche_parts %}" + source).render(Context(names))


@pytest.mark.parametrize("path", sorted(PARTS.glob("*.html")), ids=lambda path: path.stem)
def test_every_component_compiles(path: Path) -> None:
    get_template(f"parts/{path.name}")


def test_money_carries_its_exact_value() -> None:
    assert printed("{% money m %}", m=Money(123456, "EUR")) == (
        '<data class="money" value="123456">1\N{NO-BREAK SPACE}234.56\N{NO-BREAK SPACE}EUR</data>'
    )


def test_unknown_money_is_a_dash() -> None:
    assert "–" in printed("{% money m %}", m=None)


def test_money_of_nothing_is_nought_and_not_a_gap() -> None:
    assert printed("{{ m|money }}", m=Money(0, "EUR")) == "0.00\N{NO-BREAK SPACE}EUR"


def test_figure_opens_its_postings_and_marks_what_is_illustrative() -> None:
    html = printed("{% figure f %}", f=Shown(Money(1, "EUR"), "/money/?a=1&b=2", illustrative=True))

    assert 'class="figure illustrative" href="/money/?a=1&amp;b=2"' in html


def test_day_is_a_time_element() -> None:
    assert printed("{% day d %}", d=date(2025, 3, 31)).startswith('<time datetime="2025-03-31">')
    assert printed("{% day d %}{{ d|day }}", d=None) == ""


def test_state_is_a_drawing_and_a_word() -> None:
    html = printed("{{ 'in_procedure'|stage_mark }}")

    assert "<svg" in html
    assert "In procedure" in html


def test_label_is_spelled_out_and_an_unknown_one_is_refused() -> None:
    assert printed("{{ 'auditor'|label_word }}") == "Auditor only"
    with pytest.raises(ValueError, match="secret"):
        printed("{{ 'secret'|label_word }}")


def test_table_escapes_its_cells_and_heads_rows_and_columns() -> None:
    table = ChartTable("A <b>", (Column("Name"), Column("Sum", "money")), ((Cell("<i>", "/x"), Cell("1")),))

    html = render_to_string("parts/table.html", {"table": table})

    assert "<b>" not in html
    assert "<i>" not in html
    assert (
        '<th scope="row" class="is-text"><a href="/x">&lt;i&gt;</a></th><td class="is-money">1</td>' in html
    )
    assert "<caption>A &lt;b&gt;</caption>" in html


def test_field_ties_label_hint_and_error_to_its_input() -> None:
    html = render_to_string(
        "parts/field.html", {"name": "amount", "label": "Amount", "hint": "H", "error": "E", "kind": "text"}
    )

    assert '<label for="amount">' in html
    assert 'aria-describedby="amount-hint amount-error" aria-invalid="true"' in html


def test_error_summary_leads_to_each_field() -> None:
    html = render_to_string("parts/error_summary.html", {"errors": [{"text": "Wrong.", "field": "amount"}]})

    assert '<a href="#amount">Wrong.</a>' in html
    assert 'tabindex="-1"' in html


def test_unknown_outcome_repeats_the_form_with_its_key() -> None:
    html = render_to_string("parts/unknown_outcome.html", {"action": "/act/", "fields": [("key", "k-1")]})

    assert '<input type="hidden" name="key" value="k-1">' in html
