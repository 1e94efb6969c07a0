"""Outcomes of a file go to leads/lifecycle.py, under the row locks of their leads."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from capture.importing.values import OutcomeInput
from leads import lifecycle
from leads.events import Agent
from leads.inputs import Taken
from leads.models import Lead
from leads.normalise import Refusal, email_key


@transaction.atomic
def take_outcomes(inputs: Sequence[OutcomeInput], *, agent: Agent, now: datetime) -> list[Taken | Refusal]:
    """Records each outcome of a known lead; answers in the order of the inputs, "unchanged" for what was known."""
    keys = [_keys(given) for given in inputs]
    wanted = [key for key in keys if not isinstance(key, Refusal)]
    named = Q(email_key__in={email for email, _id in wanted if email}) | Q(
        external_id__in={id_ for _email, id_ in wanted if id_}
    )
    ids = list(Lead.objects.filter(named).values_list("pk", flat=True))
    leads = list(lifecycle.locked(ids))
    by_email = {lead.email_key: lead for lead in leads if lead.email_key}
    by_external = {lead.external_id: lead for lead in leads if lead.external_id}
    results: list[Taken | Refusal] = []
    for given, key in zip(inputs, keys, strict=True):
        found = key if isinstance(key, Refusal) else _find(by_email.get(key[0]), by_external.get(key[1]), given)
        results.append(found if isinstance(found, Refusal) else _apply(found, given, agent=agent, now=now))
    return results


def _keys(given: OutcomeInput) -> tuple[str, str] | Refusal:
    if given.won_at is None and given.lost_at is None and given.opportunity_at is None:
        return Refusal("no_outcome", "won_at", _("The row says no outcome: the day the lead was won is empty."))
    if not given.email and not given.external_id:
        return Refusal("no_identity", "external_id", _("The row names no lead: e-mail and external id are empty."))
    try:
        return (email_key(given.email) if given.email else "", given.external_id)
    except Refusal as refusal:
        return refusal


def _find(by_email: Lead | None, by_external: Lead | None, given: OutcomeInput) -> Lead | Refusal:
    if by_email is not None and by_external is not None and by_email is not by_external:
        return Refusal(
            "identity_conflict", "external_id", _("This e-mail and this external id are two different leads.")
        )
    lead = by_external or by_email
    if lead is None:
        name = given.external_id or given.email
        message = _("There is no lead “%(name)s”. Import the leads first, then their outcomes.") % {"name": name[:150]}
        return Refusal("unknown_lead", "external_id" if given.external_id else "email", message)
    return lead


def _apply(lead: Lead, given: OutcomeInput, *, agent: Agent, now: datetime) -> Taken:
    changed = False
    if given.opportunity_at is not None:
        changed |= lifecycle.become_opportunity(lead, agent=agent, at=given.opportunity_at, now=now)
    if given.won_at is not None:
        changed |= lifecycle.become_customer(lead, agent=agent, at=given.won_at, now=now, amount=given.amount)
    elif given.lost_at is not None:
        changed |= lifecycle.become_lost(lead, agent=agent, at=given.lost_at, now=now)
    return Taken(lead.pk, "updated" if changed else "unchanged")
