"""One form page for every action: fill in, check the answers, propose."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tranche.actions import decision as actions
from tranche.actions.registry import Action, find
from tranche.kernel.canonical import Canonical, NotCanonical, decode, encode
from tranche.kernel.lifecycle import Role
from tranche.kernel.reasons import REASONED
from tranche.kernel.refusals import BadArgument, NotAllowed, UnknownReference, WrongPassword
from tranche.kernel.transitions import rows_of
from tranche.queries import decisions
from tranche.queries.presenters.act import Answers, answers
from tranche.queries.presenters.actions import title
from tranche.queries.presenters.alerts import of_action, of_others
from tranche.queries.presenters.facts import documents, label
from tranche.queries.presenters.refusals import DOMAIN_ERRORS, Explanation, explain, status_of
from tranche.queries.presenters.words import ROLES, word
from tranche.queries.references import check_references
from tranche.store import clock
from tranche.store.errors import CommitUncertain
from tranche.web.access import viewer_of
from tranche.web.brought import check_brought, remember
from tranche.web.confirming import check_confirmed, confirmation, is_grave
from tranche.web.fields import Field, Problem, Widget, inputs, problems, read, retyped
from tranche.web.page import actor, go_to, key_of, language, new_key, safe_path, show
from tranche.web.refused import note
from tranche.web.views.act_form import UNOFFERED, fields_of

CARRIED = ("reason", "back", "replaces")


@dataclass(frozen=True, slots=True)
class Asked:
    """An action with its inputs as far as this request knows them."""

    action: Action
    fields: tuple[Field, ...]
    typed: Mapping[str, str]
    kept: tuple[Mapping[str, object], ...]


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, action: str) -> HttpResponse:
    """GET shows the form; POST checks, goes back to edit, or confirms."""
    known = find(action)
    if action in UNOFFERED:
        raise BadArgument("action", "no_action", action)
    if request.method != "POST":
        return _form(request, _asked(request, known, _prefilled(request, known)), {})
    match request.POST.get("then", ""):
        case "check":
            return _check(request, known)
        case "edit":
            return _edit(request, known)
        case "confirm":
            return _confirm(request, known)
        case other:
            raise BadArgument("then", "choice", other)


def _prefilled(request: HttpRequest, known: Action) -> dict[str, str]:
    """Values from the address; a parameter that the form does not have is refused."""
    names = {argument.name for argument in known.arguments}
    allowed = names | {f"{name}_currency" for name in names} | set(CARRIED)
    for name in request.GET:
        if name not in allowed:
            raise BadArgument(name, "unknown")
    given = {name: str(value) for name, value in request.GET.items()}
    if "replaces" not in given:
        return given
    check_references(viewer_of(request), {"replaces": given["replaces"]})
    return _replaced(given["replaces"]) | given


def _replaced(decision_id: str) -> dict[str, str]:
    """What was typed for the decision that the new one takes the place of; documents are added anew."""
    before = decisions.decision(decision_id)
    return retyped(before.arguments, language()) | {"reason": before.reason}


def _asked(
    request: HttpRequest,
    known: Action,
    typed: Mapping[str, str],
    kept: Sequence[Mapping[str, object]] = (),
) -> Asked:
    return Asked(known, fields_of(known, typed, language(), viewer_of(request)), typed, tuple(kept))


def _check(request: HttpRequest, known: Action) -> HttpResponse:
    """Read what was typed and show what would be proposed, or the form with what is wrong."""
    asked = _asked(request, known, _typed(request), _kept(request))
    check_brought(request, asked.kept)
    parsed = read(asked.fields, request.POST, request.FILES, asked.kept, language())
    remember(request, _documents(parsed.arguments.get("evidence") or []))
    reason = asked.typed.get("reason", "").strip() or None
    if parsed.errors:
        return _form(request, asked, parsed.errors)
    try:
        check_references(viewer_of(request), parsed.arguments)
        preview = actions.preview(
            action=known.name, arguments=parsed.arguments, reason=reason, by=actor(request), now=clock.now()
        )
    except DOMAIN_ERRORS as error:
        if isinstance(error, NotAllowed):  # a look at who may do what leaves its trace as well
            note(request, known.name, error)
        return _refused(request, asked, error, parsed.arguments)
    shown = answers(preview.content, preview.quorum, preview.basis.amount, preview.row, language())
    about = [ref for ref, _version in cast("list[tuple[str, int]]", preview.content["records"])]
    said = cast("Canonical", preview.content["arguments"])
    return _checked(request, known, shown, said, reason, about=about)


def _checked(
    request: HttpRequest,
    known: Action,
    shown: Answers,
    arguments: Canonical,
    reason: str | None,
    said: Explanation | None = None,
    about: Sequence[str] = (),
) -> HttpResponse:
    return show(
        request,
        "act/check.html",
        title=_("Check your answers"),
        action_title=title(known.name),
        alerts=[
            *of_action(known.name),
            *of_others(about, request.POST.get("replaces", ""), viewer_of(request)),
        ],
        answers=shown,
        arguments=encode(arguments).decode(),
        reason=reason or "",
        back=safe_path(request.POST.get("back", "")),
        replaces=request.POST.get("replaces", ""),
        key=key_of(request),
        problems=(Problem(said.field, said.what),) if said else (),
        error=said is not None,
        said=said,
        status=status_of(said) if said else 200,
        **confirmation(request, known.name),
    )


def _edit(request: HttpRequest, known: Action) -> HttpResponse:
    """Back from the check page, with every answer as it was."""
    arguments = _arguments(request)
    typed = retyped(arguments, language()) | {name: request.POST.get(name, "") for name in CARRIED}
    kept = _documents(arguments.get("evidence", []))
    check_brought(request, kept)
    return _form(request, _asked(request, known, typed, kept), {})


def _confirm(request: HttpRequest, known: Action) -> HttpResponse:
    """Propose what the check page showed; the same key again gives the first outcome."""
    arguments = _arguments(request)
    check_brought(request, _documents(arguments.get("evidence", [])))
    reason = request.POST.get("reason", "").strip() or None
    named = arguments | {"replaces": request.POST.get("replaces", "")}
    try:
        check_references(viewer_of(request), named)
        if is_grave(known.name):
            check_confirmed(request)
    except UnknownReference as error:
        note(request, known.name, error)
        return _again(request, known, arguments, error)
    except (WrongPassword, BadArgument) as error:
        return _unconfirmed(request, known, arguments, reason, error)
    try:
        outcome = actions.propose(
            action=known.name,
            arguments=arguments,
            reason=reason,
            replaces=request.POST.get("replaces", "") or None,
            key=key_of(request),
            by=actor(request),
        )
    except CommitUncertain:
        raise
    except DOMAIN_ERRORS as error:
        note(request, known.name, error)
        return _again(request, known, arguments, error)
    back = safe_path(request.POST.get("back", ""))
    done = outcome.state == "executed" and back
    return go_to(back if done else reverse("decision", args=[outcome.decision_id]))


def _again(
    request: HttpRequest, known: Action, arguments: Mapping[str, Canonical], error: Exception
) -> HttpResponse:
    """The form with every answer as the check page carried it, and why it was refused."""
    typed = retyped(arguments, language()) | {name: request.POST.get(name, "") for name in CARRIED}
    kept = _documents(arguments.get("evidence", []))
    return _refused(request, _asked(request, known, typed, kept), error, arguments)


def _unconfirmed(
    request: HttpRequest,
    known: Action,
    arguments: Mapping[str, Canonical],
    reason: str | None,
    error: Exception,
) -> HttpResponse:
    """The check page again, with everything on it, because the password was not right."""
    preview = actions.preview(
        action=known.name, arguments=arguments, reason=reason, by=actor(request), now=clock.now()
    )
    shown = answers(preview.content, preview.quorum, preview.basis.amount, preview.row, language())
    return _checked(
        request,
        known,
        shown,
        cast("Canonical", preview.content["arguments"]),
        reason,
        explain(error),
    )


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.POST.items()}


def _kept(request: HttpRequest) -> list[Mapping[str, object]]:
    """Documents that were uploaded before the answers were changed."""
    given = request.POST.get("kept", "")
    try:
        found = json.loads(given) if given else []
    except (ValueError, RecursionError) as error:
        raise BadArgument("evidence", "evidence") from error
    return _documents(found)


def _documents(found: object) -> list[Mapping[str, object]]:
    """Documents as a page carried them; raises BadArgument where they are none."""
    if not isinstance(found, list) or not all(_is_document(row) for row in found):
        raise BadArgument("evidence", "evidence")
    return found


def _is_document(row: object) -> bool:
    return isinstance(row, dict) and all(
        isinstance(row.get(name), str) for name in ("kind", "name", "sha256")
    )


def _arguments(request: HttpRequest) -> dict[str, Canonical]:
    """The answers as the check page carried them; `propose` parses each again."""
    try:
        found = decode(request.POST.get("arguments", "").encode())
    except (NotCanonical, ValueError) as error:
        raise BadArgument("arguments", "rows") from error
    if not isinstance(found, dict):
        raise BadArgument("arguments", "rows")
    return found


def _refused(
    request: HttpRequest, asked: Asked, error: Exception, arguments: Mapping[str, object]
) -> HttpResponse:
    """The form again with the refusal on top and, where it is about a field, beside the field."""
    said = explain(error)
    field = said.field if said.field in {row.name for row in asked.fields} else ""
    kept = cast("Sequence[Mapping[str, object]]", arguments.get("evidence", ()))
    again = Asked(asked.action, asked.fields, asked.typed, tuple(kept))
    bare = said.what.removeprefix(f"{label(said.field)}: ")  # the form puts the field's name before it
    return _form(request, again, {field: bare} if field else {}, said)


def _form(
    request: HttpRequest, asked: Asked, errors: Mapping[str, str], said: Explanation | None = None
) -> HttpResponse:
    shown = inputs(asked.fields, asked.typed, errors)
    return show(
        request,
        "act/form.html",
        title=title(asked.action.name),
        status=_status(said) if said else 422 if errors else 200,
        error=bool(said or errors),
        problems=_problems(problems(shown), said),
        said=said,
        inputs=shown,
        documents=documents(asked.kept),
        kept=json.dumps(list(asked.kept)) if asked.kept else "",
        action=asked.action.name,
        reason=asked.typed.get("reason", ""),
        reason_wanted=asked.action.name in REASONED,
        reason_error=said.what if said and said.field == "reason" else "",
        back=safe_path(asked.typed.get("back", "")),
        replaces=asked.typed.get("replaces", ""),
        key=request.POST.get("key", "") or new_key(),
        chooses_template=_chooses_template(asked),
        **_who(request, asked.action),
    )


def _chooses_template(asked: Asked) -> bool:
    """The owners of a procedure can be asked for only when its template is known."""
    return any(row.widget is Widget.OWNERS and row.required and not row.parts for row in asked.fields)


def _status(said: Explanation) -> int:
    """A reference that the form did not offer is wrong input here, not a page that is missing."""
    return 422 if said.code == "not_found" else status_of(said)


def _problems(found: tuple[Problem, ...], said: Explanation | None) -> tuple[Problem, ...]:
    """The summary's lines: what a refusal says leads to its field where the form has it."""
    if said is None or found:
        return found
    return (Problem(said.field if said.field == "reason" else "", said.what),)


def _who(request: HttpRequest, known: Action) -> dict[str, Any]:
    """Who does this, and whether the viewer holds one of the roles at all."""
    roles: frozenset[Role] = frozenset().union(*(row.roles for row in rows_of(known.name)))
    now = clock.now()
    held = {grant.role for grant in actor(request).grants if grant.valid(now)}
    return {"holds_role": bool(held & roles), "roles": tuple(word(ROLES, role) for role in sorted(roles))}
