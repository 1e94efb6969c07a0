"""The reports over the API: which there are, the rows of one, and what is said when a question cannot be read."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.keys import issue
from accounts.models import ApiKey, User
from reporting.reports import REPORTS
from tests.reporting.histories import day, everything, lead

pytestmark = pytest.mark.django_db
URL = "/api/v1/reports/"
Key = tuple[ApiKey, str]


@pytest.fixture
def key(administrator: User) -> Key:
    return issue(name="Board", scopes=["reports:read"], actor=administrator, now=timezone.now())


def get(client: Client, key: Key, path: str = "", query: dict[str, str] | None = None) -> Any:
    return client.get(f"{URL}{path}", query or {}, headers={"authorization": f"Bearer {key[1]}"})


class TestDoor:
    @pytest.mark.parametrize("path", ["", "funnel/"])
    def test_it_takes_a_key_with_the_scope(self, client: Client, administrator: User, key: Key, path: str) -> None:
        assert client.get(f"{URL}{path}").status_code == 401
        other = issue(name="Leads", scopes=["leads:read"], actor=administrator, now=timezone.now())
        refused = get(client, other, path)
        assert refused.status_code == 403
        assert "reports:read" in refused.json()["detail"]
        assert get(client, key, path).status_code == 200

    def test_nothing_can_be_sent(self, client: Client, key: Key) -> None:
        answer = client.post(URL, {}, content_type="application/json", headers={"authorization": f"Bearer {key[1]}"})
        assert answer.status_code == 405


class TestList:
    def test_every_report_with_its_question_filters_and_columns(self, client: Client, key: Key) -> None:
        reports = {report["key"]: report for report in get(client, key).json()["results"]}
        assert list(reports) == list(REPORTS)
        assert reports["segments"]["question"] == "Which kind of lead becomes a customer once it is an MQL?"
        assert [one["name"] for one in reports["funnel"]["filters"]] == ["mode", "by", "touch", "period"]
        assert reports["funnel"]["filters"][1] == {
            "name": "by",
            "label": "Rows",
            "values": ["channel", "month"],
            "default": "channel",
        }
        assert reports["channels"]["columns"][4] == {
            "key": "share",
            "label": "Share of MQLs",
            "definition": "MQLs of the channel divided by all MQLs.",
            "kind": "share",
            "unit": "",
        }


class TestReport:
    @pytest.mark.parametrize("name", REPORTS)
    def test_it_answers_what_the_command_writes(self, client: Client, key: Key, name: str) -> None:
        everything()
        out = StringIO()
        call_command("report", name, "--from", "2026-01-01", "--format", "json", stdout=out)
        answer = get(client, key, f"{name}/", {"from": "2026-01-01"}).json()
        assert answer == json.loads(out.getvalue())
        assert answer["rows"]

    def test_a_filter_changes_the_rows(self, client: Client, key: Key) -> None:
        lead(day("2026-02-02"))
        rows = get(client, key, "funnel/", {"by": "month"}).json()["rows"]
        assert [row["key"] for row in rows] == ["2026-02"]

    @pytest.mark.parametrize(
        ("query", "name", "sentence"),
        [
            ({"by": "owner__password"}, "by", "Choose one of these: channel, month."),
            ({"from": "2026-03-02", "to": "2026-03-01"}, "to", "The last day is before the first day."),
            ({"from": "yesterday"}, "from", "Write the day as year-month-day, such as 2026-03-31."),
            ({"segment": "country"}, "segment", "This is no filter here. Known: by, from, mode, period, to, touch."),
        ],
    )
    def test_what_cannot_be_read_is_said_by_parameter(
        self, client: Client, key: Key, query: dict[str, str], name: str, sentence: str
    ) -> None:
        answer = get(client, key, "funnel/", query)
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
        assert [one["message"] for one in answer.json()["errors"][name]] == [sentence]

    def test_an_unknown_report_names_those_there_are(self, client: Client, key: Key) -> None:
        answer = get(client, key, "nothing/")
        assert answer.status_code == 404
        assert "funnel" in answer.json()["detail"]


class TestSchema:
    def test_it_describes_parameters_and_rows(self, client: Client) -> None:
        schema = json.loads(client.get("/api/v1/schema", {"format": "json"}).content)
        assert schema["paths"]["/api/v1/reports/"]["get"]["operationId"] == "reports_list"
        report = schema["paths"]["/api/v1/reports/{key}/"]["get"]
        parameters = {one["name"]: one for one in report["parameters"]}
        assert parameters["key"]["schema"]["enum"] == sorted(REPORTS)
        assert parameters["mode"]["schema"]["enum"] == ["cohort", "period"]
        assert parameters.keys() >= {"from", "to", "period", "segment"}
        fields = schema["components"]["schemas"]["ReportResult"]["properties"]
        assert fields.keys() >= {"report", "rows", "totals", "from", "to", "definitions"}
        assert "results" in schema["components"]["schemas"]["ReportList"]["properties"]
