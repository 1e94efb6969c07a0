"""What a lead allowed, and recording what they say of it."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedInRequest
from leads.access import access_lead
from leads.consent.ledger import Word, standing, take_words
from leads.events import Agent
from leads.forms.consent import ConsentForm
from leads.models import Lead
from lib import clock
from lib.page_sizes import TIMELINE_ROWS


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def lead_consent(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The last word about each purpose, the ledger behind it, and a form for one word more."""
    lead = access_lead(request.user, public_id, to="edit")
    now = clock.now()
    form = ConsentForm(request.POST or None, lead=lead, now=now)
    if request.method == "POST" and form.is_valid():
        return _record(request, lead, form)
    context = {
        "title": _("What %(name)s allowed") % {"name": lead.name},
        "lead": lead,
        "consents": standing(lead.pk),
        "words": lead.consents.select_related("purpose", "actor")[:TIMELINE_ROWS],
        "form": form,
        "now": now,
    }
    return render(request, "leads/consent.html", context, status=422 if form.errors else 200)


def _record(request: SignedInRequest, lead: Lead, form: ConsentForm) -> HttpResponse:
    values = form.cleaned_data
    word = Word(
        lead_id=lead.pk,
        purpose=values["purpose"].key,
        is_given=values["word"] == "yes",
        source=values["source"],
        at=form.moment(),
        note=values["text"],
    )
    [is_news] = take_words([word], agent=Agent(user=request.user), now=form.now)
    messages.info(request, _("It is recorded.") if is_news else _("This was the last word already; nothing changed."))
    return redirect("leads:consent", lead.public_id)
