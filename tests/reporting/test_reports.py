"""What holds for every report, whichever it is: it is declared once, and everything else follows from that."""

import csv
import io
import json
from datetime import datetime

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from reporting.filters import Options
from reporting.presentation import figures, table
from reporting.report import Report
from reporting.reports import FILTERS, REPORTS
from tests.reporting.histories import everything

pytestmark = pytest.mark.django_db
ALL = pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)


@pytest.fixture(autouse=True)
def leads() -> None:
    everything()


def written(*arguments: str) -> str:
    out = io.StringIO()
    call_command("report", *arguments, stdout=out)
    return out.getvalue()


class TestDeclaration:
    @ALL
    def test_it_says_what_it_answers_and_what_its_numbers_mean(self, report: Report) -> None:
        assert str(report.question).endswith("?")
        for column in (*report.columns, *report.file_columns, *report.headline, *report.figures):
            assert str(column.definition).endswith("."), column.key
        assert len({column.key for column in report.file_columns}) == len(report.file_columns)

    def test_each_has_its_own_key_place_and_address(self) -> None:
        reports = REPORTS.values()
        for taken in ([report.place for report in reports], [report.path for report in reports]):
            assert len(set(taken)) == len(REPORTS)
        assert not REPORTS.keys() & {"review", "review_note", "review_count", "past_review", "chart", "csv"}

    def test_a_filter_of_one_name_is_one_filter(self) -> None:
        assert len({asked.name for asked in FILTERS}) == len(FILTERS)

    @ALL
    def test_rows_and_totals_have_what_is_declared(self, report: Report, now: datetime) -> None:
        result = report.find(Options(), now=now)
        assert result.rows
        for row in result.rows:
            assert row.values.keys() >= {column.key for column in (*report.columns, *report.file_columns)}
        assert len(table(report, Options(), result).lines) == len(result.rows)
        assert len(figures((*report.headline, *report.figures), result)) == len(report.headline) + len(report.figures)


class TestSurfaces:
    @ALL
    def test_page_drawing_and_file_have_addresses(self, report: Report, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        page = client.get(reverse(f"reporting:{report.key}"), {"from": "2026-01-01"}).content.decode()
        assert f'href="/reports/files/{report.key}.csv?from=2026-01-01" download' in page
        for column in report.columns:
            assert f'<th scope="col" class="number">{column.label}</th>' in page
        drawing = client.get(reverse("reporting:chart", args=[report.key]))
        assert drawing.status_code == (200 if report.draw else 404)
        assert (f"/reports/charts/{report.key}.svg" in page) is (report.draw is not None)

    @ALL
    def test_the_file_is_what_the_command_writes(self, report: Report, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        answer = client.get(reverse("reporting:csv", args=[report.key]))
        assert answer.content.decode() == written(report.key, "--format", "csv")
        assert answer["Content-Disposition"] == f'attachment; filename="{report.key}.csv"'
        assert answer["Cache-Control"] == "private, no-store"

    @ALL
    def test_text_json_and_csv_have_the_same_rows(self, report: Report) -> None:
        rows = json.loads(written(report.key, "--format", "json"))["rows"]
        assert written(report.key) == written(report.key, "--format", "table")
        assert len(written(report.key).splitlines()) == len(rows) + 2
        told = list(csv.DictReader(io.StringIO(written(report.key, "--format", "csv"))))
        assert [list(row) for row in told] == [list(row) for row in rows]

    def test_the_list_names_each_with_its_question(self) -> None:
        listed = written("--list").splitlines()
        assert [line.split()[0] for line in listed] == list(REPORTS)
        assert listed[0].endswith(str(REPORTS["funnel"].question))


class TestFile:
    def test_no_cell_is_a_formula(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        rows = list(csv.reader(io.StringIO(client.get("/reports/files/channels.csv").content.decode())))
        assert [row[0] for row in rows] == ["key", "'=1+1", "email", "seo"]

    def test_it_answers_the_question_of_the_page(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        rows = client.get("/reports/files/funnel.csv", {"by": "month"}).content.decode().splitlines()
        assert rows[1] == "2026-02,3,2,1,1,1,1"

    @pytest.mark.parametrize("address", ["nothing.csv", "funnel.csv?by=x", "funnel.csv?from=yesterday"])
    def test_what_cannot_be_read_is_not_there(self, client: Client, marketer: User, address: str) -> None:
        client.force_login(marketer)
        assert client.get(f"/reports/files/{address}").status_code == 404

    def test_it_is_for_those_who_see_all_leads(self, client: Client, rep: User) -> None:
        assert client.get("/reports/files/funnel.csv").status_code == 302
        client.force_login(rep)
        assert client.get("/reports/files/funnel.csv").status_code == 403


class TestQuestion:
    """A question goes along from tab to tab; a report takes of it only what it asks."""

    def test_who_converts_says_that_it_counts_a_cohort(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        page = client.get(reverse("reporting:segments"), {"mode": "period"}).content.decode()
        assert "Counted over the leads created in the period" in page
        assert "Counted on the day it happened" not in page
        assert "?mode=period" in page

    def test_channels_say_whose_channel_counts(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        page = client.get(reverse("reporting:channels"), {"by": "month"}).content.decode()
        assert "A lead belongs to the channel through which it first came." in page
