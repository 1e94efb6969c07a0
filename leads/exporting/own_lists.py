"""The lists of the leads themselves, of their companies, of what they did, and of what brought them."""

from typing import Any, Final

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from accounts.roles import MANAGING
from leads.content.library import library
from leads.exporting.columns import columns_of_companies, columns_of_leads
from leads.exporting.lists import (
    Asked,
    ExportedColumn,
    ExportedList,
    NotToBeListed,
    Rows,
    column,
    fixed,
    register,
    stored_rows,
    uuid_of,
)
from leads.filter_groups import FilterGroups
from leads.merging.company_duplicates import COMPANIES
from leads.merging.lead_duplicates import PEOPLE
from leads.models import Activity, Campaign, Channel, Company, CompanyDuplicate, Duplicate, Lead, Spend
from leads.offered_columns import offered
from leads.ordering import LeadPages
from leads.reading import read_with

_TOGETHER: Final = 500


def _leads(asked: Asked) -> Rows:
    """The list's filters and order. Raises NotToBeListed for a filter that cannot be used."""
    visible = Lead.objects.visible_to(asked.user) if asked.user else Lead.objects.all()
    chosen = FilterGroups(asked.query, leads=visible, user=asked.user)
    if chosen.errors:
        raise NotToBeListed(", ".join(chosen.errors))
    ids = LeadPages(chosen.qs, sort=chosen.sort(), now=asked.now).ids()

    def each() -> Any:
        for start in range(0, len(ids), _TOGETHER):
            part = ids[start : start + _TOGETHER]
            leads = Lead.objects.filter(pk__among=part).select_related(
                "company", "owner", "first_channel", "first_campaign", "first_page"
            )
            reads = (one.read for one in offered())
            known = {lead.pk: lead for lead in read_with(leads, reads, now=asked.now)}
            yield from (known[pk] for pk in part if pk in known)

    return Rows(len(ids), each())


def _activities(asked: Asked) -> Rows:
    """Of the leads somebody may see, or of one of them (?lead=), the latest first."""
    visible = Lead.objects.visible_to(asked.user) if asked.user else Lead.objects.all()
    public_id = asked.query.get("lead", "")
    if public_id:
        visible = visible.filter(public_id=uuid_of(public_id, name="lead"))
    rows = Activity.objects.filter(lead__in=visible).order_by("-occurred_at", "-pk")
    return stored_rows(rows.select_related("lead", "type", "page", "asset", "campaign", "channel"))


register(
    ExportedList(
        key="leads",
        label=_("Leads"),
        columns=lambda asked: columns_of_leads(asked.user),
        rows=_leads,
        filters=(
            "q",
            "stage",
            "status",
            "channel",
            "campaign",
            "key_page",
            "owner",
            "active",
            "country",
            "consent",
            "sort",
        ),  # fmt: skip,
    )
)
register(
    ExportedList(
        key="companies",
        label=_("Companies"),
        columns=lambda asked: columns_of_companies(asked.user),
        rows=lambda _asked: stored_rows(Company.objects.annotate(leads_now=Count("leads")).order_by("name", "pk")),
        roles=MANAGING,
    )
)
register(
    ExportedList(
        key="activities",
        label=_("Activities"),
        columns=fixed(
            column("email", "lead.email"),
            column("external_id", "lead.external_id"),
            column("external_system", "lead.external_system"),
            column("type", "type.key"),
            column("occurred_at"),
            column("page", "page.key"),
            column("asset", "asset.key"),
            column("campaign", "campaign.key"),
            column("channel", "channel.key"),
            column("seconds"),
            ExportedColumn("done_by", lambda activity: str(activity.get_machine_display())),
            column("received_at"),
        ),
        rows=_activities,
        filters=("lead",),
    )
)
register(
    ExportedList(
        key="duplicates",
        label=_("Possible duplicates"),
        columns=fixed(
            column("email", "one.email"),
            column("name", "one.name"),
            column("company", "one.company.name"),
            column("other_email", "other.email"),
            column("other_name", "other.name"),
            column("other_company", "other.company.name"),
            column("alike", "similarity"),
            column("is_certain"),
            ExportedColumn("reasons", lambda pair: PEOPLE.words(pair.reasons)),
            column("found_at"),
        ),
        rows=lambda _asked: stored_rows(Duplicate.objects.waiting().select_related("one__company", "other__company")),
        roles=MANAGING,
    )
)
register(
    ExportedList(
        key="company_duplicates",
        label=_("Possible duplicates of companies"),
        columns=fixed(
            column("company", "one.name"),
            column("domain", "one.domain"),
            column("other_company", "other.name"),
            column("other_domain", "other.domain"),
            column("alike", "similarity"),
            column("is_certain"),
            ExportedColumn("reasons", lambda pair: COMPANIES.words(pair.reasons)),
            column("found_at"),
        ),
        rows=lambda _asked: stored_rows(CompanyDuplicate.objects.waiting().select_related("one", "other")),
        roles=MANAGING,
    )
)
register(
    ExportedList(
        key="content",
        label=_("Content"),
        columns=fixed(
            column("key"),
            column("name"),
            column("kind"),
            column("funnel_stage"),
            column("is_gated"),
            column("persona"),
            column("product_line"),
            column("owner", "owner.email"),
            column("url"),
        ),
        rows=lambda _asked: stored_rows(library()),
        roles=MANAGING,
    )
)
register(
    ExportedList(
        key="campaigns",
        label=_("Campaigns"),
        columns=fixed(
            column("key"), column("name"), column("channel", "channel.key"), column("starts_on"), column("ends_on")
        ),
        rows=lambda _asked: stored_rows(Campaign.objects.select_related("channel").order_by("name", "pk")),
        roles=MANAGING,
    )
)
register(
    ExportedList(
        key="channels",
        label=_("Channels"),
        columns=fixed(column("key"), column("name"), column("needs_mapping"), column("counts_as", "counts_as.key")),
        rows=lambda _asked: stored_rows(Channel.objects.select_related("counts_as").order_by("name", "pk")),
        roles=MANAGING,
    )
)
register(
    ExportedList(
        key="spend",
        label=_("Spend"),
        columns=fixed(
            column("channel", "channel.key"),
            column("campaign", "campaign.key"),
            column("starts_on"),
            column("ends_on"),
            column("amount"),
            column("currency"),
        ),
        rows=lambda _asked: stored_rows(
            Spend.objects.select_related("channel", "campaign").order_by("-starts_on", "pk")
        ),
        roles=MANAGING,
    )
)
