"""Buttons beside each rule in the admin: up, down, once more. They save the form first, so nothing typed is lost."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from scoring.criteria.arranging import NotArranged, copy_rule, move
from scoring.models import Criteria, Rule

UP, DOWN, COPY = "_up", "_down", "_copy"


def buttons(rule: Rule) -> SafeString:
    """Three submit buttons that name the rule; they work by keyboard and without JavaScript."""
    offered = (
        (UP, _("Move up"), _("Save and move “%(name)s” up")),
        (DOWN, _("Move down"), _("Save and move “%(name)s” down")),
        (COPY, _("Copy"), _("Save and copy “%(name)s”")),
    )
    facts = ((name, rule.pk, label % {"name": rule.name}, word) for name, word, label in offered)
    shown = format_html_join(
        " ", '<button type="submit" class="button rule-tool" name="{}" value="{}" aria-label="{}">{}</button>', facts
    )
    return format_html('<span class="rule-tools">{}</span>', shown)


def use_tool(request: HttpRequest, criteria: Criteria) -> HttpResponseRedirect | None:
    """Does what the pressed button says and goes back to the rule; None when no such button was pressed."""
    pressed = next((name for name in (UP, DOWN, COPY) if name in request.POST), None)
    if pressed is None:
        return None
    key = request.POST[pressed]
    is_key = key.isascii() and key.isdecimal() and len(key) <= 18
    rule = criteria.rules.filter(pk=int(key)).first() if is_key else None
    page = reverse("admin:scoring_criteria_change", args=[criteria.pk])
    if rule is None:
        messages.warning(request, _("That rule is not there any more. Everything else is saved."))
        return redirect(page)
    try:
        rule = _used(request, pressed, rule)
    except NotArranged as refused:
        messages.warning(request, str(refused))
    same_kind = criteria.rules.filter(kind=rule.kind).order_by("position", "pk").values_list("pk", flat=True)
    return redirect(f"{page}#{rule.kind}-{list(same_kind).index(rule.pk)}")


def _used(request: HttpRequest, pressed: str, rule: Rule) -> Rule:
    """The rule to go to afterwards."""
    if pressed == COPY:
        copy = copy_rule(rule)
        messages.info(request, _("“%(name)s” stands below the rule it was made from.") % {"name": copy.name})
        return copy
    is_up = pressed == UP
    if move(rule, by=-1 if is_up else 1):
        sentence = _("“%(name)s” is in its new place.")
    else:
        sentence = (
            _("“%(name)s” is the first of its kind already.")
            if is_up
            else _("“%(name)s” is the last of its kind already.")
        )
    messages.info(request, sentence % {"name": rule.name})
    return rule
