"""The statement behind "Who converts": the cohort counted by what is known of its leads.

A segment is one of the expressions below, chosen by a name of ours; nothing a user enters becomes part of a statement.
What became of a lead is read from the recorded transitions, what it is from its profile as it is now.
"""

from datetime import datetime
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from reporting.filters import Filter, Options
from reporting.metrics import Counts
from reporting.periods import mature_before
from reporting.sql import COUNTED, COUNTS, REACHED, UNANSWERED, bounds, fetch


class Segment(models.TextChoices):
    """What leads can have in common."""

    JOB_TITLE = "job_title", _("Job title")
    COMPANY_SIZE = "company_size", _("Company size")
    INDUSTRY = "industry", _("Industry")
    COUNTRY = "country", _("Country")
    CAMPAIGN = "campaign", _("First campaign")
    PERSONA = "persona", _("Persona")


SEGMENT: Final = Filter(
    name="segment",
    label=_("Leads by"),
    choices=Segment,
    default=Segment.JOB_TITLE,
    help=_("rows of segments; the default is job_title"),
)
# The key of a segment (NULL: not known) and how it is written.
EXPRESSIONS: Final[dict[Segment, tuple[str, str]]] = {
    Segment.JOB_TITLE: ("nullif(lead.job_title_key, '')", "btrim(lead.job_title)"),
    Segment.COMPANY_SIZE: ("width_bucket(company.employees, ARRAY[1, 11, 51, 201, 501, 1001])::text", "NULL::text"),
    Segment.INDUSTRY: ("nullif(company.industry_key, '')", "btrim(company.industry)"),
    Segment.COUNTRY: ("nullif(coalesce(nullif(lead.country, ''), company.country), '')", "NULL::text"),
    Segment.CAMPAIGN: ("lead.first_campaign_id::text", "campaign.name"),
    Segment.PERSONA: ("score.persona_id::text", "persona.name"),
}
COHORT: Final = """
WITH cohort AS (
    SELECT lead.id, lead.created_at, {key} AS segment, {label} AS label
    FROM leads_lead AS lead
    LEFT JOIN leads_company AS company ON company.id = lead.company_id
    LEFT JOIN leads_campaign AS campaign ON campaign.id = lead.first_campaign_id
    LEFT JOIN scoring_score AS score ON score.lead_id = lead.id
    LEFT JOIN scoring_persona AS persona ON persona.id = score.persona_id
    WHERE lead.created_at >= %(starts_at)s::timestamptz AND lead.created_at < %(ends_at)s::timestamptz
), {reached}, {unanswered}
SELECT segment, mode() WITHIN GROUP (ORDER BY label), {counts}
GROUP BY segment
"""


def counts_by_segment(options: Options, *, now: datetime) -> list[tuple[str | None, str, Counts]]:
    """(key or None when it is not known, how it is written most often, counts); one statement."""
    key, label = EXPRESSIONS[SEGMENT.of(options)]
    statement = COHORT.format(key=key, label=label, reached=REACHED, unanswered=UNANSWERED, counts=COUNTS)
    return [
        (segment, written or "", Counts(**dict(zip(COUNTED, numbers, strict=True))))
        for segment, written, *numbers in fetch(
            statement, bounds(options.period) | {"mature_before": mature_before(now)}
        )
    ]
