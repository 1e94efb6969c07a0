"""What differs between duplicates of leads and of companies, for the pages that decide about them."""

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leads.custom_fields.catalogue import fields_in_use
from leads.merging import company_merging, merging
from leads.merging.company_duplicates import COMPANIES
from leads.merging.finding import Finder
from leads.merging.lead_duplicates import PEOPLE
from leads.merging.undoing import CUSTOM
from leads.models import About, Company, CompanyDuplicate, CompanyMerge, Duplicate, Lead, Merge
from leads.models.merge import DuplicateQuerySet, MergeBase


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Records of one kind that may be one."""

    # Names of addresses begin with it: "" for leads.
    prefix: str
    about: About
    finder: Finder
    pairs: Callable[[], DuplicateQuerySet]
    merges: Callable[[], QuerySet[Any]]
    survivor_of: Callable[[Any, Any], tuple[Any, Any]]
    # Takes the two ids, and chosen, agent and now; raises NotMergeable.
    merge: Callable[..., MergeBase]
    undo: Callable[..., object]
    # Columns that are shown, and those among them that may be chosen.
    shown: Sequence[str]
    choosable: Collection[str]
    record: str
    # Sentences of the pages.
    title: str | Promise
    lede: str | Promise
    question: str | Promise
    nothing: str | Promise
    comes_along: str | Promise
    two: str | Promise
    certain: str | Promise

    def address(self, name: str, *args: object) -> str:
        """The address of a page of this kind."""
        return reverse(f"leads:{self.prefix}{name}", args=args)

    def page_of(self, record: Any) -> str:
        """Where a record is seen."""
        page = "leads:detail" if self.about == About.LEAD else "companies:detail"
        return reverse(page, args=[record.public_id])

    def own_fields(self) -> list[tuple[str, Any]]:
        """What is chosen of custom fields, as (name, field)."""
        return [(f"{CUSTOM}{field.key}", field) for field in fields_in_use(self.about)]

    def waiting(self) -> QuerySet[Any]:
        """The pairs nobody has decided about."""
        return self.pairs().waiting()

    def merged(self, public_id: uuid.UUID | None = None) -> QuerySet[MergeBase]:
        """What was merged, the latest first."""
        rows = self.merges().order_by("-at", "-pk")
        return rows if public_id is None else rows.filter(public_id=public_id)


def _pairs_of_leads() -> DuplicateQuerySet:
    return Duplicate.objects.select_related("one__company", "other__company", "one__owner", "other__owner")


def _pairs_of_companies() -> DuplicateQuerySet:
    return CompanyDuplicate.objects.select_related("one__owner", "other__owner")


def with_counts(companies: Collection[Company]) -> None:
    """Tells each of the companies how many leads it has, as `lead_count`."""
    leads = Lead.objects.filter(company__in=companies).order_by().values_list("company")
    counts = dict(leads.annotate(count=Count("pk")))
    for company in companies:
        company.lead_count = counts.get(company.pk, 0)  # type: ignore[attr-defined]


LEADS: Final = Kind(
    prefix="",
    about=About.LEAD,
    finder=PEOPLE,
    pairs=_pairs_of_leads,
    merges=lambda: Merge.objects.select_related("survivor", "actor"),
    survivor_of=merging.survivor_of,
    merge=lambda ids, **how: merging.merge(lead_ids=ids, **how),
    undo=merging.undo,
    shown=("email", *merging.CHOOSABLE),
    choosable=merging.CHOOSABLE,
    record="leads/duplicates/_record.html",
    title=_("Duplicates"),
    lede=_(
        "Records that may be one person. Merged, they are one lead with everything both had; its score is computed "
        "anew."
    ),
    question=_("Are these one person?"),
    nothing=_("Who is new or becomes better known is compared with everybody else, in the background."),
    comes_along=_(
        "What they did, consents, deals and handoffs come together. An open handoff goes on; of two, the one of the "
        "record that stays."
    ),
    two=_("They are two people"),
    certain=_("They have the same name, and the same phone or the same address but for dots and what follows a plus."),
)
COMPANY: Final = Kind(
    prefix="company_",
    about=About.COMPANY,
    finder=COMPANIES,
    pairs=_pairs_of_companies,
    merges=lambda: CompanyMerge.objects.select_related("survivor", "actor"),
    survivor_of=company_merging.survivor_of,
    merge=lambda ids, **how: company_merging.merge(company_ids=ids, **how),
    undo=company_merging.undo,
    shown=company_merging.CHOOSABLE,
    choosable=company_merging.CHOOSABLE,
    record="leads/duplicates/_company.html",
    title=_("Duplicate companies"),
    lede=_("Records that may be one company. Merged, its leads come together, and their scores are computed anew."),
    question=_("Are these one company?"),
    nothing=_("A company that is new or gets a website is compared with the others, in the background."),
    comes_along=_(
        "Its leads with their deals come together, and whatever names the other by its name or its website means this "
        "one from then on."
    ),
    two=_("They are two companies"),
    certain=_(
        "They have the same name, but for the legal form, and people of one have their mail at the website of the "
        "other."
    ),
)
