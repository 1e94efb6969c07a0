"""The routing rules as pages: the list in its order, one rule, and what removing it means."""

from collections.abc import Sequence
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ADMINISTRATOR, MANAGING, SALES_MANAGER
from handoff.models import RoutingRule
from handoff.routing import editing
from handoff.routing.rule_words import conditions, whom
from handoff.routing.rules import Rule
from handoff.routing.tallying import facts_of_lately, tally
from handoff.views.routing.forms import RuleForm
from handoff.views.tabs import tabs
from lib.numbers import number

MAY_CHANGE: Final = (SALES_MANAGER, ADMINISTRATOR)


@require_safe
@role_required(*MANAGING)
def rules(request: SignedInRequest) -> HttpResponse:
    """Every rule in its order, and of how many leads of lately it decides."""
    in_order = editing.rules_in_order()
    counted = tally([editing.as_asked(rule) for rule in in_order if rule.is_active], facts_of_lately())
    context = {
        "title": _("Routing rules"),
        "tabs": tabs("dry_run", request.user),
        "rules": [
            (rule, conditions(rule), whom(rule), counted.by_rule.get(rule.pk, 0) if rule.is_active else None)
            for rule in in_order
        ],
        "leads": counted.leads,
        "by_none": counted.by_rule.get(None, 0),
        "may_change": request.user.has_role(*MAY_CHANGE),
    }
    return render(request, "handoff/routing/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*MAY_CHANGE)
def rule_new(request: SignedInRequest) -> HttpResponse:
    """A rule that is asked after all others."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*MAY_CHANGE)
def rule_edit(request: SignedInRequest, rule_id: int) -> HttpResponse:
    """One rule."""
    return _edit(request, get_object_or_404(RoutingRule, pk=rule_id))


@require_POST
@role_required(*MAY_CHANGE)
def rule_move(request: SignedInRequest, rule_id: int) -> HttpResponse:
    """One place earlier or later."""
    try:
        editing.move(rule_id=rule_id, earlier=request.POST.get("to") == "earlier")
    except editing.Gone:
        messages.error(request, _gone())
    return redirect(f"{reverse('handoff:rules')}#rule-{rule_id}")


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*MAY_CHANGE)
def rule_remove(request: SignedInRequest, rule_id: int) -> HttpResponse:
    """What removing it means (GET), and doing it (POST)."""
    rule = get_object_or_404(RoutingRule, pk=rule_id)
    if request.method == "POST":
        try:
            editing.remove(rule_id=rule_id, seen=request.POST.get("seen", "") or "none")
        except editing.Gone:
            messages.error(request, _gone())
        except editing.ChangedMeanwhile as changed:
            messages.error(request, str(changed))
            return redirect("handoff:rule_remove", rule_id)
        else:
            messages.info(request, _("The rule “%(rule)s” is gone.") % {"rule": rule})
        return redirect("handoff:rules")
    context = {
        "title": _("Remove the rule “%(rule)s”") % {"rule": rule},
        "rule": rule,
        "seen": editing.fingerprint(rule),
        "consequences": [*_shifts(rule, None), _("What was passed already stays with whoever has it.")],
    }
    return render(request, "handoff/routing/remove.html", context)


def _edit(request: SignedInRequest, rule: RoutingRule | None) -> HttpResponse:
    """GET shows it, POST stores it, or counts what it would mean where that is asked."""
    initial = {"seen": editing.fingerprint(rule)} if rule else {}
    form = RuleForm(request.POST if request.method == "POST" else None, instance=rule, initial=initial)
    shifts: list[str] = []
    if request.method == "POST" and form.is_valid():
        if "count" in request.POST:
            shifts = _shifts(rule, form.proposed())
        elif response := _stored(request, form, rule):
            return response
    context = {
        "title": _("The rule “%(rule)s”") % {"rule": RoutingRule.objects.get(pk=rule.pk)} if rule else _("A new rule"),
        "form": form,
        "rule": rule,
        "shifts": shifts,
    }
    return render(request, "handoff/routing/rule.html", context, status=422 if form.errors else 200)


def _stored(request: SignedInRequest, form: RuleForm, rule: RoutingRule | None) -> HttpResponse | None:
    """The way on; None where somebody else was first, and the form says so."""
    try:
        stored = editing.write(
            rule_id=rule.pk if rule else None,
            seen=(form.cleaned_data["seen"] or "none") if rule else "",
            values=form.values(),
            channels=form.cleaned_data["channels"],
            reps=form.cleaned_data["reps"],
        )
    except editing.Gone:
        form.add_error(None, _gone())
        return None
    except editing.ChangedMeanwhile as changed:
        now = RoutingRule.objects.get(pk=rule.pk) if rule else None
        if now is not None:
            typed = request.POST.copy()
            typed["seen"] = editing.fingerprint(now)
            form.data = typed
            words = {
                "rule": now,
                "which": get_text_list([*conditions(now)] or [_("every lead")], _("and")),
                "whom": whom(now),
            }
            form.add_error(None, str(changed))
            form.add_error(None, _("It is called “%(rule)s” now and gives this to %(whom)s: %(which)s.") % words)
        return None
    messages.info(request, _("The rule “%(rule)s” is stored.") % {"rule": stored})
    return redirect(f"{reverse('handoff:rules')}#rule-{stored.pk}")


def _shifts(rule: RoutingRule | None, proposed: Rule | None) -> list[str]:
    """How many of the leads of lately each rule decides, where that differs from now."""
    in_order, leads = editing.rules_in_order(), facts_of_lately()
    key = rule.pk if rule else None
    now = tally([editing.as_asked(each) for each in in_order if each.is_active], leads)
    then = tally(editing.with_proposal(in_order, proposed, instead_of=key), leads)
    if not leads:
        return [_("No lead was handed over yet, so nothing can be counted.")]
    names = _names(in_order, proposed)
    shifts = [
        _("%(rule)s decides %(now)s now and %(then)s then.")
        % {"rule": name, "now": number(now.by_rule.get(each, 0)), "then": number(then.by_rule.get(each, 0))}
        for each, name in names.items()
        if now.by_rule.get(each, 0) != then.by_rule.get(each, 0)
    ]
    counted = ngettext(
        "Counted is %(count)s lead, the one handed over last.",
        "Counted are %(count)s leads, those handed over last.",
        now.leads,
    ) % {"count": number(now.leads)}
    return [counted, *(shifts or [_("None of them would go by another rule.")])]


def _names(in_order: Sequence[RoutingRule], proposed: Rule | None) -> dict[int | None, str]:
    """By the key of each rule; of one that is not stored, 0."""
    new: dict[int | None, str] = {0: _quoted(proposed.row)} if proposed and not proposed.row.pk else {}
    return {**{rule.pk: _quoted(rule) for rule in in_order}, **new, None: _("No rule")}


def _quoted(rule: RoutingRule) -> str:
    return _("“%(rule)s”") % {"rule": rule}


def _gone() -> str:
    return _("Somebody removed this rule meanwhile.")
