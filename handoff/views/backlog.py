"""Who waits for their turn after a publication, how long that takes, and letting more have it today."""

from datetime import datetime
from math import ceil
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ADMINISTRATOR, MANAGING, SALES_MANAGER
from handoff.models import BacklogPolicy
from handoff.promotion.backlog import (
    MOST_BY_HAND,
    PassRefused,
    is_scoring,
    left_today,
    pass_more,
    passed_on,
    today,
    waiting,
)
from handoff.routing.choosing import reps_in
from leads.models import Lead
from lib import clock
from lib.number_fields import WholeNumberField
from lib.numbers import number
from lib.page_sizes import BACKLOG_ROWS
from lib.pages import page_of, page_or_part

DECIDERS: Final = (SALES_MANAGER, ADMINISTRATOR)


class MoreForm(forms.Form):
    """How many more, and how many had passed when the person looked."""

    count = WholeNumberField(
        label=gettext_lazy("Leads to pass now"),
        min_value=1,
        max_value=MOST_BY_HAND,
        help_text=format_lazy(
            gettext_lazy("At most {most} at once; they count towards today's number."), most=MOST_BY_HAND
        ),
        error_messages=dict.fromkeys(
            ("min_value", "max_value", "invalid", "required"),
            format_lazy(gettext_lazy("Choose a whole number from 1 to {most}."), most=MOST_BY_HAND),
        ),
    )
    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)


@require_safe
@role_required(*MANAGING)
def backlog(request: SignedInRequest) -> HttpResponse:
    """How many wait, how long that takes, and who is next."""
    return _show(request, MoreForm(initial={"count": 10}), now=clock.now())


@require_safe
@role_required(*MANAGING)
def backlog_note(request: SignedInRequest) -> HttpResponse:
    """One sentence for the page of the agreement; nothing when nobody waits."""
    now = clock.now()
    count = waiting(now=now).count()
    duration = _duration(count, BacklogPolicy.current())
    context = {"title": _("Waiting for their turn"), "waiting": count, "duration": duration}
    return page_or_part(request, "handoff/backlog/note.html", "handoff/backlog/_note.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*DECIDERS)
def backlog_more(request: SignedInRequest) -> HttpResponse:
    """Asks whether so many more are meant (GET) and passes them (POST); a refusal says why, and how things stand."""
    now = clock.now()
    is_post = request.method == "POST"
    form = MoreForm(request.POST if is_post else request.GET)
    if not form.is_valid():
        return _show(request, form, now=now, status=422)
    count = form.cleaned_data["count"]
    if not is_post:
        return render(request, "handoff/backlog/more.html", _question(count, now=now))
    try:
        passed = pass_more(count, seen=form.cleaned_data["seen"] or 0, actor=request.user, now=now)
    except PassRefused as refused:
        return _show(request, MoreForm(initial={"count": count}), now=now, status=409, refusal=str(refused))
    done = ngettext("%(count)d lead was passed to sales.", "%(count)d leads were passed to sales.", passed)
    messages.info(request, done % {"count": passed})
    return redirect("handoff:backlog")


def _show(
    request: SignedInRequest, form: MoreForm, *, now: datetime, status: int = 200, refusal: str = ""
) -> HttpResponse:
    """The page; `refusal` says why what was asked for was not done."""
    pace = BacklogPolicy.current()
    page = page_of(request, waiting(now=now).select_related("company", "score", "last_touch"), BACKLOG_ROWS)
    seen = set(Lead.objects.visible_to(request.user).filter(pk__in=[lead.pk for lead in page]).values_list("pk"))
    may_decide = request.user.has_role(*DECIDERS)
    context = {
        "title": _("Waiting for their turn"),
        "figures": _figures(page.paginator.count, pace, now=now),
        "page": page,
        "leads": [(place, lead) for place, lead in enumerate(page, page.start_index()) if (lead.pk,) in seen],
        "pace": pace,
        "is_scoring": is_scoring(now=now),
        "is_nobody_in": not reps_in(now=now).exists(),
        "form": form if may_decide else None,
        "pace_url": reverse("admin:handoff_backlogpolicy_change", args=[pace.pk]) if may_decide else "",
        "refusal": refusal,
        "now": now,
    }
    return render(request, "handoff/backlog/backlog.html", context, status=status)


def _figures(count: int, pace: BacklogPolicy, *, now: datetime) -> list[dict[str, str]]:
    passed = passed_on(today(now))
    return [
        {
            "label": _("Waiting"),
            "value": number(count),
            "unit": ngettext("lead", "leads", count),
            "definition": _(
                "Leads that qualify only because other criteria came into force, because a page, an asset or a "
                "channel means something else, or by what an import said of them. Leads that rest, that came back "
                "from sales and have done nothing since, or that lack something the criteria need are not counted."
            ),
        },
        {
            "label": _("Pass a day"),
            "value": number(pace.per_day),
            "unit": ngettext("lead", "leads", pace.per_day),
            "note": _("at most, by themselves"),
        },
        {
            "label": _("Until all had their turn"),
            "value": _duration(count, pace) or "–",
            "note": "" if count else _("nobody waits"),
        },
        {
            "label": _("Passed today"),
            "value": number(passed),
            "unit": ngettext("lead", "leads", passed),
            "note": _("%(left)s more pass today") % {"left": number(min(count, left_today(pace, now=now)))},
        },
    ]


def _duration(count: int, pace: BacklogPolicy) -> str:
    """How long the whole takes; empty when nobody waits."""
    if not count:
        return ""
    if not pace.per_day:
        return _("no end in sight")
    days = ceil(count / pace.per_day)
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def _question(count: int, *, now: datetime) -> dict[str, object]:
    """What is asked before more are passed, with the counts of this moment."""
    passed, waiting_count = passed_on(today(now)), waiting(now=now).count()
    moved, reps = min(count, waiting_count), reps_in(now=now).count()
    left = min(waiting_count - moved, max(0, left_today(BacklogPolicy.current(), now=now) - moved))
    sentences = [
        ngettext(
            "%(count)d lead is passed to sales now, fast track and the highest score first.",
            "%(count)d leads are passed to sales now, fast track and the highest scores first.",
            moved,
        )
        % {"count": moved},
        _("%(passed)d were passed today already; afterwards it is %(after)d. %(left)d more pass by themselves today.")
        % {"passed": passed, "after": passed + moved, "left": left},
        ngettext("%(reps)d rep is in to take them.", "%(reps)d reps are in to take them.", reps) % {"reps": reps},
        _("Each has to be answered by its deadline, and goes back to nurture when it is not."),
    ]
    return {
        "title": _("Pass more leads now?"),
        "consequences": sentences,
        "action_label": ngettext("Pass %(count)d lead now", "Pass %(count)d leads now", moved) % {"count": moved},
        "count": count,
        "seen": passed,
        "is_nobody_waiting": not moved,
    }
