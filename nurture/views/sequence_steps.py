"""The draft of a sequence: its steps are added, changed, moved and taken away; its goal and what ends it early."""

import uuid
from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING
from leads.models import Lead
from lib import clock
from nurture.access import access_sequence
from nurture.models import Sequence, SequenceVersion
from nurture.segments.conditions import Conditions, cleaned, problem, sentence
from nurture.sequences import editing, tree
from nurture.sequences.checks import problems
from nurture.sequences.editing import Changed, Rules
from nurture.sequences.outline import outline
from nurture.sequences.steps import BRANCHES, KINDS, Malformed, StepKind
from nurture.sequences.tree import NoSuchStep, Place, Raw
from nurture.step_forms import FORMS, StepForm
from nurture.views.sequences import CHANGED, seen

PREFIX: Final = "step"
may_write = require_http_methods(["GET", "HEAD", "POST"])
MOVES: Final[dict[str, Callable[[list[Raw], str], list[Raw]]]] = {
    "up": lambda steps, step_id: tree.move(steps, step_id, -1),
    "down": lambda steps, step_id: tree.move(steps, step_id, 1),
    "remove": tree.remove,
}


@may_write
@role_required(*EDITING)
def steps(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The steps of the draft, each with what can be done with it; POST makes the draft of the next version."""
    sequence = access_sequence(request.user, public_id, to="edit")
    if request.method == "POST" and not sequence.is_stopped:
        editing.new_draft(sequence.pk, now=clock.now())
        return redirect("sequences:steps", sequence.public_id)
    draft = _draft(sequence)
    wrong = problems(sequence, draft.steps)
    context = {
        "title": _("Steps of “%(name)s”") % {"name": sequence.name},
        "sequence": sequence,
        "draft": draft,
        "lines": outline(draft, problems=wrong, counted=False),
        "problems": [one.text for one in wrong if not one.step],
        "kinds": list(KINDS.values()),
        "is_ready": not wrong,
    }
    return render(request, "nurture/sequences/steps.html", context)


@may_write
@role_required(*EDITING)
def step_add(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Asks which kind, then what it says; the place is in the address."""
    sequence = access_sequence(request.user, public_id, to="edit")
    draft, place = _draft(sequence), _place(request)
    kind = KINDS.get(request.GET.get("kind", ""))
    if kind is None:
        context = {
            "title": _("Add a step"),
            "sequence": sequence,
            "choices": [(one, _with(request.GET, kind=one.key)) for one in KINDS.values()],
        }
        return render(request, "nurture/sequences/kinds.html", context)
    versions = [version.steps for version in sequence.versions.all()]

    def added(says: dict[str, Any]) -> list[Raw]:
        return tree.insert(draft.steps, tree.new_step(kind, says, known=versions), place)

    title = _("Add: %(kind)s") % {"kind": kind.label}
    return _step_page(request, sequence, draft, kind, added, title=title)


@may_write
@role_required(*EDITING)
def step_change(request: SignedInRequest, public_id: uuid.UUID, step_id: str) -> HttpResponse:
    """What the step says is said anew."""
    sequence = access_sequence(request.user, public_id, to="edit")
    draft = _draft(sequence)
    try:
        raw = tree.find(draft.steps, step_id)
    except NoSuchStep as gone:
        raise Http404 from gone
    kind = KINDS[raw["kind"]]

    def changed(says: dict[str, Any]) -> list[Raw]:
        return tree.change(draft.steps, step_id, says)

    title = _("Change: %(kind)s") % {"kind": kind.label}
    return _step_page(request, sequence, draft, kind, changed, title=title, says=raw)


@require_POST
@role_required(*EDITING)
def step_move(request: SignedInRequest, public_id: uuid.UUID, step_id: str) -> HttpResponse:
    """Up, down, or away with all that is in its branches."""
    sequence = access_sequence(request.user, public_id, to="edit")
    draft, move = _draft(sequence), MOVES.get(request.POST.get("move", ""))
    try:
        if move is not None:
            steps_then = move(draft.steps, step_id)
            editing.save_steps(draft.pk, steps_then, seen_at=seen(request, draft.changed_at), now=clock.now())
    except (Changed, NoSuchStep):
        messages.error(request, str(CHANGED))
    return redirect("sequences:steps", sequence.public_id)


@may_write
@role_required(*EDITING)
def goal(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Who meets these conditions is done."""
    return _conditions_page(request, public_id, "goal", _("The goal of “%(name)s”"))


@may_write
@role_required(*EDITING)
def exit_when(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Who meets these conditions leaves."""
    return _conditions_page(request, public_id, "exit_when", _("What ends “%(name)s” early"))


def _conditions_page(request: SignedInRequest, public_id: uuid.UUID, column: str, title: str) -> HttpResponse:
    """Conditions of a sequence itself; without any, nothing is said."""
    sequence = access_sequence(request.user, public_id, to="edit")
    asked = QueryDict(request.POST.urlencode() if request.method == "POST" else getattr(sequence, column))
    query, trouble = cleaned(asked), ""
    if request.method == "POST" and not {"or", "count"} & set(request.POST):
        trouble = problem(query) if query else ""
        if not trouble:
            rules = Rules(
                **{name: getattr(sequence, name) for name in Rules.__dataclass_fields__ if name != "reasons"}
                | {column: query},
                reasons=list(sequence.reasons.values_list("pk", flat=True)),
            )
            try:
                editing.change(sequence.pk, rules, seen_at=seen(request, sequence.changed_at), now=clock.now())
            except Changed:
                trouble = str(CHANGED)
                sequence.refresh_from_db()
            else:
                return redirect("sequences:detail", sequence.public_id)
    context = {
        "title": title % {"name": sequence.name},
        "sequence": sequence,
        "seen_at": sequence.changed_at,
        "trouble": trouble,
        "cancel_url": reverse("sequences:detail", args=[sequence.public_id]),
        **_conditions(request, asked, query),
    }
    return render(request, "nurture/sequences/conditions.html", context, status=422 if trouble else 200)


def _step_page(
    request: SignedInRequest,
    sequence: Sequence,
    draft: SequenceVersion,
    kind: StepKind,
    steps_with: Callable[[dict[str, Any]], list[Raw]],
    *,
    title: str,
    says: Raw | None = None,
) -> HttpResponse:
    """The form of a kind of step, with conditions below it where it has some."""
    form_class = FORMS[kind]
    initial = form_class.initial_of(says) if says else None
    form = form_class(request.POST if request.method == "POST" else None, prefix=PREFIX, initial=initial)
    asked = QueryDict(request.POST.urlencode() if request.method == "POST" else (says or {}).get("query", ""))
    query = cleaned(_without_step(asked)) if form.has_conditions else ""
    is_saved = request.method == "POST" and not {"or", "count"} & set(request.POST)
    if is_saved and form.is_valid() and _is_sound(form, query):
        try:
            steps_then = steps_with(form.says(query))
            editing.save_steps(draft.pk, steps_then, seen_at=seen(request, draft.changed_at), now=clock.now())
        except Malformed as malformed:
            form.add_error(None, str(malformed))
        except (Changed, NoSuchStep):
            form.add_error(None, str(CHANGED))
            draft.refresh_from_db()
        else:
            return redirect("sequences:steps", sequence.public_id)
    context = {
        "title": title,
        "sequence": sequence,
        "form": form,
        "seen_at": draft.changed_at,
        "cancel_url": reverse("sequences:steps", args=[sequence.public_id]),
        **(_conditions(request, asked, query) if form.has_conditions else {}),
    }
    return render(request, "nurture/sequences/step.html", context, status=422 if is_saved and form.errors else 200)


def _is_sound(form: StepForm, query: str) -> bool:
    """Whether the conditions can be read, and are there where they are all it says."""
    if form.has_conditions and query and (trouble := problem(query)):
        form.add_error(None, trouble)
    says_activity = bool(form.cleaned_data.get("activity"))
    if form.has_conditions and bool(query) == says_activity:
        words = _("Say either an activity or conditions, not both.") if query else _("Say at least one condition.")
        form.add_error(None, words)
    return not form.errors


def _conditions(request: SignedInRequest, asked: QueryDict, query: str) -> dict[str, object]:
    """The forms of the conditions, and what they say."""
    conditions = Conditions(_without_step(asked), leads=Lead.objects.none())
    conditions.qs.exists()  # what cannot be read is told at its field
    more = conditions.one_more() if "or" in request.POST else None
    return {
        "groups": [*conditions.by_number.values(), *([more] if more else [])],
        "may_have_more": bool(conditions.free) and more is None,
        "sentence": sentence(query),
    }


def _without_step(asked: QueryDict) -> QueryDict:
    """What is asked about the leads, without what the step itself says."""
    conditions = asked.copy()
    for name in list(conditions):
        if name.startswith(f"{PREFIX}-"):
            del conditions[name]
    return conditions


def _draft(sequence: Sequence) -> SequenceVersion:
    draft = sequence.versions.filter(state=SequenceVersion.State.DRAFT).first()
    if draft is None:
        raise Http404
    return draft


def _place(request: SignedInRequest) -> Place:
    branch = request.GET.get("branch", "")
    into = request.GET.get("into", "") if branch in BRANCHES else ""
    return Place(after=request.GET.get("after", ""), into=into, branch=branch)


def _with(asked: QueryDict, **values: str) -> str:
    parameters = asked.copy()
    for name, value in values.items():
        parameters[name] = value
    return parameters.urlencode()
