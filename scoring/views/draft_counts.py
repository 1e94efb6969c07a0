"""What a draft would mean, while somebody writes it: beside a rule, and of the whole in the margin."""

from typing import Final

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING, MANAGING
from lib import clock
from lib.pages import page_or_part
from lib.time_limits import TookTooLong, statements_within
from scoring.criteria.part_forms import RULE_PARTS, BehaviourPart, part_form
from scoring.criteria.refusals import problems_of
from scoring.criteria.rule_words import rule_sentence
from scoring.engine.definition import in_force, load
from scoring.models import Criteria, Rule
from scoring.models.criteria import EDITABLE
from scoring.views.version_page import version_of
from scoring.whatif.matching import Matching, matching_by_rule, matching_of
from scoring.whatif.sample import draw
from scoring.whatif.shown import drawn_from, figure, foretold, margin_figures
from scoring.whatif.version import best_known

# The whole draft is asked once a change, not at each key.
PATIENCE: Final = 4.0


@require_POST
@role_required(*EDITING)
def matching(request: SignedInRequest, number: int, kind: str) -> HttpResponse:
    """The rule that is being written as a sentence, and whom it matches now. Nothing is stored."""
    if kind not in RULE_PARTS:
        raise Http404
    criteria = version_of(number)
    rule = Rule(criteria=criteria, kind=kind)
    form = part_form(rule, request.POST)
    context: dict[str, object] = {}
    if form.is_valid():
        parts = list(form.cleaned_data.get("requires", ()))
        rule.is_enabled = True
        counted = matching_of(rule, parts=parts, criteria=criteria, now=clock.now())
        context = {
            "sentence": "" if parts else rule_sentence(rule),
            "words": matching_words(counted)
            if counted
            else _("Counting takes too long for this rule; the what-if counts it."),
        }
    else:
        context = {"problem": _first_problem(form)}
    return render(request, "scoring/criteria/editor/_matching.html", context)


@require_safe
@role_required(*EDITING)
def margin(request: SignedInRequest, number: int) -> HttpResponse:
    """MQLs by the draft and by what is in force, and what that means a day; whom each rule matches comes with it."""
    criteria = version_of(number)
    context: dict[str, object] = {"criteria": criteria}
    if not problems_of(criteria) and criteria.state == Criteria.State.DRAFT:
        now = clock.now()
        sample = draw()
        try:
            with statements_within(PATIENCE):
                answer = best_known(criteria, leads=sample.leads, now=now)
                by_rule = matching_by_rule(load(criteria), sample, now=now)
        except TookTooLong:
            context["is_long"] = True
        else:
            context |= {
                "figures": margin_figures(answer),
                "note": "" if answer.scale.is_exact else drawn_from(answer.scale),
                "in_force": in_force(),
                "leads": sample.leads,
                "matching": [(key, short_words(one)) for key, one in by_rule.items()],
            }
    return render(request, "scoring/criteria/editor/_margin.html", context)


@require_safe
@role_required(*MANAGING)
def meaning(request: SignedInRequest, number: int) -> HttpResponse:
    """How many leads would newly qualify by a version, in sentences, for whoever is asked to propose or sign it."""
    criteria = version_of(number)
    context: dict[str, object] = {
        "title": _("What version %(number)d would mean") % {"number": number},
        "criteria": criteria,
        "sentences": [],
    }
    if not problems_of(criteria) and criteria.state in EDITABLE:
        try:
            with statements_within(PATIENCE):
                leads = draw().leads
                context["sentences"] = foretold(best_known(criteria, leads=leads, now=clock.now()))
                context["leads"] = leads
        except TookTooLong:
            context["is_long"] = True
    return page_or_part(request, "scoring/criteria/meaning.html", "scoring/criteria/_meaning.html", context)


@require_safe
@role_required(*EDITING)
def suggested(request: SignedInRequest, number: int, what: str) -> HttpResponse:
    """Pages, content or campaigns that hold what is typed, for the list below a field."""
    if what not in ("page", "asset", "campaign"):
        raise Http404
    field = BehaviourPart.base_fields[what]
    context = {"suggested": field.suggested(request.GET.get(what, "")[:200])}  # type: ignore[attr-defined]
    return render(request, "scoring/criteria/editor/_suggested.html", context)


def matching_words(counted: Matching) -> str:
    """ "312 leads match now. 14 of them are customers." """
    leads = ngettext("%(leads)s lead matches now.", "%(leads)s leads match now.", counted.leads)
    customers = ngettext("%(count)s of them is a customer.", "%(count)s of them are customers.", counted.customers)
    numbers = {"leads": figure(counted.scale, counted.leads), "count": figure(counted.scale, counted.customers)}
    return f"{leads % numbers} {customers % numbers}"


def short_words(counted: Matching) -> str:
    """The same beside a sentence."""
    leads = ngettext("%(leads)s lead", "%(leads)s leads", counted.leads) % {
        "leads": figure(counted.scale, counted.leads)
    }
    customers = ngettext("%(count)s customer", "%(count)s customers", counted.customers)
    return f"{leads}, {customers % {'count': figure(counted.scale, counted.customers)}}"


def _first_problem(form: Form) -> str:
    """Of what was written; what is still to come is no problem yet, nor is the name, which nothing is counted by."""
    written = (
        sentence
        for name, errors in form.errors.as_data().items()
        for error in errors
        if name != "name" and error.code not in ("required", "blank", "null")
        for sentence in error.messages
    )
    return next(written, "")
