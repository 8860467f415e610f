"""The inbox: what waits for me, and what I was told, the newest first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tranche.actions.deadlines import concerned_by
from tranche.actions.outbox import concerns
from tranche.actions.read_marks import mark_read, mark_read_upto
from tranche.kernel.notices import NoticeKind
from tranche.models import Hold, open_holds
from tranche.queries import decisions, todo
from tranche.queries import notices as queries
from tranche.queries.notices import UnknownNotice
from tranche.queries.presenters.decisions import rows_shown
from tranche.queries.presenters.notices import notices_shown, subject_href
from tranche.queries.presenters.todo import calls_shown, holds_to_review, steps_shown
from tranche.store import clock
from tranche.web.access import viewer_of
from tranche.web.page import actor, go_to, language, show
from tranche.web.read_marks import read_by
from tranche.web.views.reading import asked, whole_of

DECISIONS_MAX = 10  # the page of decisions holds the others


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    before = whole_of(asked(request, "before"), "before")
    me, now = actor(request), clock.now()
    held, today = todo.places_of(me, now), clock.today()
    read = read_by(me.person)
    rows = queries.notices(me.person, before=before, language=language(), who=viewer_of(request))
    asking = decisions.for_person(me, now)
    full = len(rows) == queries.PAGE_ROWS
    return show(
        request,
        "pages/inbox.html",
        title=_("Inbox"),
        section="inbox",
        first_page=before is None,
        decisions=rows_shown(asking[:DECISIONS_MAX]),
        more_decisions=len(asking) > DECISIONS_MAX,
        steps=steps_shown(todo.steps_for(me.person, held, today, language())),
        calls=calls_shown(todo.calls_for(me.person, held)),
        reviews=holds_to_review([hold for hold in open_holds("read") if _is_mine(request, hold)], today),
        notices=notices_shown(rows, read),
        unread=queries.unread_count(me.person, read, now),
        older=f"?before={rows[-1].id}" if full else "",
    )


def _is_mine(request: HttpRequest, hold: Hold) -> bool:
    """Whether an open hold is due for a look and this person has a say over it."""
    if hold.review_on > clock.today():
        return False
    me = actor(request)
    held = todo.places_of(me, clock.now())
    return concerns(NoticeKind.HOLD_REVIEW, concerned_by(hold), me.person, held)


@require_safe
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Go to what a notice is about, and remember that it was read; mail leads here too."""
    asked(request)
    found = queries.notice(actor(request).person, notice_id)
    mark_read(actor(request).person, found.id)
    return go_to(subject_href(found))


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark one notice as read, or all of them."""
    person, given = actor(request).person, request.POST.get("notice", "")
    if given == "all":
        mark_read_upto(person, queries.newest(person))
    elif given.isascii() and given.isdigit() and len(given) <= 15:
        mark_read(person, queries.notice(person, int(given)).id)
    else:
        raise UnknownNotice
    return go_to(reverse("inbox"))
