"""Saving a view of the list of leads, giving it another name or other filters, deleting it."""

import uuid
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest
from leads.filter_groups import FilterGroups
from leads.forms.saved_view import SavedViewForm
from leads.listing import saved_views
from leads.listing.columns import SHOW, VIEW, columns_to_choose
from leads.listing.saved_views import Changed, access_view, may_change, query_of
from leads.listing.sentence import words
from leads.models import Lead, SavedView
from leads.normalise import Refusal
from lib import clock

may_write = require_http_methods(["GET", "HEAD", "POST"])
LONGEST_QUERY: Final = 4_000  # characters
# So many stand above the list, the others behind "More views".
TABS: Final = 6


def address(view: SavedView) -> str:
    """The list as the view shows it."""
    query = QueryDict(view.query, mutable=True)
    query[VIEW] = str(view.public_id)
    return f"{reverse('leads:list')}?{query.urlencode()}"


@may_write
@login_required
def view_new(request: SignedInRequest) -> HttpResponse:
    """Asks how the list as it stands is to be called (GET), and saves it (POST)."""
    query = _stated(request)
    form = SavedViewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            view = saved_views.save(owner=request.user, query=query, now=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("name", refusal.message)
        else:
            return redirect(address(view))
    context = {"title": _("Save this view"), "form": form, "query": query, "sentence": _sentence(request, query)}
    return render(request, "leads/views/form.html", context, status=422 if form.errors else 200)


@may_write
@login_required
def view_change(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Another name, and who sees it."""
    view = access_view(request.user, public_id, to_change=True)
    initial = {"name": view.name, "is_shared": view.is_shared}
    form = SavedViewForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved_views.change(view, seen_at=_seen_at(request, view), now=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("name", refusal.message)
        except Changed:
            form.add_error(None, _("Somebody changed this view meanwhile. Look at it, and save again what you want."))
            view.refresh_from_db()
        else:
            view.refresh_from_db()
            return redirect(address(view) if view.owner == request.user or view.is_shared else "leads:list")
    context = {
        "title": _("Change the view %(name)s") % {"name": view.name},
        "form": form,
        "view": view,
        "address": address(view),
        "sentence": _sentence(request, view.query),
    }
    return render(request, "leads/views/form.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def view_take(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The view shows from now on what the list shows."""
    view = access_view(request.user, public_id, to_change=True)
    try:
        saved_views.change(view, query=_stated(request), seen_at=_seen_at(request, view), now=clock.now())
    except Changed:
        messages.error(request, _("Somebody changed this view meanwhile. It is shown as it is now."))
    view.refresh_from_db()
    return redirect(address(view))


@may_write
@login_required
def view_delete(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Asks first (GET)."""
    view = access_view(request.user, public_id, to_change=True)
    if request.method == "POST":
        saved_views.delete(view)
        messages.info(request, _("The view %(name)s is deleted.") % {"name": view.name})
        return redirect("leads:list")
    shared = [_("It is shared: nobody finds it above the list any more.")] if view.is_shared else []
    context = {
        "title": _("Delete the view %(name)s?") % {"name": view.name},
        "consequences": [*shared, _("The leads in it stay as they are.")],
        "address": address(view),
    }
    return render(request, "leads/views/delete.html", context)


@never_cache
@require_safe
@login_required
def view_counts(request: SignedInRequest) -> HttpResponse:
    """How many leads are in each view that stands above the list; asked for when the list is there already."""
    views = SavedView.objects.visible_to(request.user)[:TABS]
    counted = saved_views.counts(views, request.user)
    context = {
        "counts": [
            {"view": view, "count": min(counted[view.public_id], saved_views.MOST_TOLD),
             "is_more": counted[view.public_id] > saved_views.MOST_TOLD}
            for view in views
        ]
    }  # fmt: skip
    return render(request, "leads/views/_counts.html", context)


def tabs(request: SignedInRequest, query: str) -> dict[str, object]:
    """What stands above the list: the views, which of them one is in, and whether it was changed."""
    views = list(SavedView.objects.visible_to(request.user).select_related("owner"))
    here = next((view for view in views if str(view.public_id) == request.GET.get(VIEW)), None)
    entries = [{"view": view, "url": address(view), "is_here": view is here} for view in views]
    return {
        "view_tabs": entries[:TABS],
        "more_views": entries[TABS:],
        "view": here,
        "may_change_view": here is not None and may_change(request.user, here),
        "is_changed": here is not None and here.query != query,
        "view_query": query,
    }


def _stated(request: SignedInRequest) -> str:
    """The filters, order and columns the page sent, as far as there are such."""
    text = request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode()
    asked = QueryDict(text[:LONGEST_QUERY])
    offers = columns_to_choose(request.user)
    return query_of(asked, [key for key in asked.getlist(SHOW) if key in offers])


def _seen_at(request: SignedInRequest, view: SavedView) -> datetime:
    """The state of the view that was looked at; who sends none means the one that is there."""
    try:
        return parse_datetime(request.POST.get("seen_at", "")) or view.changed_at
    except ValueError:
        return view.changed_at


def _sentence(request: SignedInRequest, query: str) -> str:
    asked = QueryDict(query)
    chosen = FilterGroups(asked, leads=Lead.objects.visible_to(request.user), user=request.user)
    return words(chosen, asked)
