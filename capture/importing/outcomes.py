"""Outcomes of a file go to leads/lifecycle.py, under the row locks of their leads."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from capture.importing.values import OutcomeInput
from leads import lifecycle
from leads.event_kinds import AMOUNT, CUSTOMER, LOST
from leads.events import Agent
from leads.identity import refuse_two
from leads.inputs import Taken
from leads.models import Lead, LeadEvent
from leads.normalise import Refusal
from leads.parsing import Identity, parse_identity


@transaction.atomic
def take_outcomes(inputs: Sequence[OutcomeInput], *, agent: Agent, now: datetime) -> list[Taken | Refusal]:
    """Records each outcome of a known lead. Returns what became of each, in their order; "unchanged": it was known.

    A file may tell of several deals of one lead. What it says a second time is known, whatever it says besides.
    """
    identities = [_identity(outcome) for outcome in inputs]
    wanted = [identity for identity in identities if not isinstance(identity, Refusal)]
    named = Q(email_key__among={identity.email_key for identity in wanted} - {""}) | Q(
        external_id__among={identity.external_id for identity in wanted} - {""}
    )
    ids = list(Lead.objects.filter(named).values_list("pk", flat=True))
    leads = list(lifecycle.locked(ids))
    by_email = {lead.email_key: lead for lead in leads if lead.email_key}
    by_external = {lead.external_id: lead for lead in leads if lead.external_id}
    recorded = _Recorded(inputs, ids)
    results: list[Taken | Refusal] = []
    for outcome, identity in zip(inputs, identities, strict=True):
        if isinstance(identity, Refusal):
            results.append(identity)
            continue
        try:
            lead = _find(identity, by_email.get(identity.email_key), by_external.get(identity.external_id))
            results.append(_apply(lead, outcome, recorded, agent=agent, now=now))
        except Refusal as refusal:
            results.append(refusal)
    return results


def _identity(outcome: OutcomeInput) -> Identity | Refusal:
    if outcome.won_at is None and outcome.lost_at is None and outcome.opportunity_at is None:
        return Refusal("no_outcome", "won_at", _("The row says no outcome: the day the lead was won is empty."))
    if not outcome.email and not outcome.external_id:
        return Refusal("no_identity", "external_id", _("The row names no lead: e-mail and external id are empty."))
    try:
        return parse_identity(outcome.email, outcome.external_id)
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


class _Recorded:
    """What was said of leads before, where what is stored of a lead does not tell."""

    def __init__(self, inputs: Sequence[OutcomeInput], lead_ids: Sequence[int]) -> None:
        self._in_file: dict[tuple[str, str, datetime], set[Decimal | None]] = defaultdict(set)
        for outcome in inputs:
            if outcome.won_at is not None:
                self._in_file[outcome.email, outcome.external_id, outcome.won_at].add(outcome.amount)
        # By lead and moment: the amounts that were told, in their order; that the lead was lost.
        self._amounts: dict[tuple[int, datetime], list[Decimal]] = defaultdict(list)
        self._losses: set[tuple[int, datetime]] = set()
        told = LeadEvent.objects.filter(lead__in=lead_ids, kind__in=(CUSTOMER.key, AMOUNT.key, LOST.key))
        for lead_id, kind, at, data in told.order_by("pk").values_list("lead", "kind", "at", "data"):
            if kind == LOST.key:
                self._losses.add((lead_id, at))
            elif data:
                self._amounts[lead_id, at].append(Decimal(data["amount"]))

    def won(self, lead: Lead, outcome: OutcomeInput) -> bool:
        """Whether this deal was told. Of several of one moment each was; of one only the amount it was last given."""
        if lead.customer_at is None or outcome.won_at is None or outcome.amount is None:
            return False
        amounts = self._amounts[lead.pk, outcome.won_at]
        are_several = len(self._in_file[outcome.email, outcome.external_id, outcome.won_at]) > 1
        return outcome.amount in (amounts if are_several else amounts[-1:])

    def lost(self, lead: Lead, at: datetime) -> bool:
        """Whether this loss was told; the lead may have got another deal since."""
        return (lead.pk, at) in self._losses

    def tell_won(self, lead: Lead, at: datetime, amount: Decimal | None) -> None:
        """A later row of the same file is compared with this one."""
        if amount is not None:
            self._amounts[lead.pk, at].append(amount)

    def tell_lost(self, lead: Lead, at: datetime) -> None:
        self._losses.add((lead.pk, at))


def _apply(lead: Lead, outcome: OutcomeInput, recorded: _Recorded, *, agent: Agent, now: datetime) -> Taken:
    changed = False
    if outcome.opportunity_at is not None:
        changed |= lifecycle.become_opportunity(lead, agent=agent, at=outcome.opportunity_at, now=now)
    if outcome.won_at is not None:
        changed |= _won(lead, outcome, outcome.won_at, recorded, agent=agent, now=now)
    elif outcome.lost_at is not None:
        changed |= _lost(lead, outcome.lost_at, recorded, agent=agent, now=now)
    return Taken(lead.pk, lead.public_id, "updated" if changed else "unchanged")


def _won(lead: Lead, outcome: OutcomeInput, at: datetime, recorded: _Recorded, *, agent: Agent, now: datetime) -> bool:
    if recorded.won(lead, outcome):
        return False
    changed = lifecycle.become_customer(lead, agent=agent, at=at, now=now, amount=outcome.amount)
    if changed:
        recorded.tell_won(lead, at, outcome.amount)
    return changed


def _lost(lead: Lead, at: datetime, recorded: _Recorded, *, agent: Agent, now: datetime) -> bool:
    if recorded.lost(lead, at) or not lifecycle.become_lost(lead, agent=agent, at=at, now=now):
        return False
    recorded.tell_lost(lead, at)
    return True
