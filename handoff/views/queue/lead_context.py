"""What stands around leads: the people at their companies, who had them before, how sales tried to reach them,
what is to be done about them next.

Each question is asked once for all leads of a page.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.roles import MANAGING
from handoff.models import FINAL, Contact, Handoff
from leads.lead_tasks.lists import next_tasks
from leads.models import Lead, LeadTask, Stage, Status
from leads.states import BY_STAGE

NAMED: Final = 2
# What pages say of each.
OF_COLLEAGUES: Final = (
    "public_id", "first_name", "last_name", "email", "external_id", "erased_at", "job_title", "company", "stage",
    "is_decision_maker",
)  # fmt: skip
WITH_SALES: Final = (Status.AWAITING_SALES, Status.WORKING)


@dataclass(frozen=True, kw_only=True)
class Colleagues:
    """Who else is known at a company: how many, and the furthest of those whom the reader may see."""

    count: int = 0
    named: tuple[Lead, ...] = ()
    customers: int = 0
    # With sales, but not with the reader; nobody may know with whom, only that they should talk first.
    with_others: int = 0

    @property
    def unnamed(self) -> int:
        """How many more there are than are named."""
        return self.count - len(self.named)


@dataclass(frozen=True, kw_only=True)
class LeadContext:
    """Everything of this kind about one handoff."""

    colleagues: Colleagues = field(default_factory=Colleagues)
    previous_count: int = 0
    previous: Handoff | None = None
    contacts: tuple[Contact, ...] = ()
    warnings: tuple[str, ...] = ()
    next_task: LeadTask | None = None
    # On the reader's calendar, by which the task is late or not.
    today: date | None = None


def lead_contexts(
    handoffs: Collection[Handoff], *, user: User, now: datetime, names: int = NAMED
) -> dict[int, LeadContext]:
    """By the key of the handoff. `lead__company` is expected to be loaded."""
    if not handoffs:
        return {}
    leads = {handoff.lead.pk: handoff.lead for handoff in handoffs}
    colleagues = colleagues_of(leads.values(), user=user, names=names)
    before = _previous(handoffs)
    contacts = contacts_of(handoffs)
    tasks = next_tasks(leads)
    return {
        handoff.pk: LeadContext(
            colleagues=colleagues[handoff.lead.pk],
            previous_count=before.get(handoff.pk, (0, None))[0],
            previous=before.get(handoff.pk, (0, None))[1],
            contacts=contacts.get(handoff.pk, ()),
            warnings=tuple(_warnings(handoff, colleagues[handoff.lead.pk])),
            next_task=tasks.get(handoff.lead.pk),
            today=timezone.localdate(now),
        )
        for handoff in handoffs
    }


def colleagues_of(leads: Iterable[Lead], *, user: User, names: int = NAMED) -> dict[int, Colleagues]:
    """The people at the company of each lead; of those the reader may not see nothing but their number."""
    leads = list(leads)
    companies = {lead.company_id for lead in leads if lead.company_id}
    if not companies:
        return {lead.pk: Colleagues() for lead in leads}
    counted = {row["company_id"]: row for row in _counts(companies, user)}
    named = _named(leads, companies, user, names)
    colleagues = {}
    for lead in leads:
        count = counted.get(lead.company_id or 0) or {"people": 1, "customers": 0, "with_others": 0}
        is_elsewhere = lead.status in WITH_SALES and lead.owner_id not in (None, user.pk)
        colleagues[lead.pk] = Colleagues(
            count=count["people"] - 1,
            named=named.get(lead.pk, ()),
            customers=count["customers"] - (lead.stage == Stage.CUSTOMER),
            with_others=0 if user.has_role(*MANAGING) else count["with_others"] - is_elsewhere,
        )
    return colleagues


def contacts_of(handoffs: Iterable[Handoff]) -> dict[int, tuple[Contact, ...]]:
    """How sales tried to reach them, newest first."""
    by_handoff: dict[int, list[Contact]] = defaultdict(list)
    for contact in Contact.objects.filter(handoff__in=[one.pk for one in handoffs]).select_related("by"):
        by_handoff[contact.handoff_id].append(contact)
    return {key: tuple(contacts) for key, contacts in by_handoff.items()}


def _counts(companies: Collection[int], user: User) -> QuerySet[Lead, Any]:
    elsewhere = Q(status__in=WITH_SALES, owner__isnull=False) & ~Q(owner=user)
    return (
        Lead.objects.filter(company__in=companies)
        .values("company_id")
        .annotate(
            people=Count("pk"),
            customers=Count("pk", filter=Q(stage=Stage.CUSTOMER)),
            with_others=Count("pk", filter=elsewhere),
        )
        .order_by()
    )


def _named(leads: list[Lead], companies: Collection[int], user: User, names: int) -> dict[int, tuple[Lead, ...]]:
    """One more than are shown, since one of them may be the lead itself."""
    place = Window(
        RowNumber(),
        partition_by=F("company"),
        order_by=[F("rank").desc(), F("last_touch__at").desc(nulls_last=True), "pk"],
    )
    seen = Lead.objects.visible_to(user).filter(company__in=companies).only(*OF_COLLEAGUES).annotate(rank=BY_STAGE)
    people: dict[int | None, list[Lead]] = defaultdict(list)
    for lead in seen.annotate(place=place).filter(place__lte=names + 1).order_by("company", "place"):
        people[lead.company_id].append(lead)
    return {
        lead.pk: tuple(one for one in people[lead.company_id] if one.pk != lead.pk)[:names]
        for lead in leads
        if lead.company_id
    }


def _previous(handoffs: Collection[Handoff]) -> dict[int, tuple[int, Handoff]]:
    """For each that is not the first of its lead: how many came before, and the latest of them with its reason."""
    earlier = Handoff.objects.filter(lead=OuterRef("lead"), state__in=FINAL, opened_at__lt=OuterRef("opened_at"))
    latest = Subquery(earlier.order_by("-opened_at", "-pk").values("pk")[:1])
    count = Subquery(earlier.order_by().values("lead").annotate(n=Count("pk")).values("n"))
    asked = Handoff.objects.filter(pk__in=[one.pk for one in handoffs]).annotate(latest=latest, count=count)
    named = {pk: (latest, count) for pk, latest, count in asked.values_list("pk", "latest", "count") if latest}
    loaded = Handoff.objects.select_related("reason").only("state", "closed_at", "reason__name")
    by_key = loaded.in_bulk({pk for pk, _n in named.values()})
    return {pk: (count, by_key[latest]) for pk, (latest, count) in named.items()}


def _warnings(handoff: Handoff, colleagues: Colleagues) -> Iterable[str]:
    """What to know before calling."""
    lead = handoff.lead
    if lead.do_not_contact:
        yield _("They asked not to be contacted.")
    if not lead.email and not lead.phone:
        yield _("Neither an e-mail address nor a phone number is known.")
    company = {"company": lead.company}
    if colleagues.customers:
        yield _("%(company)s is a customer already.") % company
    if colleagues.with_others:
        yield ngettext(
            "Another rep is in touch with somebody at %(company)s.",
            "Other reps are in touch with %(count)d people at %(company)s.",
            colleagues.with_others,
        ) % {**company, "count": colleagues.with_others}
