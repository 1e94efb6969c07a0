"""What the leads themselves keep about a person."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from leads.consent.suppression import suppress_keys
from leads.events import Agent, empty_words, event_kinds
from leads.exporting import background
from leads.listing import saved_views
from leads.merging import merging
from leads.merging.company_duplicates import COMPANIES
from leads.merging.finding import ask
from leads.models import Activity, ActivityProperties, Consent, ExportFile, Lead, LeadExport, SavedView
from leads.models.consent import SuppressionReason
from leads.models.identifier import LeadIdentifier
from leads.models.merge import CompanyDuplicateKey, Duplicate, DuplicateCheck, DuplicateKey, Merge
from leads.privacy.holdings import DataSubject, Holding, Row, register
from outbox import letters

_COPIED: Final = (
    "email", "external_id", "external_system", "first_name", "last_name", "phone", "job_title", "country", "city",
    "budget", "is_decision_maker", "buying_role", "do_not_contact", "custom", "stage", "status", "created_at",
    "first_touch_at",
)  # fmt: skip
# What is taken from the row of the lead. Where it works, its country and where it stands stay: reports count by them.
BLANK: Final[dict[str, object]] = {
    "email": "", "email_key": None, "first_name": "", "last_name": "", "phone": "", "job_title": "", "city": "",
    "budget": None, "is_decision_maker": None, "buying_role": "", "custom": {},
}  # fmt: skip


def _lead(subject: DataSubject) -> Iterator[Row]:
    lead = subject.lead
    values = {str(Lead._meta.get_field(name).verbose_name): getattr(lead, name) for name in _COPIED}  # type: ignore[union-attr]  # noqa: SLF001 (Django's way)
    company = {str(_("company")): lead.company.name} if lead.company else {}
    source = {str(_("first channel")): lead.first_channel.name} if lead.first_channel else {}
    yield {**values, **company, **source}


def _erase_lead(subject: DataSubject, _agent: Agent, _now: datetime) -> int:
    """The row loses what is personal in leads/privacy/erasing.py, which writes it last."""
    return int(subject.lead.erased_at is None)


def _identifiers(subject: DataSubject) -> Iterator[Row]:
    for named in subject.lead.identifiers.all():
        yield {
            str(_("system")): named.system,
            str(_("external id")): named.external_id,
            str(_("e-mail")): named.email_key,
        }


def _erase_identifiers(subject: DataSubject, agent: Agent, now: datetime) -> int:
    """Addresses of leads that were merged into this one stay out like its own."""
    named = subject.lead.identifiers.all()
    former = [key for key in named.values_list("email_key", flat=True) if key]
    if former:
        suppress_keys(former, reason=SuppressionReason.ERASED, agent=agent, now=now)
    merging.forget(subject.lead)
    return named.delete()[0]


def _names_of(subject: DataSubject) -> tuple[QuerySet[LeadIdentifier], QuerySet[Merge]]:
    return subject.lead.identifiers.order_by("pk"), Merge.objects.filter(survivor=subject.lead).order_by("pk")


def _names(subject: DataSubject) -> Iterator[Row]:
    identifiers, merges = _names_of(subject)
    for one in identifiers:
        yield {
            str(_("system")): one.system,
            str(_("external id")): one.external_id,
            str(_("e-mail")): one.email_key,
        }
    for merge in merges:
        yield {str(_("merged")): merge.at, str(_("before")): merge.before}


def _erase_names(subject: DataSubject, _agent: Agent, now: datetime) -> int:
    lead, (identifiers, merges) = subject.lead, _names_of(subject)
    count = identifiers.count() + merges.update(before={})
    identifiers.delete()
    DuplicateKey.objects.filter(lead=lead).delete()
    DuplicateCheck.objects.filter(lead=lead).delete()
    Duplicate.objects.filter(Q(one=lead) | Q(other=lead)).delete()
    if lead.company_id:
        # Where its people have their mail is one of the things a company is compared by.
        CompanyDuplicateKey.objects.filter(company=lead.company_id).delete()
        ask(COMPANIES, [lead.company_id], now=now)
    return count


def _activities(subject: DataSubject) -> Iterator[Row]:
    rows = subject.lead.activities.select_related("type", "page", "asset", "campaign", "channel", "extra")
    for activity in rows.order_by("occurred_at", "pk").iterator(chunk_size=1000):
        extra = getattr(activity, "extra", None)
        yield {
            str(_("what")): activity.type.name,
            str(_("when")): activity.occurred_at,
            str(_("page")): activity.page and activity.page.key,
            str(_("content")): activity.asset and activity.asset.name,
            str(_("campaign")): activity.campaign and activity.campaign.name,
            str(_("channel")): activity.channel and activity.channel.name,
            str(_("seconds")): activity.seconds,
            str(_("done by")): activity.get_machine_display(),
            str(_("more")): extra.properties if extra else {},
        }


def _erase_activities(subject: DataSubject, _agent: Agent, _now: datetime) -> int:
    """What was sent with them goes; that they took place, when and with which page, stays as a number."""
    ActivityProperties.objects.filter(activity__lead_id=subject.lead.pk).delete()
    return Activity.objects.filter(lead_id=subject.lead.pk).count()


def _events(subject: DataSubject) -> Iterator[Row]:
    names = {kind.key: kind.label for kind in event_kinds()}
    for event in subject.lead.events.select_related("actor").order_by("at", "pk"):
        yield {
            str(_("what")): str(names.get(event.kind, event.kind)),
            str(_("when")): event.at,
            str(_("from")): event.from_status or event.from_stage,
            str(_("to")): event.to_status or event.to_stage,
            str(_("why")): event.reason,
            str(_("in words")): event.text,
            str(_("facts")): event.data,
        }


def _erase_events(subject: DataSubject, _agent: Agent, _now: datetime) -> int:
    """Transitions are what reports count; the words that were said about the person go."""
    return empty_words(subject.lead.pk)


def _consents(subject: DataSubject) -> Iterator[Row]:
    for word in subject.lead.consents.select_related("purpose").order_by("at", "pk"):
        yield {
            str(_("purpose")): word.purpose.label,
            str(_("given")): word.is_given,
            str(_("when")): word.at,
            str(_("where it was said")): word.source,
            str(_("wording that was shown")): word.wording,
            str(_("legal basis")): word.get_basis_display(),
            str(_("note")): word.note,
        }


def _erase_consents(subject: DataSubject, _agent: Agent, _now: datetime) -> int:
    return Consent.objects.filter(lead_id=subject.lead.pk).update(note="")


def _export_files(_subject: DataSubject) -> QuerySet[ExportFile]:
    """Those of all: a list that was exported lately may name anybody."""
    return ExportFile.objects.exclude(stored_as="")


def _addresses(subject: DataSubject) -> set[str]:
    return {subject.lead.email, *subject.email_keys} - {""}


def _letters(subject: DataSubject) -> Iterator[Row]:
    for letter in letters.waiting_for(*_addresses(subject)).order_by("pk"):
        yield {
            str(_("when")): letter.created_at,
            str(_("to")): letter.address,
            str(_("subject")): letter.subject,
            str(_("text")): letter.text,
        }


def _names_looked_for(subject: DataSubject) -> set[str]:
    return {*subject.marks, subject.lead.first_name, subject.lead.last_name} - {""}


def _searches(subject: DataSubject) -> QuerySet[LeadExport]:
    return LeadExport.objects.filter(background.searches_for(_names_looked_for(subject)))


def _exports(subject: DataSubject) -> Iterator[Row]:
    for file in _export_files(subject):
        yield {str(_("when")): file.finished_at}
    for export in _searches(subject).order_by("pk"):
        yield {str(_("when")): export.at, str(_("list")): export.listed, str(_("filters")): export.query}


def _erase_exports(subject: DataSubject, _agent: Agent, now: datetime) -> int:
    """Who was looked for is a part of what is recorded of an export."""
    return background.forget(Q()) + background.forget_searches(_names_looked_for(subject), now=now)


def _views_naming(subject: DataSubject) -> list[SavedView]:
    return saved_views.naming(*_told_by(subject))


def _told_by(subject: DataSubject) -> tuple[set[str], set[str]]:
    """What names the person wherever it stands, and what does as a word: a first name is many people's."""
    return set(subject.marks), {subject.lead.last_name}


def _views(subject: DataSubject) -> Iterator[Row]:
    for view in _views_naming(subject):
        yield {str(_("name")): view.name, str(_("filters")): view.query}


def _deals(subject: DataSubject) -> Iterator[Row]:
    for deal in subject.lead.deals.all():
        yield {
            str(_("won")): deal.is_won,
            str(_("closed")): deal.closed_at,
            str(_("amount")): deal.amount,
            str(_("deal id")): deal.external_id,
        }


def _erase_deals(subject: DataSubject, _agent: Agent, _now: datetime) -> int:
    """What was sold is in the books; it names nobody."""
    return subject.lead.deals.count()


register(
    Holding(
        key="lead",
        label=_("Who they are"),
        afterwards=_("Name, address, phone and all other details are gone; company and country stay for the figures."),
        rows=_lead,
        count=lambda _subject: 1,
        erase=_erase_lead,
    )
)
register(
    Holding(
        key="identifiers",
        label=_("What other systems call them"),
        afterwards=_("All ids and former addresses are gone."),
        rows=_identifiers,
        count=lambda subject: subject.lead.identifiers.count(),
        erase=_erase_identifiers,
    )
)
register(
    Holding(
        key="names",
        label=_("Other names, and leads that were merged"),
        afterwards=_("Deleted; a merge cannot be undone any more."),
        rows=_names,
        count=lambda subject: sum(rows.count() for rows in _names_of(subject)),
        erase=_erase_names,
    )
)
register(
    Holding(
        key="activities",
        label=_("What they did"),
        afterwards=_("Type, moment and page stay as a number; everything that was sent with them is gone."),
        rows=_activities,
        count=lambda subject: subject.lead.activities.count(),
        erase=_erase_activities,
    )
)
register(
    Holding(
        key="events",
        label=_("What became of them"),
        afterwards=_("Transitions stay for the reports; words that were written about them are gone."),
        rows=_events,
        count=lambda subject: subject.lead.events.count(),
        erase=_erase_events,
    )
)
register(
    Holding(
        key="consents",
        label=_("What they allowed"),
        afterwards=_("Purpose and moment stay as proof; notes are gone."),
        rows=_consents,
        count=lambda subject: subject.lead.consents.count(),
        erase=_erase_consents,
    )
)
register(
    Holding(
        key="export_files",
        label=_("Exported lists that may name them"),
        afterwards=_(
            "The files are deleted before their day is over; whoever took one has it. Who was looked for is gone."
        ),
        rows=_exports,
        count=lambda subject: _export_files(subject).count() + _searches(subject).count(),
        erase=_erase_exports,
    )
)
register(
    Holding(
        key="saved_views",
        label=_("Saved views of the list that name them"),
        afterwards=_("The views show the list without the filter that named them."),
        rows=_views,
        count=lambda subject: len(_views_naming(subject)),
        erase=lambda subject, _agent, now: saved_views.forget(*_told_by(subject), now=now),
    )
)
register(
    Holding(
        key="letters",
        label=_("Mail to them that waits"),
        afterwards=_("It is not sent any more."),
        rows=_letters,
        count=lambda subject: letters.waiting_for(*_addresses(subject)).count(),
        erase=lambda subject, _agent, _now: letters.forget(*_addresses(subject)),
    )
)
register(
    Holding(
        key="deals",
        label=_("Deals"),
        afterwards=_("Days and amounts stay; nothing in them names a person."),
        rows=_deals,
        count=lambda subject: subject.lead.deals.count(),
        erase=_erase_deals,
    )
)
