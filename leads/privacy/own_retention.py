"""What of the leads and of the messages about them grows old."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.events import Agent
from leads.models import BY_PERSON, Activity, Lead
from leads.models.activity import Effort
from leads.models.erasure import ErasureReason
from leads.privacy.erasing import erase
from leads.privacy.retention import RetentionKind, register
from lib.moments import moment_words
from outbox.models import Delivery

RETENTION: Final = Agent(name="retention")


def _silent(before: datetime) -> QuerySet[Lead]:
    """Leads that never bought and of whom nobody has heard since that moment."""
    heard_of = Activity.objects.filter(lead=OuterRef("pk"), occurred_at__gte=before, machine__in=BY_PERSON)
    # What can happen by itself, such as opening a mail, is no contact from the person; a click is one.
    heard_of = heard_of.exclude(type__effort=Effort.PASSIVE)
    silent = Lead.objects.filter(erased_at=None, customer_at=None, created_at__lt=before)
    return silent.exclude(Exists(heard_of)).order_by("pk")


def _erase(lead_ids: Sequence[int], now: datetime) -> int:
    for lead_id in lead_ids:
        erase(lead_id=lead_id, reason=ErasureReason.RETENTION, agent=RETENTION, now=now)
    return len(lead_ids)


def _lead_words(lead: Lead) -> str:
    words = _("Lead of %(moment)s, %(stage)s")
    return words % {"moment": moment_words(lead.created_at), "stage": lead.get_stage_display()}


def _old_deliveries(before: datetime) -> QuerySet[Delivery]:
    waiting = Delivery.State.PENDING
    gathering = Delivery.objects.filter(gathered_in=OuterRef("pk"))
    old = Delivery.objects.filter(created_at__lt=before).exclude(state=waiting)
    return old.exclude(Exists(gathering)).order_by("pk")


def _delete_deliveries(keys: Sequence[int], _now: datetime) -> int:
    Delivery.objects.filter(pk__in=keys).delete()
    return len(keys)


def _delivery_words(delivery: Delivery) -> str:
    words = _("Message of %(moment)s, %(state)s")
    return words % {"moment": moment_words(delivery.created_at), "state": delivery.get_state_display()}


register(
    RetentionKind(
        key="leads",
        label=gettext_lazy("Leads nobody has heard of"),
        explanation=gettext_lazy(
            "Counted from the last thing the person did; opening a mail is none. The person is erased, the figures "
            "stay. Customers are kept."
        ),
        days=1095,
        is_on=False,
        due=_silent,
        remove=_erase,
        example=_lead_words,
    )
)
register(
    RetentionKind(
        key="deliveries",
        label=gettext_lazy("Messages to your people"),
        explanation=gettext_lazy("Counted from when they were written; they are deleted with their attempts."),
        days=395,
        is_on=False,
        due=_old_deliveries,
        remove=_delete_deliveries,
        example=_delivery_words,
    )
)
