"""Who converts: the cohort by what is known of its leads."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from leads.models import Campaign, Company, Lead
from reporting.filters import Options
from reporting.periods import Period
from reporting.reports.segments import SHOWN, Segments, segments
from reporting.segments_sql import Segment
from scoring.models import Persona, Score
from tests.reporting.histories import day, entered, lead

pytestmark = pytest.mark.django_db
CAME, LATER = day("2026-02-02"), day("2026-02-20")


def known(reached: str = "mql", **fields: Any) -> Lead:
    """A lead of which these fields are known, with all stages up to the one named."""
    stages = ("mql", "sql", "customer")
    subject = lead(CAME)
    Lead.objects.filter(pk=subject.pk).update(**fields)
    return entered(subject, [(stage, LATER) for stage in stages[: stages.index(reached) + 1]])


def report(segment: Segment, period: Period | None = None) -> Segments:
    return segments(Options(segment=segment, period=period or Period()), now=timezone.now())


def rows(segment: Segment) -> list[tuple[str, int, int]]:
    return [(row.label, row.counts.mqls, row.counts.customers) for row in report(segment).shown]


class TestSegments:
    def test_titles_are_one_however_they_are_spelt(self) -> None:
        for title in ("CEO", "CEO", "ceo "):
            known("customer", job_title=title)
        known(job_title="Buyer")
        known(job_title="")
        assert rows(Segment.JOB_TITLE) == [("CEO", 3, 3), ("Not known", 1, 0), ("Buyer", 1, 0)]

    def test_companies_are_in_bands_with_their_edges(self) -> None:
        for name, employees in enumerate((0, 1, 10, 11, 50, 51, 1000, 1001)):
            known(company=Company.objects.create(name=str(name), employees=employees, created_at=CAME))
        known()
        assert {label: mqls for label, mqls, _customers in rows(Segment.COMPANY_SIZE)} == {
            "0 people": 1, "1-10 people": 2, "11-50 people": 2, "51-200 people": 1, "501-1,000 people": 1,
            "1,001+ people": 1, "Not known": 1,
        }  # fmt: skip

    def test_the_country_of_the_company_counts_where_the_lead_has_none(self) -> None:
        company = Company.objects.create(name="Acme", country="DE", industry="Retail", created_at=CAME)
        known(company=company)
        known(company=company, country="PT")
        assert sorted(rows(Segment.COUNTRY)) == [("DE", 1, 0), ("PT", 1, 0)]
        assert rows(Segment.INDUSTRY) == [("Retail", 2, 0)]

    def test_campaigns_and_personas_by_name(self) -> None:
        campaign = Campaign.objects.create(key="spring", name="Spring fair")
        subject = known("sql", first_campaign=campaign)
        persona = Persona.objects.create(name="Founders")
        Score.objects.create(
            lead=subject, criteria_id=1, total=0, fit=0, engagement=0, grade="D4", matched=[], bar=30, qualifies=False,
            is_fast_track=False, is_blocked=False, scored_at=CAME, persona=persona, persona_share=50,
        )  # fmt: skip
        assert rows(Segment.CAMPAIGN) == [("Spring fair", 1, 0)]
        assert rows(Segment.PERSONA) == [("Founders", 1, 0)]

    def test_only_leads_of_the_period(self) -> None:
        known(job_title="CEO")
        period = Period(day("2026-03-01").date(), None)
        assert report(Segment.JOB_TITLE, period).shown == []

    def test_what_stands_out_is_marked_when_there_are_enough(self) -> None:
        for title, won, lost in (("CEO", 20, 20), ("Buyer", 0, 60), ("Clerk", 9, 0)):
            for _ in range(won):
                known("customer", job_title=title)
            for _ in range(lost):
                known("mql", job_title=title)
        found = {row.label: row.stands_out for row in report(Segment.JOB_TITLE).shown}
        assert found == {"CEO": "above", "Buyer": "below", "Clerk": ""}

    def test_many_are_cut_and_the_rest_is_counted(self) -> None:
        for place in range(SHOWN + 3):
            known("customer", job_title=f"Title {place:02}")
        found = report(Segment.JOB_TITLE)
        assert (len(found.shown), found.others, found.rest.customers) == (SHOWN, 3, 3)
        assert found.totals.mqls == SHOWN + 3


class TestPage:
    def test_the_segment_is_chosen_by_a_link(self, client: Client, marketer: User) -> None:
        known("customer", job_title="<b>CEO</b>")
        client.force_login(marketer)
        page = client.get(reverse("reporting:segments")).content.decode()
        assert "&lt;b&gt;CEO&lt;/b&gt;" in page
        assert "?segment=company_size" in page
        assert "Company size" in client.get(reverse("reporting:segments"), {"segment": "company_size"}).content.decode()

    @pytest.mark.parametrize("asked", ["lead.email", "1; drop table leads_lead", "%00"])
    def test_only_listed_segments_are_looked_at(self, client: Client, marketer: User, asked: str) -> None:
        client.force_login(marketer)
        assert client.get(reverse("reporting:segments"), {"segment": asked}).status_code == 400


class TestCommand:
    def test_segments_on_the_command_line(self) -> None:
        known("customer", job_title="CEO")
        known("mql", job_title="Buyer")
        out = StringIO()
        call_command("report", "segments", "--segment", "job_title", "--format", "json", stdout=out)
        told = json.loads(out.getvalue())
        assert [(row["key"], row["mqls"], row["mql_to_customer"]) for row in told["rows"]] == [
            ("buyer", 1, 0.0),
            ("ceo", 1, 1.0),
        ]
        assert told["totals"]["customers"] == 1
