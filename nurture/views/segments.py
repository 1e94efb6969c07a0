"""Segments and lists: all of them, one of them, and making, changing and deleting one."""

import uuid
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING, MANAGING, ROLES
from leads.models import Lead
from leads.normalise import Refusal
from lib import clock
from lib.numbers import number
from lib.page_sizes import MOST_COUNTED
from lib.pages import page_of, page_or_part
from nurture.access import access_segment, may_edit
from nurture.forms import SegmentForm
from nurture.lead_list import FILTER
from nurture.models import Segment
from nurture.segments import editing
from nurture.segments.building import share_built
from nurture.segments.conditions import Conditions, Unreadable, cleaned, counted, left_out, problem, sentence
from nurture.segments.editing import Changed
from nurture.segments.growth import Growth, growth, newest_changes

SEGMENTS_A_PAGE = 50
may_write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@role_required(*ROLES)
def segment_list(request: SignedInRequest) -> HttpResponse:
    """All segments and lists by name, each with how many are in it and how it grew."""
    page = page_of(request, Segment.objects.all(), SEGMENTS_A_PAGE)
    now = clock.now()
    grown = growth([one.pk for one in page.object_list], now=now)
    rows = [
        {"segment": one, "leads_url": leads_url(one), "growth": grown.get(one.pk, Growth())} for one in page.object_list
    ]
    context = {
        "title": _("Segments"),
        "rows": rows,
        "page": page,
        "may_edit": may_edit(request.user),
        "may_see_mails": request.user.has_role(*MANAGING),
        "now": now,
    }
    return render(request, "nurture/list.html", context)


@require_safe
@role_required(*ROLES)
def segment_detail(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """One of them: its conditions as a sentence, how many are in it, how it grew, and how far a build is."""
    segment = access_segment(request.user, public_id)
    now = clock.now()
    grown = growth([segment.pk], now=now).get(segment.pk, Growth())
    following = segment.next_query
    context = {
        "title": segment.name,
        "segment": segment,
        "sentence": sentence(segment.query),
        "next_sentence": sentence(following) if following else "",
        "share": share_built(segment) if following else None,
        "problem": "" if segment.is_list else problem(segment.query if following is None else following),
        "growth": grown,
        "figures": _figures(segment, grown),
        "changes": newest_changes(segment, request.user),
        "leads_url": leads_url(segment),
        "may_edit": may_edit(request.user),
        "now": now,
    }
    return page_or_part(request, "nurture/detail.html", "nurture/_state.html", context)


@may_write
@role_required(*EDITING)
def segment_new(request: SignedInRequest) -> HttpResponse:
    """Asks for name and conditions, counts whom they are met by, and makes it; the list of leads can begin it."""
    form = SegmentForm(request.POST or None)
    asked = _asked(request, request.GET.urlencode())
    if _is_saved(request) and form.is_valid() and (query := _readable(form, asked)):
        try:
            name = form.cleaned_data["segment_name"]
            segment = editing.make_segment(name=name, query=query, actor=request.user, now=clock.now())
        except Refusal as refusal:
            form.add_error("segment_name", refusal.message)
        else:
            return redirect("nurture:detail", segment.public_id)
    return _form_page(request, form, asked, {"title": _("New segment"), "cancel_url": reverse("nurture:list")})


@may_write
@role_required(*EDITING)
def segment_change(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Another name, other conditions."""
    segment = access_segment(request.user, public_id, to="edit")
    form = SegmentForm(request.POST or None, initial={"segment_name": segment.name})
    following = segment.next_query
    asked = _asked(request, segment.query if following is None else following)
    if _is_saved(request) and form.is_valid():
        query = None if segment.is_list else _readable(form, asked)
        if segment.is_list or query:
            try:
                name, seen_at = form.cleaned_data["segment_name"], _seen_at(request, segment)
                editing.change(segment.pk, name=name, query=query, seen_at=seen_at, now=clock.now())
            except Refusal as refusal:
                form.add_error("segment_name", refusal.message)
            except Changed:
                words = _("Somebody changed it meanwhile. Look at it, and save again what you want.")
                form.add_error(None, words)
                segment.refresh_from_db()
            else:
                return redirect("nurture:detail", segment.public_id)
    title = _("Change “%(name)s”") % {"name": segment.name}
    back = reverse("nurture:detail", args=[segment.public_id])
    return _form_page(request, form, asked, {"title": title, "segment": segment, "cancel_url": back})


@require_POST
@role_required(*EDITING)
def segment_build(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """All leads are looked at again."""
    segment = access_segment(request.user, public_id, to="edit")
    editing.build_again(segment.pk, now=clock.now())
    return redirect("nurture:detail", segment.public_id)


@may_write
@role_required(*EDITING)
def segment_delete(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Asks first (GET)."""
    segment = access_segment(request.user, public_id, to="edit")
    here = reverse("nurture:detail", args=[segment.public_id])
    if request.method == "POST":
        try:
            editing.delete(segment.pk)
        except Refusal as refusal:
            messages.error(request, refusal.message)
            return redirect(here)
        messages.info(request, _("“%(name)s” is deleted.") % {"name": segment.name})
        return redirect("nurture:list")
    context = {
        "title": _("Delete “%(name)s”?") % {"name": segment.name},
        "consequences": _consequences(segment),
        "segment": segment,
        "cancel_url": here,
    }
    return render(request, "nurture/delete.html", context)


def leads_url(segment: Segment) -> str:
    """The list of leads with those that are in it."""
    return f"{reverse('leads:list')}?{urlencode({FILTER: str(segment.public_id)})}"


def _form_page(
    request: SignedInRequest, form: SegmentForm, asked: QueryDict, context: dict[str, object]
) -> HttpResponse:
    """The page that asks; what the conditions mean is said once there are any."""
    conditions = Conditions(asked, leads=Lead.objects.none())
    conditions.qs.exists()  # what cannot be read is told at its field
    query = cleaned(asked)
    more = conditions.one_more() if "or" in request.POST else None
    context |= {
        "form": form,
        "groups": [*conditions.by_number.values(), *([more] if more else [])],
        "may_have_more": bool(conditions.free) and more is None,
        "sentence": sentence(query),
        "count_words": _count_words(conditions, query),
        "left_out": left_out(asked),
    }
    status = 422 if form.errors or (request.method == "POST" and conditions.errors) else 200
    return render(request, "nurture/form.html", context, status=status)


def _count_words(conditions: Conditions, query: str) -> str:
    if not query or conditions.errors:
        return ""
    try:
        count = counted(query)
    except Unreadable:
        return ""
    if count > MOST_COUNTED:
        return _("More than %(count)s leads meet them now.") % {"count": number(MOST_COUNTED)}
    words = ngettext("%(count)s lead meets them now.", "%(count)s leads meet them now.", count)
    return words % {"count": number(count)}


def _readable(form: SegmentForm, asked: QueryDict) -> str:
    """The conditions that are asked for; empty, with a sentence in the form, where they are none that can be kept."""
    query = cleaned(asked)
    if not query:
        form.add_error(None, _("Say at least one condition: a segment of everybody would say nothing."))
    elif problem(query):
        form.add_error(None, _("One of the conditions cannot be used. It says why."))
        return ""
    return query


def _asked(request: SignedInRequest, otherwise: str) -> QueryDict:
    """What the page was sent, or began with."""
    return QueryDict(request.POST.urlencode() if request.method == "POST" else otherwise)


def _is_saved(request: SignedInRequest) -> bool:
    """Whether it is to be saved; the other buttons only count, or ask for more."""
    return request.method == "POST" and not {"count", "or"} & set(request.POST)


def _seen_at(request: SignedInRequest, segment: Segment) -> datetime:
    """The state that was looked at; who sends none means the one that is there."""
    try:
        return parse_datetime(request.POST.get("seen_at", "")) or segment.changed_at
    except ValueError:
        return segment.changed_at


def _figures(segment: Segment, grown: Growth) -> list[dict[str, object]]:
    return [
        {
            "label": _("In it now"),
            "value": number(segment.members),
            "unit": ngettext("lead", "leads", segment.members),
            "url": leads_url(segment),
        },
        {"label": _("Entered in 30 days"), "value": number(grown.entered)},
        {"label": _("Left in 30 days"), "value": number(grown.left)},
    ]


def _consequences(segment: Segment) -> list[str]:
    words = ngettext(
        "%(count)s lead is in it, and stays as it is otherwise.",
        "%(count)s leads are in it, and stay as they are otherwise.",
        segment.members,
    )
    return [
        words % {"count": number(segment.members)},
        _("Who entered and left, and when, is not known any more, except in the history of each lead."),
        _("Saved views that are narrowed by it show their leads without this filter, and say so."),
    ]
