"""Records that may be one person: the list of them, two side by side, merging, and undoing it."""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import MANAGING
from leads.events import Agent
from leads.merging import finding, merging
from leads.merging.finding import REASONS
from leads.merging.merging import CHOOSABLE, NotMergeable, is_undoable, survivor_of
from leads.models import Duplicate, Lead, Merge
from lib import clock
from lib.numbers import number

PAGE: Final = 50
LATEST: Final = 20
# So many at a press; the next press goes on.
MOST_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One field of the two records."""

    name: str
    label: str | Promise
    of_survivor: object
    of_merged: object
    # Both know it, and differently: there is something to choose.
    is_choice: bool


@require_safe
@role_required(*MANAGING)
def duplicates(request: SignedInRequest) -> HttpResponse:
    """The pairs that wait for a decision, the surest first, and what was merged lately."""
    waiting = Duplicate.objects.filter(dismissed_at=None).select_related("one__company", "other__company")
    page = Paginator(waiting.order_by("-similarity", "-pk"), PAGE).get_page(request.GET.get("page"))
    now = clock.now()
    merges = Merge.objects.filter(undone_at=None).select_related("survivor", "actor").order_by("-at", "-pk")[:LATEST]
    context = {
        "title": _("Duplicates"),
        "page": page,
        "pairs": [{"duplicate": one, "reasons": _reasons(one)} for one in page.object_list],
        "certain": waiting.filter(is_certain=True).count(),
        "merges": [{"merge": one, "is_undoable": is_undoable(one, now=now)} for one in merges],
        "now": now,
    }
    return render(request, "leads/duplicates/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*MANAGING)
def duplicate(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Two records side by side (GET); makes them one with the values that were chosen (POST)."""
    pair = _pair(public_id)
    survivor, merged = survivor_of(pair.one, pair.other)
    if request.method == "POST":
        chosen = {name for name in CHOOSABLE if request.POST.get(name) == "gone"}
        try:
            stored = merging.merge(
                lead_ids=(survivor.pk, merged.pk), chosen=chosen, agent=Agent(user=request.user), now=clock.now()
            )
        except NotMergeable as refusal:
            messages.error(request, str(refusal))
            return redirect("leads:duplicates")
        messages.info(request, _("The two are one record now. This can be undone for 30 days."))
        return redirect("leads:detail", stored.survivor.public_id)
    context = {
        "title": _("Are these one person?"),
        "pair": pair,
        "survivor": survivor,
        "merged": merged,
        "rows": [_row(name, survivor, merged) for name in ("email", *CHOOSABLE)],
        "reasons": _reasons(pair),
        "now": clock.now(),
    }
    return render(request, "leads/duplicates/pair.html", context)


@require_POST
@role_required(*MANAGING)
def not_the_same(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """They are two people; that is remembered."""
    finding.dismiss(_pair(public_id), person_id=request.user.pk, now=clock.now())
    messages.info(request, _("They stay two records, and are not shown here again."))
    return redirect("leads:duplicates")


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*MANAGING)
def merge_certain(request: SignedInRequest) -> HttpResponse:
    """Asks whether all certain pairs are to be merged (GET), and merges them (POST)."""
    certain = Duplicate.objects.filter(dismissed_at=None, is_certain=True).order_by("-similarity", "-pk")
    if request.method == "POST":
        done = _merge_each(list(certain.values_list("one_id", "other_id")[:MOST_AT_ONCE]), request)
        told = ngettext("%(count)s pair was merged.", "%(count)s pairs were merged.", done)
        messages.info(request, told % {"count": number(done)})
        return redirect("leads:duplicates")
    count = certain.count()
    context = {
        "title": _("Merge what is certain"),
        "question": ngettext("Merge %(count)s pair?", "Merge %(count)s pairs?", count) % {"count": number(count)},
        "consequences": [
            _("They have the same name, and the same phone or the same address but for dots and what follows a plus."),
            _("The record that was here first stays, and what it does not know it gets from the other one."),
            _("At most %(most)s pairs at a time. Each can be undone for 30 days.") % {"most": MOST_AT_ONCE},
        ],
    }
    return render(request, "leads/duplicates/confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*MANAGING)
def undo_merge(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Asks whether the two are to be two again (GET), and takes them apart (POST)."""
    stored = get_object_or_404(Merge.objects.select_related("survivor"), public_id=public_id)
    if request.method == "POST":
        try:
            lead = merging.undo(merge_id=stored.pk, agent=Agent(user=request.user), now=clock.now())
        except NotMergeable as refusal:
            messages.error(request, str(refusal))
            return redirect("leads:detail", stored.survivor.public_id)
        messages.info(request, _("The two are two records again."))
        return redirect("leads:detail", lead.public_id)
    context = {
        "title": _("Undo the merge"),
        "question": _("Make two records of %(name)s again?") % {"name": stored.survivor.name},
        "consequences": [
            _("What the other record had goes back to it; what came since stays where it is."),
            _("What somebody changed since the merge stays as it is now."),
        ],
    }
    return render(request, "leads/duplicates/confirm.html", context)


def _merge_each(pairs: list[tuple[int, int]], request: SignedInRequest) -> int:
    """Each in a transaction of its own: one that was merged meanwhile does not stop the others."""
    done = 0
    for pair in pairs:
        try:
            merging.merge(lead_ids=pair, agent=Agent(user=request.user), now=clock.now())
        except NotMergeable:
            continue
        done += 1
    return done


def _pair(public_id: uuid.UUID) -> Duplicate:
    pairs = Duplicate.objects.select_related("one__company", "other__company", "one__owner", "other__owner")
    return get_object_or_404(pairs.filter(dismissed_at=None), public_id=public_id)


def _reasons(pair: Duplicate) -> str:
    return ", ".join(str(REASONS[reason].label) for reason in pair.reasons if reason in REASONS)


def _row(name: str, survivor: Lead, merged: Lead) -> Row:
    one, other = values = [getattr(lead, name.removesuffix("_id")) for lead in (survivor, merged)]
    label: Any = Lead._meta.get_field(name).verbose_name  # type: ignore[union-attr]  # noqa: SLF001 (Django's way)
    is_known = all(value not in (None, "") for value in values)
    return Row(name, label, one, other, is_choice=name in CHOOSABLE and is_known and one != other)
