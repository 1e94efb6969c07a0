"""Saying what became of a lead: there is a deal, it bought, or it is lost."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedInRequest
from leads import outcomes
from leads.access import access_lead
from leads.events import Agent
from leads.forms.outcome import CustomerForm, LostForm, OutcomeForm
from leads.lifecycle import NotPossible
from leads.models import Lead
from lib import clock
from lib.pages import is_own_path

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One thing that can have become of a lead: the words, the form, the domain call."""

    form: type[OutcomeForm]
    carry_out: Callable[..., bool]
    question: Text
    consequence: Text
    action: Text
    done: Text
    danger: bool = False


OUTCOMES: Final = {
    "opportunity": Outcome(
        form=OutcomeForm,
        carry_out=outcomes.opportunity,
        question=gettext_lazy("Is there a deal with %(lead)s?"),
        consequence=gettext_lazy("The lead becomes an opportunity: something with a value is being negotiated."),
        action=gettext_lazy("Record the deal"),
        done=gettext_lazy("%(lead)s is an opportunity."),
    ),
    "customer": Outcome(
        form=CustomerForm,
        carry_out=outcomes.customer,
        question=gettext_lazy("Did %(lead)s buy?"),
        consequence=gettext_lazy(
            "The lead becomes a customer, whichever stages it skipped, and the deal is kept. This is not undone."
        ),
        action=gettext_lazy("Record the customer"),
        done=gettext_lazy("%(lead)s is a customer."),
    ),
    "lost": Outcome(
        form=LostForm,
        carry_out=outcomes.lost,
        question=gettext_lazy("Is %(lead)s lost?"),
        consequence=gettext_lazy(
            "The lead is lost: it is not passed to sales again. The stage it reached stays, and a customer stays one."
        ),
        action=gettext_lazy("Record as lost"),
        done=gettext_lazy("%(lead)s is lost."),
        danger=True,
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def lead_outcome(request: SignedInRequest, public_id: uuid.UUID, kind: str) -> HttpResponse:
    """GET asks; POST records, and goes on where the person came from (?next=), else to the lead."""
    outcome = OUTCOMES.get(kind)
    if outcome is None:
        raise Http404
    lead = access_lead(request.user, public_id, to="edit")
    now = clock.now()
    form = outcome.form(request.POST or None, lead=lead, now=now)
    if request.method == "POST" and form.is_valid():
        _record(request, outcome, lead, form)
        return redirect(_next(request, lead))
    named = {"lead": lead.name}
    context = {
        "title": str(outcome.question) % named,
        "outcome": outcome,
        "form": form,
        "lead": lead,
        "cancel_url": _next(request, lead),
    }
    return render(request, "leads/outcome.html", context, status=422 if form.errors else 200)


def _record(request: SignedInRequest, outcome: Outcome, lead: Lead, form: OutcomeForm) -> None:
    values = {name: value for name, value in form.cleaned_data.items() if name != "on"}
    agent = Agent(user=request.user)
    try:
        is_new = outcome.carry_out(lead_id=lead.pk, agent=agent, at=form.moment(), now=form.now, **values)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return
    if is_new:
        messages.success(request, str(outcome.done) % {"lead": lead.name})
    else:
        messages.info(request, _("This was recorded before, or the lead has gone further; nothing changed."))


def _next(request: SignedInRequest, lead: Lead) -> str:
    asked = request.GET.get("next", "")
    return asked if is_own_path(asked) else reverse("leads:detail", args=[lead.public_id])
