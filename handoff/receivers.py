"""Hears of leads that were scored or closed, of criteria, and of personas, inside the transaction that did it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.urls import reverse

from accounts.models import User
from accounts.roles import MARKETING, SALES, SALES_MANAGER
from handoff.deadlines import sla
from handoff.lifecycle import transitions
from handoff.models import Handoff
from handoff.promotion import promotions
from leads.models import Stage, Status
from leads.signals import leads_closed
from outbox import deliveries
from outbox.models import News
from scoring.models import Criteria, Persona, Signature
from scoring.signals import criteria_proposed, criteria_published, leads_scored, signatures_void


@receiver(leads_scored, dispatch_uid="handoff.leads_scored")
def ask_for_promotion(*, qualifying: list[int], now: datetime, **_: Any) -> None:
    if qualifying:
        promotions.request(qualifying, now=now)


@receiver(leads_closed, dispatch_uid="handoff.leads_closed")
def close_what_is_open(*, lead_ids: list[int], now: datetime, **_: Any) -> None:
    """An outcome ends the handoff that is on its way; one that has ended stays as it is.

    A deal does not end what sales has accepted: they still say what made it an SQL, until the deal is lost.
    """
    kept = Q(state=Handoff.State.ACCEPTED, lead__stage=Stage.OPPORTUNITY, lead__status=Status.WORKING)
    on_their_way = Handoff.objects.open().filter(lead__in=lead_ids).exclude(kept).order_by("lead_id")
    for handoff_id in on_their_way.values_list("pk", flat=True):
        transitions.close_with_lead(handoff_id=handoff_id, now=now)


@receiver(criteria_proposed, dispatch_uid="handoff.criteria_proposed")
def ask_for_signatures(*, criteria: Criteria, actor: User, now: datetime, **_: Any) -> None:
    _tell(News.TO_SIGN, criteria, User.objects.in_role(MARKETING, SALES_MANAGER), by=actor, now=now)


@receiver(criteria_published, dispatch_uid="handoff.criteria_published")
def tell_what_is_in_force(*, criteria: Criteria, actor: User, now: datetime, **_: Any) -> None:
    _tell(News.IN_FORCE, criteria, User.objects.in_role(MARKETING, *SALES), by=actor, now=now)


@receiver(signatures_void, dispatch_uid="handoff.signatures_void")
def tell_whose_signature_is_void(
    *, criteria: Criteria, signatures: Sequence[Signature], actor: User, now: datetime, **_: Any
) -> None:
    _tell(News.SIGNATURE_VOID, criteria, [each.user for each in signatures], by=actor, now=now)


def _tell(kind: News, criteria: Criteria, recipients: Iterable[User], *, by: User, now: datetime) -> None:
    path = reverse("scoring:version", args=[criteria.number])
    deliveries.owe_criteria(
        kind, pk=criteria.pk, version=criteria.number, path=path, by=by, recipients=recipients, now=now
    )


@receiver(pre_delete, sender=Persona, dispatch_uid="handoff.persona_deleted")
def switch_off_what_was_for(*, instance: Persona, **_: Any) -> None:
    sla.forget(instance)
