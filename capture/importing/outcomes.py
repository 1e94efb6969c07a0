"""Outcomes of a file go to leads/deals.py and leads/lifecycle.py, under the row locks of their leads."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from capture.importing.values import OutcomeInput
from leads import deals, lifecycle
from leads.deals import Closing, Known
from leads.events import Agent
from leads.identity import refuse_two
from leads.inputs import Taken
from leads.lifecycle import NotPossible
from leads.models import Deal, Lead
from leads.normalise import Refusal, identifier
from leads.parsing import Identity, parse_identity


@transaction.atomic
def take_outcomes(inputs: Sequence[OutcomeInput], *, agent: Agent, now: datetime) -> list[Taken | Refusal]:
    """Records each outcome of a known lead. Returns what became of each, in their order; "unchanged": it was known.

    A file may tell of several deals of one lead, of one day too.
    """
    identities = [_identity(outcome) for outcome in inputs]
    wanted = [identity for identity in identities if not isinstance(identity, Refusal)]
    named = Q(email_key__among={identity.email_key for identity in wanted} - {""}) | Q(
        external_id__among={identity.external_id for identity in wanted} - {""}
    )
    ids = list(Lead.objects.filter(named).values_list("pk", flat=True))
    leads = list(lifecycle.locked(ids))
    by_email = {lead.email_key: lead for lead in leads if lead.email_key}
    by_external = {(lead.external_system, lead.external_id): lead for lead in leads if lead.external_id}
    known = {lead.pk: Known([]) for lead in leads}
    for deal in Deal.objects.filter(lead__in=ids):
        known[deal.lead_id].deals.append(deal)
    results: list[Taken | Refusal] = []
    for outcome, identity in zip(inputs, identities, strict=True):
        if isinstance(identity, Refusal):
            results.append(identity)
            continue
        try:
            of_external = by_external.get((identity.system, identity.external_id))
            lead = _find(identity, by_email.get(identity.email_key), of_external)
            results.append(_apply(lead, outcome, known[lead.pk], agent=agent, now=now))
        except Refusal as refusal:
            results.append(refusal)
    return results


def _identity(outcome: OutcomeInput) -> Identity | Refusal:
    if outcome.won_at is None and outcome.lost_at is None and outcome.opportunity_at is None:
        return Refusal("no_outcome", "won_at", _("The row says no outcome: the day the lead was won is empty."))
    if not outcome.email and not outcome.external_id:
        return Refusal("no_identity", "external_id", _("The row names no lead: e-mail and external id are empty."))
    try:
        identifier(outcome.deal_id, "deal_id", 150)
        return parse_identity(outcome.email, outcome.external_id, outcome.system)
    except Refusal as refusal:
        return refusal


def _find(identity: Identity, of_email: Lead | None, of_external: Lead | None) -> Lead:
    """Raises Refusal when there is no such lead, or when there are two."""
    refuse_two(identity, of_email, of_external)
    lead = of_external or of_email
    if lead is None:
        name = identity.external_id or identity.email
        message = _("There is no lead “%(name)s”. Import the leads first, then their outcomes.") % {"name": name[:150]}
        raise Refusal("unknown_lead", "external_id" if identity.external_id else "email", message)
    return lead


def _apply(lead: Lead, outcome: OutcomeInput, known: Known, *, agent: Agent, now: datetime) -> Taken:
    """Raises Refusal when a deal that was won is said to be lost."""
    changed = False
    if outcome.opportunity_at is not None:
        changed |= lifecycle.become_opportunity(lead, agent=agent, at=outcome.opportunity_at, now=now)
    ended_at = outcome.won_at or outcome.lost_at
    if ended_at is not None:
        closing = Closing(
            is_won=outcome.won_at is not None, at=ended_at, amount=outcome.amount, external_id=outcome.deal_id
        )
        try:
            changed |= deals.close(lead, closing, agent=agent, now=now, known=known)
        except NotPossible as error:
            raise Refusal("deal_was_won", "lost_at", str(error)) from error
    return Taken(lead.pk, lead.public_id, "updated" if changed else "unchanged")
