"""Records that may be one person or one company: the list of them, two side by side, merging, and undoing it."""

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
from accounts.models import User
from accounts.roles import MANAGING
from leads.custom_fields.catalogue import MAY_SEE_SENSITIVE
from leads.events import Agent
from leads.merging import finding
from leads.merging.undoing import CUSTOM, NotMergeable, is_undoable
from leads.models import About
from leads.models.merge import DuplicateBase
from leads.views.duplicate_kinds import COMPANY, LEADS, Kind, with_counts
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
def duplicates(request: SignedInRequest, kind: Kind) -> HttpResponse:
    """The pairs that wait for a decision, the surest first, and what was merged lately."""
    page = Paginator(kind.waiting(), PAGE).get_page(request.GET.get("page"))
    now = clock.now()
    _count_leads(kind, *page.object_list)
    context = {
        **_head(kind, str(kind.title)),
        "tabs": [
            {"label": label, "url": one.address("duplicates"), "is_current": one is kind}
            for label, one in ((_("People"), LEADS), (_("Companies"), COMPANY))
        ],
        "page": page,
        "pairs": [
            {
                "duplicate": one,
                "reasons": kind.finder.words(one.reasons),
                "url": kind.address("duplicate", one.public_id),
            }
            for one in page.object_list
        ],
        "listed": f"{kind.prefix}duplicates",
        "certain": kind.waiting().filter(is_certain=True).count(),
        "certain_url": kind.address("merge_certain"),
        "merges": [
            {
                "merge": one,
                "url": kind.page_of(one.survivor),  # type: ignore[attr-defined]
                "undo_url": kind.address("undo_merge", one.public_id) if is_undoable(one, now=now) else "",
            }
            for one in kind.merged().filter(undone_at=None)[:LATEST]
        ],
        "now": now,
    }
    return render(request, "leads/duplicates/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*MANAGING)
def duplicate(request: SignedInRequest, public_id: uuid.UUID, kind: Kind) -> HttpResponse:
    """Two records side by side (GET); makes them one with the values that were chosen (POST)."""
    pair = _pair(kind, public_id)
    survivor, merged = kind.survivor_of(pair.one, pair.other)  # type: ignore[attr-defined]
    if request.method == "POST":
        names = {*kind.choosable, *(name for name, _field in kind.own_fields())}
        chosen = {name for name in names if request.POST.get(name) == "gone"}
        return _merge(request, kind, (survivor.pk, merged.pk), chosen)
    _count_leads(kind, pair)
    context = {
        **_head(kind, str(kind.question)),
        "pair": pair,
        "survivor": survivor,
        "survivor_url": kind.page_of(survivor),
        "merged": merged,
        "merged_url": kind.page_of(merged),
        "rows": [*_rows(kind, survivor, merged), *_own_rows(kind, survivor, merged, request.user)],
        "reasons": kind.finder.words(pair.reasons),
        "two_url": kind.address("not_the_same", pair.public_id),
        "now": clock.now(),
    }
    return render(request, "leads/duplicates/pair.html", context)


@require_POST
@role_required(*MANAGING)
def not_the_same(request: SignedInRequest, public_id: uuid.UUID, kind: Kind) -> HttpResponse:
    """They are two; that is remembered."""
    finding.dismiss(_pair(kind, public_id), person_id=request.user.pk, now=clock.now())
    messages.info(request, _("They stay two records, and are not shown here again."))
    return redirect(kind.address("duplicates"))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*MANAGING)
def merge_certain(request: SignedInRequest, kind: Kind) -> HttpResponse:
    """Asks whether all certain pairs are to be merged (GET), and merges them (POST)."""
    certain = kind.waiting().filter(is_certain=True)
    if request.method == "POST":
        done = _merge_each(kind, list(certain.values_list("one_id", "other_id")[:MOST_AT_ONCE]), request)
        told = ngettext("%(count)s pair was merged.", "%(count)s pairs were merged.", done)
        messages.info(request, told % {"count": number(done)})
        return redirect(kind.address("duplicates"))
    count = certain.count()
    context = {
        **_head(kind, _("Merge what is certain")),
        "question": ngettext("Merge %(count)s pair?", "Merge %(count)s pairs?", count) % {"count": number(count)},
        "consequences": [
            kind.certain,
            _("The record that was here first stays, and what it does not know it gets from the other one."),
            _("At most %(most)s pairs at a time. Each can be undone for 30 days.") % {"most": MOST_AT_ONCE},
        ],
    }
    return render(request, "leads/duplicates/confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*MANAGING)
def undo_merge(request: SignedInRequest, public_id: uuid.UUID, kind: Kind) -> HttpResponse:
    """Asks whether the two are to be two again (GET), and takes them apart (POST)."""
    stored: Any = get_object_or_404(kind.merged(public_id))
    if request.method == "POST":
        try:
            back = kind.undo(merge_id=stored.pk, agent=Agent(user=request.user), now=clock.now())
        except NotMergeable as refusal:
            messages.error(request, str(refusal))
            return redirect(kind.page_of(stored.survivor) or kind.address("duplicates"))
        messages.info(request, _("The two are two records again."))
        return redirect(kind.page_of(back) or kind.address("duplicates"))
    context = {
        **_head(kind, _("Undo the merge")),
        "question": _("Make two records of %(name)s again?") % {"name": stored.survivor.name},
        "consequences": [
            _("What the other record had goes back to it; what came since stays where it is."),
            _("What somebody changed since the merge stays as it is now."),
        ],
    }
    return render(request, "leads/duplicates/confirm.html", context)


def _head(kind: Kind, title: str) -> dict[str, object]:
    return {"title": title, "kind": kind, "list_url": kind.address("duplicates")}


def _merge(request: SignedInRequest, kind: Kind, ids: tuple[int, int], chosen: set[str]) -> HttpResponse:
    try:
        stored: Any = kind.merge(ids, chosen=chosen, agent=Agent(user=request.user), now=clock.now())
    except NotMergeable as refusal:
        messages.error(request, str(refusal))
        return redirect(kind.address("duplicates"))
    messages.info(request, _("The two are one record now. This can be undone for 30 days."))
    return redirect(kind.page_of(stored.survivor) or kind.address("duplicates"))


def _merge_each(kind: Kind, pairs: list[tuple[int, int]], request: SignedInRequest) -> int:
    """Each in a transaction of its own: one that was merged meanwhile does not stop the others."""
    done = 0
    for pair in pairs:
        try:
            kind.merge(pair, chosen=(), agent=Agent(user=request.user), now=clock.now())
        except NotMergeable:
            continue
        done += 1
    return done


def _pair(kind: Kind, public_id: uuid.UUID) -> DuplicateBase:
    pair: DuplicateBase = get_object_or_404(kind.waiting(), public_id=public_id)
    return pair


def _count_leads(kind: Kind, *pairs: Any) -> None:
    if kind.about == About.COMPANY:
        with_counts([record for pair in pairs for record in (pair.one, pair.other)])


def _rows(kind: Kind, survivor: Any, merged: Any) -> list[Row]:
    rows = []
    for name in kind.shown:
        label = kind.finder.model._meta.get_field(name).verbose_name  # type: ignore[union-attr]  # noqa: SLF001
        values = [getattr(record, name.removesuffix("_id")) for record in (survivor, merged)]
        rows.append(_row(name, label, values, may_choose=name in kind.choosable))
    return rows


def _own_rows(kind: Kind, survivor: Any, merged: Any, reader: User) -> list[Row]:
    """Custom fields of which something is known and the reader may see."""
    may_see_all = reader.has_role(*MAY_SEE_SENSITIVE)
    rows = []
    for name, field in kind.own_fields():
        values = [record.custom.get(name.removeprefix(CUSTOM)) for record in (survivor, merged)]
        if any(value is not None for value in values) and (may_see_all or not field.is_sensitive):
            words = [field.words(value) if value is not None else "" for value in values]
            rows.append(_row(name, field.label, words, may_choose=True))
    return rows


def _row(name: str, label: Any, values: list[Any], *, may_choose: bool) -> Row:
    one, other = values
    is_known = all(value not in (None, "") for value in values)
    return Row(name, label, one, other, is_choice=may_choose and is_known and one != other)
