"""What is kept about one person: how much, a copy of it for them, and erasing it."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING
from leads.access import access_lead
from leads.events import Agent
from leads.forms.privacy import EraseForm
from leads.models import Lead
from leads.models.erasure import ErasureReason
from leads.privacy.erasing import ErasedAlready, erase, how_much
from leads.privacy.holdings import holdings
from leads.privacy.person_copy import copy_of
from lib import clock


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITING)
def lead_privacy(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """GET says what is kept and what an erasure would leave; POST erases."""
    lead = access_lead(request.user, public_id, to="edit")
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _erase(request, lead, ErasureReason(form.cleaned_data["reason"]))
    counts = how_much(lead)
    context = {
        "title": _("What is kept about %(name)s") % {"name": lead.name},
        "lead": lead,
        "parts": [(holding, counts[holding.key]) for holding in holdings()],
        "form": form,
        "now": clock.now(),
    }
    return render(request, "leads/privacy/person.html", context, status=422 if form.errors else 200)


@require_POST
@role_required(*EDITING)
def lead_copy(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The copy as a download. It is a POST, because that it was made is recorded."""
    lead = access_lead(request.user, public_id, to="edit")
    copy = copy_of(lead, agent=Agent(user=request.user), now=clock.now())
    response = HttpResponse(copy, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="person-{lead.public_id.hex[:8]}.zip"'
    return response


def _erase(request: SignedInRequest, lead: Lead, reason: ErasureReason) -> HttpResponse:
    try:
        erase(lead_id=lead.pk, reason=reason, agent=Agent(user=request.user), now=clock.now())
    except ErasedAlready as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("The person is erased, and the address is refused from now on."))
    return redirect("leads:detail", lead.public_id)
