"""Lists: a new one, and putting chosen leads on one or taking them off."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING
from leads.models import BulkChange, Lead
from leads.normalise import Refusal
from lib import clock
from lib.numbers import number
from nurture.forms import OffListForm, SegmentForm, ToListForm
from nurture.models import Segment
from nurture.segments import editing, lists
from nurture.segments.lists import ListGone

may_write = require_http_methods(["GET", "HEAD", "POST"])


@may_write
@role_required(*EDITING)
def list_new(request: SignedInRequest) -> HttpResponse:
    """An empty list."""
    form = SegmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            name = form.cleaned_data["segment_name"]
            made = editing.make_list(name=name, actor=request.user, now=clock.now())
        except Refusal as refusal:
            form.add_error("segment_name", refusal.message)
        else:
            return redirect("nurture:detail", made.public_id)
    context = {"title": _("New list"), "form": form, "cancel_url": reverse("nurture:list")}
    return render(request, "nurture/list_form.html", context, status=422 if form.errors else 200)


@never_cache
@may_write
@role_required(*EDITING)
def add(request: SignedInRequest, choice_id: uuid.UUID) -> HttpResponse:
    """Puts the chosen leads on a list that is there, or on a new one."""
    choice, form = choice_of(request, choice_id), ToListForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            chosen = form.cleaned_data["on_list"] or editing.make_list(
                name=form.cleaned_data["new_name"], actor=request.user, now=clock.now()
            )
            count = lists.add_to_list(chosen.pk, _visible(request, choice), actor=request.user, now=clock.now())
        except Refusal as refusal:
            form.add_error("new_name", refusal.message)
        except ListGone:
            form.add_error("on_list", _("This list was deleted meanwhile. Choose another one."))
        else:
            words = ngettext("%(count)s lead is new on the list.", "%(count)s leads are new on the list.", count)
            return _done(request, chosen, words % {"count": number(count)})
    context = {"title": choice_title(choice), "form": form, "action": _("Put them on the list")}
    return render(request, "nurture/choice.html", context, status=422 if form.errors else 200)


@never_cache
@may_write
@role_required(*EDITING)
def take_off(request: SignedInRequest, choice_id: uuid.UUID) -> HttpResponse:
    """Takes the chosen leads off a list."""
    choice, form = choice_of(request, choice_id), OffListForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen: Segment = form.cleaned_data["on_list"]
        try:
            count = lists.take_off_list(chosen.pk, _visible(request, choice), actor=request.user, now=clock.now())
        except ListGone:
            form.add_error("on_list", _("This list was deleted meanwhile. Choose another one."))
        else:
            words = ngettext("%(count)s lead was taken off.", "%(count)s leads were taken off.", count)
            return _done(request, chosen, words % {"count": number(count)})
    context = {"title": choice_title(choice), "form": form, "action": _("Take them off the list")}
    return render(request, "nurture/choice.html", context, status=422 if form.errors else 200)


def choice_of(request: SignedInRequest, choice_id: uuid.UUID) -> BulkChange:
    """What this person chose in the list of leads; raises Http404."""
    return get_object_or_404(BulkChange.objects.visible_to(request.user), public_id=choice_id)


def _visible(request: SignedInRequest, choice: BulkChange) -> list[int]:
    """The chosen leads that this person may still see."""
    visible = Lead.objects.visible_to(request.user).filter(pk__among=choice.lead_ids)
    return list(visible.order_by("pk").values_list("pk", flat=True))


def choice_title(choice: BulkChange) -> str:
    """How many were chosen."""
    words = ngettext("%(count)s lead chosen", "%(count)s leads chosen", choice.total)
    return words % {"count": number(choice.total)}


def _done(request: SignedInRequest, chosen: Segment, words: str) -> HttpResponse:
    messages.info(request, words)
    return redirect("nurture:detail", chosen.public_id)
