"""Files of what became of leads that are known; it goes to leads/deals.py and leads/lifecycle.py, under row locks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capture.importing import cell_types
from capture.importing.cell_types import CellType
from capture.importing.kinds.declaration import Field, Kind, Stored, Taking, Values, refuse_without
from capture.importing.kinds.leads import EMAIL, EXTERNAL_ID, check_identity, complete_person
from capture.importing.kinds.stages import DealStage, meaning
from capture.importing.values import Reading
from capture.models import ImportBatch
from leads import deals, lifecycle
from leads.deals import Closing, Known
from leads.events import Agent
from leads.lifecycle import NotPossible
from leads.models import Deal, Lead
from leads.normalise import Refusal, identifier
from leads.parsing import Identity, parse_identity
from leads.recognising import HeldLeads

MOMENTS: Final = ("won_at", "lost_at", "opportunity_at")
_STATED: Final = ("stage", "is_won", "closed_at")


@dataclass(frozen=True, slots=True)
class OutcomeInput:
    """What became of one lead elsewhere; of an open deal nothing yet."""

    email: str = ""
    external_id: str = ""
    deal_id: str = ""
    won_at: datetime | None = None
    amount: Decimal | None = None
    lost_at: datetime | None = None
    opportunity_at: datetime | None = None
    is_open: bool = False
    # Whose external ids these are.
    system: str = ""


@transaction.atomic
def take_outcomes(inputs: Sequence[OutcomeInput], *, agent: Agent, now: datetime) -> list[Stored | Refusal]:
    """Records each outcome of a known lead. Returns what became of each, in their order; "unchanged": it was known.

    A file may tell of several deals of one lead, of one day too.
    """
    identities = [_identity(outcome) for outcome in inputs]
    wanted = [identity for identity in identities if not isinstance(identity, Refusal)]
    leads = HeldLeads(wanted)
    known = {lead_id: Known([]) for lead_id in leads.ids}
    for deal in Deal.objects.filter(lead__in=leads.ids):
        known[deal.lead_id].deals.append(deal)
    results: list[Stored | Refusal] = []
    for outcome, identity in zip(inputs, identities, strict=True):
        if isinstance(identity, Refusal):
            results.append(identity)
            continue
        try:
            lead = _find(identity, leads)
            results.append(_apply(lead, outcome, known[lead.pk], agent=agent, now=now))
        except Refusal as refusal:
            results.append(refusal)
    return results


def _identity(outcome: OutcomeInput) -> Identity | Refusal:
    if not outcome.is_open and outcome.won_at is None and outcome.lost_at is None and outcome.opportunity_at is None:
        return Refusal("no_outcome", "won_at", _("The row says no outcome: the day the lead was won is empty."))
    if not outcome.email and not outcome.external_id:
        return Refusal("no_identity", "external_id", _("The row names no lead: e-mail and external id are empty."))
    try:
        identifier(outcome.deal_id, "deal_id", 150)
        return parse_identity(outcome.email, outcome.external_id, outcome.system)
    except Refusal as refusal:
        return refusal


def _find(identity: Identity, leads: HeldLeads) -> Lead:
    """Raises Refusal when there is no such lead, or when there are two."""
    lead = leads.find(identity)
    if lead is None:
        name = identity.external_id or identity.email
        message = _("There is no lead “%(name)s”. Import the leads first, then their outcomes.") % {"name": name[:150]}
        raise Refusal("unknown_lead", "external_id" if identity.external_id else "email", message)
    return lead


def _apply(lead: Lead, outcome: OutcomeInput, known: Known, *, agent: Agent, now: datetime) -> Stored:
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
    return Stored("updated" if changed else "unchanged", lead.pk)


def _stage(text: str, _field: str, reading: Reading) -> DealStage:
    return meaning(text, reading.stages)


STAGE: Final = CellType(_stage, lambda text: len(text) <= 100)


def _complete(values: dict[str, Any]) -> list[Refusal]:
    """Of a stage and the day a deal closed it makes the day it was won or lost."""
    rest = complete_person(values)
    stage, is_won, closed_at = (values.pop(key, None) for key in _STATED)
    if stage is None and is_won is None:
        return rest
    if is_won is True:
        stage = DealStage.WON
    elif is_won is False and stage in (None, DealStage.WON):
        stage = DealStage.OPEN
    if stage is DealStage.OPEN:
        for key in ("won_at", "lost_at", "amount"):
            values.pop(key, None)
        values["is_open"] = True
        return rest
    wanted, other = ("won_at", "lost_at") if stage is DealStage.WON else ("lost_at", "won_at")
    values.pop(other, None)
    ended_at = values.get(wanted) or closed_at
    if ended_at is None:
        values["is_open"] = False
        return [*rest, Refusal("no_day", "closed_at", _("The deal is closed, but the row does not say on which day."))]
    values[wanted] = ended_at
    return rest


def _check(keys: Collection[str]) -> None:
    check_identity(keys)
    has_stage = "stage" in keys or "is_won" in keys
    if has_stage and ("closed_at" in keys or "won_at" in keys or "lost_at" in keys):
        return
    message = _("Say which column holds the day the lead was won (won_at).")
    if has_stage:
        message = _("Say which column holds the day a deal closed (closed_at), or one day for all rows.")
    refuse_without(keys, MOMENTS, "no_outcome", message)


def _make(values: Values, reading: Reading) -> tuple[OutcomeInput, list[Refusal]]:
    return OutcomeInput(**values, system=reading.system), []


def _take(inputs: Sequence[OutcomeInput], taking: Taking) -> list[Stored | Refusal]:
    return take_outcomes(inputs, agent=taking.agent, now=taking.now)


OUTCOMES: Final = Kind(
    choice=ImportBatch.Kind.OUTCOMES,
    noun=gettext_lazy("a list of deals"),
    declared=(
        EMAIL,
        EXTERNAL_ID,
        Field(
            "deal_id",
            gettext_lazy("Deal id"),
            gettext_lazy("What another system calls the deal; without it a deal is known by its day."),
            cell_types.ID,
            "dealid dealnumber dealexternalid opportunityid orderid ordernumber",
        ),
        Field(
            "stage",
            gettext_lazy("Stage"),
            gettext_lazy("Only won deals make customers; the words of the column are shown with what they mean."),
            STAGE,
            "dealstage stagename stage dealstatus opportunitystage status dealpipelinestageid etapa phase",
        ),
        Field(
            "is_won",
            gettext_lazy("Won, yes or no"),
            type=cell_types.YES_NO,
            headings="isclosedwon iswon won closedwon isconverted converted iscustomer",
        ),
        Field(
            "closed_at",
            gettext_lazy("Closed"),
            gettext_lazy("The day a deal of such a stage was won or lost."),
            cell_types.MOMENT,
            "closedate closedat closingdate converteddate conversiondate dateclosed expectedclosedate",
            may_be_fixed=True,
        ),
        Field(
            "won_at",
            gettext_lazy("Won"),
            gettext_lazy("When the deal was won."),
            cell_types.MOMENT,
            "wonat wondate datewon wontime dealwontime closedwondate closedate closedat conversiondate converteddate "
            "customersince becamecustomer",
            may_be_fixed=True,
        ),
        Field(
            "amount",
            gettext_lazy("Amount won"),
            type=cell_types.AMOUNT,
            headings="amount amountwon dealamount dealvalue opportunityvalue value revenue",
        ),
        Field(
            "lost_at",
            gettext_lazy("Lost"),
            gettext_lazy("When the deal was lost."),
            cell_types.MOMENT,
            "lostat lostdate datelost losttime deallosttime closedlostdate",
        ),
        Field(
            "opportunity_at",
            gettext_lazy("Opportunity"),
            gettext_lazy("When there was a deal to win."),
            cell_types.MOMENT,
            "opportunityat opportunitydate opportunitycreated opportunitycreateddate dealdealcreated",
        ),
    ),
    check=_check,
    complete=_complete,
    make=_make,
    take=_take,
    needs=frozenset({"email", "external_id", "deal_id", "stage", "is_won", "closed_at", *MOMENTS, ""}),
    figures=("", gettext_lazy("Outcomes recorded"), gettext_lazy("As before")),
)
