"""Writing down what a lead did, and taking it back."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedInRequest
from leads import by_hand
from leads.access import access_lead
from leads.forms.by_hand import LogForm
from leads.models import Activity, Lead
from leads.normalise import Refusal
from leads.timeline import touch_words
from lib import clock

may_write = require_http_methods(["GET", "HEAD", "POST"])


@may_write
@login_required
def log(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Asks what the lead did (GET), and records it (POST)."""
    lead, now = access_lead(request.user, public_id, to="edit"), clock.now()
    form = LogForm(request.POST or None, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            is_new = by_hand.log(lead=lead, doing=form.doing(), person=request.user, now=now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.info(request, _("It is logged.") if is_new else _("It was logged already; it counts once."))
            return redirect("leads:detail", lead.public_id)
    context = {"title": _("What did %(name)s do?") % {"name": lead.name}, "form": form, "lead": lead}
    return render(request, "leads/by_hand/log.html", context, status=422 if form.errors else 200)


@may_write
@login_required
def take_back(request: SignedInRequest, public_id: uuid.UUID, activity_id: int) -> HttpResponse:
    """Asks whether it was a mistake (GET), and takes it back (POST)."""
    lead, now = access_lead(request.user, public_id, to="edit"), clock.now()
    activity = _logged(lead, activity_id)
    if request.method == "POST":
        try:
            is_new = by_hand.take_back(lead_id=lead.pk, activity_id=activity.pk, person=request.user, now=now)
        except by_hand.NotYours as refusal:
            messages.error(request, str(refusal))
        else:
            messages.info(request, _("It is taken back.") if is_new else _("It was taken back already."))
        return redirect("leads:detail", lead.public_id)
    context = {
        "title": _("Was this a mistake?"),
        "lead": lead,
        "text": touch_words(activity),
        "consequences": [
            _("It is worth nothing from now on, and the score follows."),
            _("It stays on the page, marked as taken back."),
        ],
    }
    return render(request, "leads/by_hand/take_back.html", context)


def _logged(lead: Lead, activity_id: int) -> Activity:
    logged = Activity.objects.filter(lead=lead, logged__isnull=False)
    return get_object_or_404(logged.select_related("type", "page", "asset", "campaign"), pk=activity_id)
