"""The page on which marketing says how many MQLs it means to bring each month."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING
from handoff.models.pass_policy import MOST_MQLS
from handoff.promotion.goal import goal, set_goal
from lib.number_fields import WholeNumberField
from lib.numbers import number


class GoalForm(forms.Form):
    """How many; empty: no goal."""

    mqls_per_month = WholeNumberField(
        label=gettext_lazy("MQLs a month"),
        required=False,
        min_value=1,
        max_value=MOST_MQLS,
        help_text=gettext_lazy("Empty: there is no goal."),
        error_messages={"invalid": gettext_lazy("Write a whole number, such as 40.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITING)
def goal_page(request: SignedInRequest) -> HttpResponse:
    """Asks for the number (GET), and keeps it (POST)."""
    form = GoalForm(request.POST if request.method == "POST" else None, initial={"mqls_per_month": goal()})
    if request.method == "POST" and form.is_valid():
        mqls = form.cleaned_data["mqls_per_month"]
        set_goal(mqls_per_month=mqls)
        words = _("The goal is %(count)s MQLs a month.") % {"count": number(mqls)} if mqls else _("There is no goal.")
        messages.info(request, words)
        return redirect("home")
    context = {"title": _("The goal of MQLs a month"), "form": form}
    return render(request, "handoff/goal.html", context, status=422 if form.errors else 200)
