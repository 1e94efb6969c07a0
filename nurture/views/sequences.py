"""Sequences: all of them, one with its steps and figures, its rules, and starting, pausing and stopping it."""

import uuid
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING, ROLES
from leads.models import Lead
from leads.normalise import Refusal
from lib import clock
from lib.numbers import number
from lib.pages import page_of
from nurture.access import access_sequence, may_edit
from nurture.models import Enrolment, Sequence, SequenceVersion
from nurture.segments.conditions import Unreadable, sentence
from nurture.sequence_forms import RulesForm
from nurture.sequences import editing
from nurture.sequences.checks import Problem, problems
from nurture.sequences.dry_run import dry_run
from nurture.sequences.editing import Changed, NotReady
from nurture.sequences.outline import outline

A_PAGE: Final = 50
may_write = require_http_methods(["GET", "HEAD", "POST"])
CHANGED: Final = gettext_lazy("Somebody changed it meanwhile. Look at it, and save again what you want.")
OPEN, DONE, LEFT = "open", "done", "left"
# Of the list of enrolments: which are shown.
SHOWN: Final[dict[str, tuple[str | Promise, Q]]] = {
    OPEN: (gettext_lazy("In it"), Q(ended_at=None)),
    DONE: (gettext_lazy("Done"), Q(state=Enrolment.State.DONE)),
    LEFT: (gettext_lazy("Left early"), Q(state=Enrolment.State.LEFT)),
}


@require_safe
@role_required(*ROLES)
def sequence_list(request: SignedInRequest) -> HttpResponse:
    """All sequences by name, each with how many are in it, came to its end, reached its goal, and left."""
    page = page_of(request, Sequence.objects.all(), A_PAGE)
    counts = _counts([one.pk for one in page.object_list])
    rows = [{"sequence": one, "counts": counts.get(one.pk, {})} for one in page.object_list]
    context = {"title": _("Sequences"), "rows": rows, "page": page, "may_edit": may_edit(request.user)}
    return render(request, "nurture/sequences/list.html", context)


@require_safe
@role_required(*ROLES)
def sequence_detail(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """One of them: what it is for, its steps with how many are at each, and what can be done with it."""
    sequence = access_sequence(request.user, public_id)
    versions = {one.state: one for one in sequence.versions.order_by("number")}
    draft = versions.get(SequenceVersion.State.DRAFT)
    in_force = versions.get(SequenceVersion.State.IN_FORCE)
    shown = in_force or draft
    earlier = Enrolment.objects.open().filter(sequence=sequence).exclude(version=in_force).count() if in_force else 0
    context = {
        "title": sequence.name,
        "sequence": sequence,
        "draft": draft,
        "in_force": in_force,
        "lines": outline(shown, counted=in_force is not None) if shown else [],
        "earlier": earlier,
        "figures": _figures(sequence, _counts([sequence.pk]).get(sequence.pk, {})),
        "rules": _rule_words(sequence),
        "may_edit": may_edit(request.user),
    }
    return render(request, "nurture/sequences/detail.html", context)


@may_write
@role_required(*EDITING)
def sequence_new(request: SignedInRequest) -> HttpResponse:
    """Asks for its name and rules; its steps come next."""
    form = RulesForm(request.POST or None, initial=RulesForm.initial_of(None))
    if request.method == "POST" and form.is_valid():
        try:
            sequence = editing.make(form.rules(goal="", exit_when=""), actor=request.user, now=clock.now())
        except Refusal as refusal:
            form.add_error("name", refusal.message)
        else:
            return redirect("sequences:steps", sequence.public_id)
    context = {"title": _("New sequence"), "form": form, "cancel_url": reverse("sequences:list")}
    return render(request, "nurture/sequences/rules.html", context, status=422 if form.errors else 200)


@may_write
@role_required(*EDITING)
def sequence_change(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Another name, other rules."""
    sequence = access_sequence(request.user, public_id, to="edit")
    form = RulesForm(request.POST or None, initial=RulesForm.initial_of(sequence))
    if request.method == "POST" and form.is_valid():
        rules = form.rules(goal=sequence.goal, exit_when=sequence.exit_when)
        try:
            editing.change(sequence.pk, rules, seen_at=seen(request, sequence.changed_at), now=clock.now())
        except Refusal as refusal:
            form.add_error("name", refusal.message)
        except Changed:
            form.add_error(None, str(CHANGED))
            sequence.refresh_from_db()
        else:
            return redirect("sequences:detail", sequence.public_id)
    context = {
        "title": _("Change “%(name)s”") % {"name": sequence.name},
        "form": form,
        "sequence": sequence,
        "cancel_url": reverse("sequences:detail", args=[sequence.public_id]),
    }
    return render(request, "nurture/sequences/rules.html", context, status=422 if form.errors else 200)


@may_write
@role_required(*EDITING)
def sequence_start(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Shows what would happen, and what is wrong (GET); starts it (POST)."""
    sequence = access_sequence(request.user, public_id, to="edit")
    draft = sequence.versions.filter(state=SequenceVersion.State.DRAFT).first()
    if draft is None:
        return redirect("sequences:detail", sequence.public_id)
    now, wrong, status = clock.now(), problems(sequence, draft.steps), 200
    if request.method == "POST":
        try:
            editing.start(
                sequence.pk,
                seen_at=seen(request, draft.changed_at),
                with_members=request.POST.get("with_members") == "yes",
                actor=request.user,
                now=now,
            )
        except NotReady as not_ready:
            wrong, status = list(not_ready.problems), 422
        except Changed:
            wrong, status = [Problem("", str(CHANGED))], 422
        else:
            messages.info(request, _("“%(name)s” is running.") % {"name": sequence.name})
            return redirect("sequences:detail", sequence.public_id)
    context = {
        "title": _("Start “%(name)s”?") % {"name": sequence.name},
        "sequence": sequence,
        "draft": draft,
        "problems": wrong,
        "lines": outline(draft, problems=wrong, counted=False),
        "run": _foreseen(sequence, draft, wrong, now=now),
    }
    return render(request, "nurture/sequences/start.html", context, status=status)


@require_POST
@role_required(*EDITING)
def sequence_halt(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Nobody takes a step until it goes on."""
    sequence = access_sequence(request.user, public_id, to="edit")
    if editing.halt(sequence.pk, now=clock.now()):
        messages.info(request, _("“%(name)s” is paused for everybody.") % {"name": sequence.name})
    return redirect("sequences:detail", sequence.public_id)


@require_POST
@role_required(*EDITING)
def sequence_go_on(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Everybody goes on where they were."""
    sequence = access_sequence(request.user, public_id, to="edit")
    if editing.go_on(sequence.pk, now=clock.now()):
        messages.info(request, _("“%(name)s” goes on.") % {"name": sequence.name})
    return redirect("sequences:detail", sequence.public_id)


@may_write
@role_required(*EDITING)
def sequence_stop(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Asks first (GET). A draft is deleted, what was started ends for everybody."""
    sequence = access_sequence(request.user, public_id, to="edit")
    is_draft = sequence.state == Sequence.State.DRAFT
    if request.method == "POST":
        return _end(request, sequence, is_draft=is_draft)
    inside = Enrolment.objects.open().filter(sequence=sequence).count()
    words = ngettext("%(count)s lead leaves it.", "%(count)s leads leave it.", inside)
    context = {
        "title": (_("Delete “%(name)s”?") if is_draft else _("Stop “%(name)s”?")) % {"name": sequence.name},
        "sequence": sequence,
        "consequences": []
        if is_draft
        else [
            words % {"count": number(inside)},
            _("It cannot be started again. What it did stays."),
        ],
        "action": _("Delete it") if is_draft else _("Stop it for everybody"),
        "cancel_url": reverse("sequences:detail", args=[sequence.public_id]),
    }
    return render(request, "nurture/sequences/stop.html", context)


@require_safe
@role_required(*ROLES)
def enrolment_list(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The leads that are in it, came to the end or left, of those this person sees, the newest first."""
    sequence = access_sequence(request.user, public_id)
    shown = request.GET.get("shown", OPEN)
    shown = shown if shown in SHOWN else OPEN
    visible = Lead.objects.visible_to(request.user).order_by().values("pk")
    rows = Enrolment.objects.filter(SHOWN[shown][1], sequence=sequence, lead__in=visible)
    here = reverse("sequences:enrolments", args=[sequence.public_id])
    context = {
        "title": _("Leads of “%(name)s”") % {"name": sequence.name},
        "sequence": sequence,
        "page": page_of(request, rows.select_related("lead", "version"), A_PAGE),
        "tabs": [
            {"label": label, "url": f"{here}?shown={key}", "is_current": key == shown}
            for key, (label, _q) in SHOWN.items()
        ],
        "may_edit": may_edit(request.user),
        "now": clock.now(),
    }
    return render(request, "nurture/sequences/enrolments.html", context)


def seen(request: SignedInRequest, stored: datetime) -> datetime:
    """The state that was looked at; who sends none means the one that is there."""
    try:
        return parse_datetime(request.POST.get("seen_at", "")) or stored
    except ValueError:
        return stored


def _end(request: SignedInRequest, sequence: Sequence, *, is_draft: bool) -> HttpResponse:
    if not is_draft:
        if editing.stop(sequence.pk, now=clock.now()):
            messages.info(request, _("“%(name)s” is stopped for everybody.") % {"name": sequence.name})
        return redirect("sequences:detail", sequence.public_id)
    try:
        editing.delete(sequence.pk)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("sequences:detail", sequence.public_id)
    messages.info(request, _("“%(name)s” is deleted.") % {"name": sequence.name})
    return redirect("sequences:list")


def _foreseen(sequence: Sequence, draft: SequenceVersion, wrong: list[Problem], *, now: datetime) -> object:
    """What would happen; nothing is foreseen of steps that cannot be started."""
    if wrong:
        return None
    try:
        return dry_run(sequence, draft, now=now)
    except Unreadable:  # said among the problems
        return None


def _counts(sequence_ids: list[int]) -> dict[int, dict[str, int]]:
    rows = Enrolment.objects.filter(sequence__in=sequence_ids).order_by().values("sequence_id")
    counted = rows.annotate(
        inside=Count("pk", filter=Q(ended_at=None)),
        paused=Count("pk", filter=Q(state=Enrolment.State.PAUSED)),
        done=Count("pk", filter=Q(state=Enrolment.State.DONE)),
        goal=Count("pk", filter=Q(reason=Enrolment.Reason.GOAL)),
        gone=Count("pk", filter=Q(state=Enrolment.State.LEFT)),
    )
    return {
        row["sequence_id"]: {name: row[name] for name in ("inside", "paused", "done", "goal", "gone")}
        for row in counted
    }


def _figures(sequence: Sequence, counts: dict[str, int]) -> list[dict[str, object]]:
    here = reverse("sequences:enrolments", args=[sequence.public_id])
    paused = counts.get("paused", 0)
    note = ngettext("%(count)s of them with sales", "%(count)s of them with sales", paused)
    return [
        {
            "label": _("In it now"),
            "value": number(counts.get("inside", 0)),
            "url": f"{here}?shown={OPEN}",
            "note": note % {"count": number(paused)} if paused else "",
        },
        {"label": _("Done"), "value": number(counts.get("done", 0)), "url": f"{here}?shown={DONE}"},
        {"label": _("Of these at the goal"), "value": number(counts.get("goal", 0))},
        {"label": _("Left early"), "value": number(counts.get("gone", 0)), "url": f"{here}?shown={LEFT}"},
    ]


def _rule_words(sequence: Sequence) -> list[tuple[str, str, str]]:
    """What is said beside its steps, each with its label and the name of the page on which it is changed."""
    return [
        (_("Who enters"), _entry_words(sequence), ""),
        (_("Goal"), _conditions_words(sequence.goal), "sequences:goal"),
        (_("Leave when"), _conditions_words(sequence.exit_when), "sequences:exit"),
        (_("Who was in it before"), _reentry_words(sequence), ""),
        (_("When sales gives a lead back"), str(sequence.get_on_return_display()), ""),
    ]


def _conditions_words(query: str) -> str:
    return _("Leads %(conditions)s.") % {"conditions": sentence(query)} if query else _("Nothing is said.")


def _entry_words(sequence: Sequence) -> str:
    if sequence.segment:
        return _("Who enters “%(segment)s”.") % {"segment": sequence.segment.name}
    if sequence.entry == Sequence.Entry.RETURN:
        reasons = [reason.name for reason in sequence.reasons.all()]
        reasons += [_("nobody answered in time")] if sequence.on_breach else []
        return _("Who is given back by sales: %(reasons)s.") % {"reasons": ", ".join(reasons)}
    return _("Only by hand.")


def _reentry_words(sequence: Sequence) -> str:
    days = sequence.reentry_days
    if days:
        words = ngettext("Enters again after %(days)s day.", "Enters again after %(days)s days.", days)
        return words % {"days": number(days)}
    return str(sequence.get_reentry_display())
