"""A draft written on its page: each sentence opens in place, or, without JavaScript, on the page with it open.

A change answers htmx with all the sentences, drawn anew, and everybody else with the page. What cannot be stored is
answered with the form as it was typed: 422 when it is wrong, 409 when somebody else was first.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget, trigger_client_event

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING
from lib.pages import wants_part
from scoring.criteria import arranging, rule_words
from scoring.criteria.content import with_content
from scoring.criteria.editing import EditRefused, NotADraft, PartGone, held_draft, remove, save_part, switch
from scoring.criteria.part_forms import part_form
from scoring.criteria.undoing import changed, undo, whole
from scoring.models import Criteria, Rule, SourceBar
from scoring.views.draft_changes import forget_last, last_change, remember
from scoring.views.version_page import editor_context, version_context, version_of

WRITE: Final = ["GET", "HEAD", "POST"]
Find = Callable[[Criteria], Criteria | Rule | SourceBar]


@require_http_methods(WRITE)
@role_required(*EDITING)
def settings(request: SignedInRequest, number: int) -> HttpResponse:
    """The sentence, the threshold and what else holds for the whole version."""
    return _write(request, number, lambda draft: draft, _("Changed what holds for every lead"))


@require_http_methods(WRITE)
@role_required(*EDITING)
def rule(request: SignedInRequest, number: int, rule_id: int) -> HttpResponse:
    """One rule of the draft."""
    return _write(request, number, partial(_rule_of, rule_id=rule_id), _("Changed “%(name)s”"))


@require_http_methods(WRITE)
@role_required(*EDITING)
def new_rule(request: SignedInRequest, number: int, kind: str) -> HttpResponse:
    """A rule that is not there yet."""
    if kind not in Rule.Kind.values:
        raise Http404
    return _write(request, number, lambda draft: Rule(criteria=draft, kind=kind), _("Added “%(name)s”"))


@require_http_methods(WRITE)
@role_required(*EDITING)
def bar(request: SignedInRequest, number: int, bar_id: int) -> HttpResponse:
    """A higher threshold for one source."""
    return _write(request, number, partial(_bar_of, bar_id=bar_id), _("Changed a higher threshold"))


@require_http_methods(WRITE)
@role_required(*EDITING)
def new_bar(request: SignedInRequest, number: int) -> HttpResponse:
    """A higher threshold that is not there yet."""
    return _write(request, number, lambda draft: SourceBar(criteria=draft), _("Added a higher threshold"))


@require_POST
@role_required(*EDITING)
def arrange(request: SignedInRequest, number: int, rule_id: int) -> HttpResponse:
    """Moves a rule up or down or before another one, copies it, puts it out of use and back, or deletes it."""
    do = DO.get(request.POST.get("do", ""))
    if do is None:
        raise Http404

    def act(draft: Criteria) -> str:
        one = _rule_of(draft, rule_id)
        return str(do(one, request)) % {"name": one.name}

    return _change(request, number, act)


@require_POST
@role_required(*EDITING)
def remove_bar(request: SignedInRequest, number: int, bar_id: int) -> HttpResponse:
    def act(draft: Criteria) -> str:
        remove(_bar_of(draft, bar_id))
        return _("Deleted a higher threshold")

    return _change(request, number, act)


@require_POST
@role_required(*EDITING)
def undo_last(request: SignedInRequest, number: int) -> HttpResponse:
    """Takes back what this person did last to this draft."""
    try:
        with transaction.atomic():
            draft = _held(number)
            change = last_change(request, draft)
            # What this person saw, not what they did since from another tab.
            if change is not None and request.POST.get("what", change.words) == change.words:
                forget_last(request, draft)
                undo(draft, change)
    except EditRefused as refused:
        messages.warning(request, str(refused))
    return _drawn(request, number)


# --- how a part is written ------------------------------------------------------------------------------


def _write(request: SignedInRequest, number: int, find: Find, words: str) -> HttpResponse:
    """Shows the form of a part (GET) or stores it (POST)."""
    try:
        return _store(request, number, find, words) if request.method == "POST" else _open(request, number, find)
    except PartGone as gone:
        return _again(request, number, gone)
    except NotADraft as refused:
        return _lost(request, number, refused)


def _open(request: SignedInRequest, number: int, find: Find) -> HttpResponse:
    criteria = version_of(number)
    if criteria.state != Criteria.State.DRAFT:
        return redirect("scoring:version", number)
    return _opened(request, criteria, part_form(find(criteria)))


def _store(request: SignedInRequest, number: int, find: Find, words: str) -> HttpResponse:
    """Stores a part as it was typed, unless it is wrong or somebody else was first."""
    with transaction.atomic():
        draft = _held(number)
        before = whole(draft)  # first of all: checking the form fills the part it is about
        form = part_form(find(draft), request.POST)
        if form.is_stale:
            return _first(request, number, form)
        if not form.is_valid():
            return _opened(request, version_of(number), form, status=422)
        try:
            part = save_part(draft, form)
        except EditRefused as refused:
            form.add_error(None, str(refused))
            return _opened(request, version_of(number), form, status=422)
        words = words % {"name": part.name} if isinstance(part, Rule) else words
        remember(request, draft, changed(words, was=before, now_is=whole(draft)))
    return _drawn(request, number, at=_place(part))


def _first(request: SignedInRequest, number: int, form: Any) -> HttpResponse:
    """Somebody else was first: both texts, and the form as it was typed. Whoever saves again replaces theirs."""
    criteria = version_of(number)
    parts = [*criteria.rules.all(), *criteria.source_bars.all()]
    stored = next((each for each in parts if each == form.instance), criteria)
    form.is_valid()
    form.theirs, form.yours = _text(stored), _text(form.instance)
    form.data = _typed(request, seen=form.digest)
    return _opened(request, criteria, form, status=409)


def _again(request: SignedInRequest, number: int, gone: PartGone) -> HttpResponse:
    """Somebody deleted it meanwhile: what was typed becomes a new one, if it is saved."""
    if request.method != "POST":
        messages.warning(request, str(gone))
        return _drawn(request, number)
    criteria = version_of(number)
    kind = request.POST.get("kind", "")
    part = Rule(criteria=criteria, kind=kind) if kind in Rule.Kind.values else SourceBar(criteria=criteria)
    form = part_form(part, _typed(request, seen=""))
    form.theirs = str(gone)
    return _opened(request, criteria, form, status=409)


def _typed(request: SignedInRequest, *, seen: str) -> QueryDict:
    """What was typed, now that the person sees what somebody else did."""
    data = request.POST.copy()
    data["seen"] = seen
    return data


def _lost(request: SignedInRequest, number: int, refused: NotADraft) -> HttpResponse:
    """It is no draft any more: the page as it is, and what was typed as text."""
    criteria = version_of(number)
    typed = [f"{name}: {', '.join(values)}" for name, values in request.POST.lists() if name not in HIDDEN]
    context = {**version_context(request, request.user, criteria), "refusal": refused, "typed": typed}
    response = render(request, "scoring/criteria/version.html", context, status=409)
    if not wants_part(request):
        return response
    response["HX-Reselect"] = "#main"
    return reswap(retarget(response, "#main"), "outerHTML")


HIDDEN: Final = ("csrfmiddlewaretoken", "seen", "kind")


def _text(part: Any) -> str:
    match part:
        case Rule():
            return f"{part.name}. {rule_words.rule_sentence(part)}"
        case SourceBar():
            return rule_words.bar_sentence(part)
    return _("%(sentence)s Threshold: %(threshold)s.") % {"sentence": part.sentence, "threshold": part.threshold}


# --- how a draft is arranged ----------------------------------------------------------------------------


def _change(request: SignedInRequest, number: int, act: Callable[[Criteria], str]) -> HttpResponse:
    """Does it to the held draft, remembers it, and draws the sentences; a refusal is said above them."""
    try:
        with transaction.atomic():
            draft = _held(number)
            before = whole(draft)
            words = act(draft)
            remember(request, draft, changed(words, was=before, now_is=whole(draft)))
    except (EditRefused, arranging.NotArranged) as refused:
        messages.warning(request, str(refused))
    return _drawn(request, number)


def _up(one: Rule, _request: SignedInRequest) -> str:
    arranging.move(one, by=-1)
    return _("Moved “%(name)s”")


def _down(one: Rule, _request: SignedInRequest) -> str:
    arranging.move(one, by=1)
    return _("Moved “%(name)s”")


def _place_before(one: Rule, request: SignedInRequest) -> str:
    """Dragged: before the rule of this key, or to the end."""
    before = request.POST.get("before", "")
    arranging.place(one, before=int(before) if before.isdecimal() and len(before) < 19 else None)
    return _("Moved “%(name)s”")


def _copy(one: Rule, _request: SignedInRequest) -> str:
    arranging.copy_rule(one)
    return _("Copied “%(name)s”")


def _switch(one: Rule, _request: SignedInRequest) -> str:
    switch(one)
    return _("Put “%(name)s” to use") if one.is_enabled else _("Put “%(name)s” out of use")


def _remove(one: Rule, _request: SignedInRequest) -> str:
    remove(one)
    return _("Deleted “%(name)s”")


DO: Final[dict[str, Callable[[Rule, SignedInRequest], str]]] = {
    "up": _up,
    "down": _down,
    "place": _place_before,
    "copy": _copy,
    "switch": _switch,
    "remove": _remove,
}


def _held(number: int) -> Criteria:
    try:
        return held_draft(number)
    except Criteria.DoesNotExist:
        raise Http404 from None


def _rule_of(draft: Criteria, rule_id: int) -> Rule:
    part = Rule.objects.filter(criteria=draft, pk=rule_id).first()
    if part is None:
        raise PartGone(_("Somebody deleted this rule. Save it to add it again."))
    return part


def _bar_of(draft: Criteria, bar_id: int) -> SourceBar:
    part = SourceBar.objects.filter(criteria=draft, pk=bar_id).first()
    if part is None:
        raise PartGone(_("Somebody deleted this higher threshold. Save it to add it again."))
    return part


# --- what is answered -----------------------------------------------------------------------------------


def _place(part: Criteria | Rule | SourceBar) -> str:
    """The id of the part on the page."""
    return f"rule-{part.pk}" if isinstance(part, Rule) else f"bar-{part.pk}" if isinstance(part, SourceBar) else "says"


def _opened(request: SignedInRequest, criteria: Criteria, form: Any, *, status: int = 200) -> HttpResponse:
    """The form in its place."""
    if wants_part(request):
        context = {"criteria": criteria, "form": form, "is_part": True}
        return render(request, "scoring/criteria/editor/_form.html", context, status=status)
    context = version_context(request, request.user, criteria, opened=form)
    return render(request, "scoring/criteria/version.html", context, status=status)


def _drawn(request: SignedInRequest, number: int, *, at: str = "says") -> HttpResponse:
    """After a change: all sentences to htmx, the page to everybody else."""
    if not wants_part(request):
        return redirect(f"{reverse('scoring:version', args=[number])}#{at}")
    draft = with_content(Criteria.objects.all()).get(number=number)
    if draft.state != Criteria.State.DRAFT:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    context = {**editor_context(request, draft), "is_part": True}
    response = render(request, "scoring/criteria/editor/_editor.html", context)
    return trigger_client_event(reswap(retarget(response, "#editor"), "outerHTML"), "draft-changed", after="settle")
