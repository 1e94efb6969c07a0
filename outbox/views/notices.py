"""The bell and its page. Looking changes nothing: a notice is read when somebody says so, by POST.

A link that a mail scanner follows, or that a browser fetches ahead, is a GET, so no GET marks anything. Opening an
unread notice is a form, and the page of what it is about says by a POST of its own that it was shown (`seen`).
"""

from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ROLES
from lib import clock
from lib.numbers import number
from lib.page_sizes import NOTICE_ROWS
from lib.pages import page_of, page_or_part
from outbox import deliveries, notices, wording
from outbox.kinds import Facts, kind_of
from outbox.models import Notice

MOST_SHOWN: Final = 99


@dataclass(frozen=True, kw_only=True)
class Row:
    """One notice in words. `url` is empty when the person may not see any more what it is about."""

    notice: Notice
    sentence: str
    url: str
    icon: str
    meaning: str
    since: str  # what became of what was to be answered


@require_safe
@role_required(*ROLES)
def notice_list(request: SignedInRequest) -> HttpResponse:
    """Newest first, page by page; htmx gets the list alone."""
    page = page_of(request, notices.notices_of(request.user), NOTICE_ROWS)
    unread = notices.count_unread(request.user)
    context = {
        "page": page,
        "rows": _rows(request, list(page.object_list)),
        "unread": unread,
        "lede": _lede(unread),
        "dead": deliveries.given_up_for(request.user),
        "now": clock.now(),
        "title": _("Notices"),
    }
    return page_or_part(request, "outbox/notices.html", "outbox/_notices.html", context)


@require_safe
@role_required(*ROLES)
def count(request: SignedInRequest) -> HttpResponse:
    """How many notices are unread, as plain text; nothing when there are none."""
    unread = notices.count_unread(request.user)
    shown = f"{MOST_SHOWN}+" if unread > MOST_SHOWN else str(unread or "")
    return HttpResponse(shown, content_type="text/plain")


@require_POST
@role_required(*ROLES)
def read_all(request: SignedInRequest) -> HttpResponse:
    """Everything is read."""
    changed = notices.read_all(request.user, now=clock.now())
    sentence = ngettext("%(count)s notice is marked as read.", "%(count)s notices are marked as read.", changed)
    messages.info(request, sentence % {"count": number(changed)})
    return redirect("notices:list")


@require_POST
@role_required(*ROLES)
def open_notice(request: SignedInRequest, pk: int) -> HttpResponse:
    """It is read, and the person goes on to what it is about."""
    notice = get_object_or_404(notices.notices_of(request.user), pk=pk)
    notices.read(notice, now=clock.now())
    [row] = _rows(request, [notice])
    return redirect(row.url or "notices:list")


@require_POST
@role_required(*ROLES)
def seen(request: SignedInRequest, subject: str) -> HttpResponse:
    """The page of this subject is on a person's screen, so what told them of it is read."""
    changed = notices.read_about(request.user, subject, now=clock.now())
    response = HttpResponse(status=204)
    return trigger_client_event(response, "notices-changed") if changed else response


def _rows(request: SignedInRequest, notices: list[Notice]) -> list[Row]:
    """What the person may not see any more is told without its name: they had it once."""
    facts = wording.facts_now(notices, request.user)
    return [_row(notice, facts.get(notice.pk)) for notice in notices]


def _row(notice: Notice, facts: Facts | None) -> Row:
    kind = kind_of(notice.kind)
    sentence, url, since = "", "", ""
    if facts is not None:
        sentence, url = f"{wording.sentence(notice, facts)}.", notice.path
        since = str(facts.get("over", "")) if kind.needs_answer else ""
    elif kind.subjects is not None:
        sentence = str(kind.subjects.gone)
    return Row(notice=notice, sentence=sentence, url=url, icon=kind.icon, meaning=kind.meaning, since=since)


def _lede(unread: int) -> str:
    if not unread:
        return _("You have read everything.")
    return ngettext("%(count)s is unread.", "%(count)s are unread.", unread) % {"count": number(unread)}
