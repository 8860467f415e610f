"""The defects of a procedure template in words: where, what is wrong, and so what to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tranche.kernel.template_text import TemplateDefect

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

RULES: Mapping[str, StrPromise] = {
    "toml": gettext_lazy("This is not well-formed: a quotation mark, a bracket or an equals sign is wrong."),
    "missing": gettext_lazy("The field %(what)s is missing."),
    "unknown_field": gettext_lazy("There is no field %(what)s; check its spelling."),
    "kind": gettext_lazy("The value of %(what)s is not of the right kind or too long."),
    "name": gettext_lazy("%(what)s is no key: use small letters, digits and underscores, at most 40."),
    "version": gettext_lazy("The version %(what)s is not a whole number from 1 to 9,999."),
    "steps": gettext_lazy("A template has 1 to 64 steps, not %(what)s."),
    "language": gettext_lazy("The title of the template is missing in the language %(what)s."),
    "step_language": gettext_lazy("Its title is missing in the language %(what)s."),
    "twice": gettext_lazy("Another step has the same key."),
    "unknown_step": gettext_lazy("It comes after %(what)s, and there is no such step."),
    "after_twice": gettext_lazy("It names %(what)s twice among the steps before it."),
    "no_owner": gettext_lazy("Nobody owns it: name an owner."),
    "role": gettext_lazy("The role %(what)s owns no step; choose DO, FM or IN."),
    "days": gettext_lazy("It has %(what)s working days; 1 to 260 are possible."),
    "join": gettext_lazy("The join %(what)s is unknown; write all or any."),
    "calendar": gettext_lazy("There is no calendar %(what)s."),
    "evidence": gettext_lazy("There is no kind of document %(what)s."),
    "same_title": gettext_lazy(
        "It has the same title as the step %(what)s, so nobody could tell them apart."
    ),
    "loop": gettext_lazy("These steps wait for one another for ever: %(what)s."),
}


def defect_sentences(defects: Sequence[TemplateDefect]) -> tuple[str, ...]:
    """Each defect once, with its step and its line where these are known."""
    return tuple(dict.fromkeys(_sentence(row) for row in defects))


def _sentence(defect: TemplateDefect) -> str:
    said = str(RULES[defect.rule]) % {"what": defect.what}
    where = [
        _("line %(line)s") % {"line": defect.line} if defect.line else "",
        _("step %(step)s") % {"step": defect.step} if defect.step else "",
    ]
    place = ", ".join(part for part in where if part)
    return f"{place[:1].upper()}{place[1:]}: {said}" if place else said
