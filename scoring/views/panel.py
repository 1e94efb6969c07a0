"""Why one lead has its score: a part of the lead's page, and a page of its own."""

import uuid
from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import ROLES
from leads.access import access_lead
from leads.models import Lead
from lib import clock
from lib.pages import page_or_part
from scoring import overrides
from scoring.engine import definition
from scoring.explain.breakdown import Breakdown, explain
from scoring.explain.history import history
from scoring.models import Criteria, Score, ScoreRequest
from scoring.personas.match import persona_match
from scoring.registry import fit_fields
from scoring.score_change import with_score_change
from scoring.views.points_by_hand import form_for


@require_safe
@role_required(*ROLES)
def panel(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The score in its parts, for whoever may see the lead."""
    lead = access_lead(request.user, public_id)
    context: dict[str, object] = {"title": _("Score of %(lead)s") % {"lead": lead.name}, "lead": lead}
    context |= panel_context(lead, request.user, clock.now())
    return page_or_part(request, "scoring/explain/panel.html", "scoring/explain/_panel.html", context)


def panel_context(lead: Lead, user: User, now: datetime) -> dict[str, object]:
    """What the part of a lead's page shows to this person."""
    breakdown, criteria = _breakdown(lead, now=now), definition.in_force()
    return {
        "breakdown": breakdown,
        "unknown": _unknown(lead, criteria),
        "in_force": criteria,
        "now": now,
        "is_waiting": criteria is not None and ScoreRequest.objects.filter(lead=lead).exists(),
        **(_more_than_the_score(user, lead, breakdown, now=now) if breakdown else {}),
    }


def panel_mark(lead: Lead) -> object:
    """Another once the part shows something else."""
    scored = Score.objects.filter(lead=lead).values_list("criteria", "total", "fit", "engagement", "scored_at").first()
    return scored, ScoreRequest.objects.filter(lead=lead).exists()


def _more_than_the_score(user: User, lead: Lead, breakdown: Breakdown, *, now: datetime) -> dict[str, object]:
    """What stands around a score: how it came to be, whom the lead resembles, what was decided by hand."""
    form = form_for(user, now=now)
    return {
        "history": history(lead, bar=breakdown.threshold, now=now),
        "lately": with_score_change(Lead.objects.only("pk"), now=now).get(pk=lead.pk),
        "persona_match": persona_match(lead),
        "by_hand_form": form,
        "held": overrides.current(lead.pk, now=now) if form else None,
    }


def _breakdown(lead: Lead, *, now: datetime) -> Breakdown | None:
    try:
        return explain(lead, now=now)
    except Score.DoesNotExist:
        return None


def _unknown(lead: Lead, criteria: Criteria | None) -> list[str]:
    """What has to be known before sales may call and is not."""
    needed = [key for key in criteria.required_fields if fit_fields.find_field(key)] if criteria else []
    return [str(field.label) for field in fit_fields.missing(lead, needed)]
