import csv
import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from handoff.event_kinds import WITHDRAWN
from leads import lifecycle
from leads.events import SYSTEM
from leads.models import Lead
from tests.reporting.histories import channel, day, entered, journey, lead


def report(*arguments: str) -> str:
    written = io.StringIO()
    call_command("report", *arguments, stdout=written)
    return written.getvalue()


@pytest.mark.django_db
class TestReport:
    def test_the_funnel_as_json_has_its_promised_shape(self, rep: User) -> None:
        journey(lead(day("2026-03-02"), first=channel("organic_search")), rep=rep, start=day("2026-03-03"))
        lead(day("2026-03-02"), first=channel("organic_search"))
        lead(day("2026-03-02"))
        body: dict[str, Any] = json.loads(report("funnel", "--by", "channel", "--format", "json"))
        assert body["report"] == "funnel"
        assert body["rows"] == [
            {
                "key": "organic_search",
                "leads": 2,
                "mqls": 1,
                "sals": 1,
                "sqls": 1,
                "opportunities": 0,
                "customers": 1,
            },
            {"key": "", "leads": 1, "mqls": 0, "sals": 0, "sqls": 0, "opportunities": 0, "customers": 0},
        ]
        assert body["totals"] == {
            "leads": 3,
            "mqls": 1,
            "sals": 1,
            "sqls": 1,
            "opportunities": 0,
            "customers": 1,
        }
        assert body["definitions"]["mql_to_sql"].startswith("SQLs divided by MQLs.")
        assert (body["mode"], body["touch"], body["from"], body["to"]) == ("cohort", "first", None, None)

    def test_an_empty_database_has_totals_of_zero(self) -> None:
        body = json.loads(report("funnel", "--format", "json"))
        assert body["rows"] == []
        assert set(body["totals"].values()) == {0}
        assert body["rates"]["mql_to_sql"] is None

    def test_volume_and_channels_are_told_too(self) -> None:
        entered(lead(day("2026-03-02"), first=channel("email")), [("mql", day("2026-03-03"))])
        volume = json.loads(report("volume", "--format", "json", "--to", "2026-03-31"))
        assert volume["rows"][0] | {"key": "2026-03", "mqls": 1, "mql_events": 1} == volume["rows"][0]
        channels = json.loads(report("channels", "--format", "json"))
        assert (channels["rows"][0]["key"], channels["rows"][0]["share"]) == ("email", 1)

    def test_text_ends_with_the_totals(self) -> None:
        lead(day("2026-03-02"))
        lines = report("funnel").splitlines()
        assert lines[0].split() == ["key", "leads", "mqls", "sals", "sqls", "opportunities", "customers"]
        assert lines[-1].split() == ["total", "1", "0", "0", "0", "0", "0"]

    def test_csv_cells_do_nothing_in_a_spreadsheet(self) -> None:
        lead(day("2026-03-02"), first=channel("=HYPERLINK(1)"))
        rows = list(csv.reader(io.StringIO(report("funnel", "--format", "csv"))))
        assert rows[1][:2] == ["'=HYPERLINK(1)", "1"]

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("--from", "2026-03-02", "--to", "2026-03-01"), "--to: The last day is before the first day."),
            (("--from", "99999-01-01"), "--from: Write the day as year-month-day"),
            (("--from", "0001-01-01"), "--from: Give a day between 1990 and 2100."),
            (("--by", "owner__password"), "invalid choice"),
        ],
    )
    def test_what_cannot_be_read_is_said(self, arguments: tuple[str, ...], said: str) -> None:
        with pytest.raises(CommandError, match=said):
            report("funnel", *arguments)


def reconcile() -> str:
    """What the command prints when every lead agrees; it exits with 0."""
    written = io.StringIO()
    call_command("reconcile", stdout=written)
    return written.getvalue()


def differences() -> str:
    """What the command prints before it exits with 1."""
    written = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("reconcile", stdout=written)
    assert error.value.returncode == 1
    return f"{written.getvalue()}{error.value}"


@pytest.mark.django_db
class TestReconcile:
    def test_leads_moved_by_their_lifecycle_agree(self, rep: User) -> None:
        for until in ("mql", "sal", "sql", "customer"):
            journey(lead(day("2026-03-02")), rep=rep, start=day("2026-03-03"), until=until)
        lead(day("2026-03-02"))
        assert reconcile() == "Every lead agrees with its record.\n"

    def test_a_lead_that_marketing_took_back_agrees(self, rep: User) -> None:
        """It returned, without being one that sales sent back."""
        taken_back = journey(lead(day("2026-03-02")), rep=rep, start=day("2026-03-03"), until="mql")
        lifecycle.withdraw(taken_back, WITHDRAWN, agent=SYSTEM, now=day("2026-03-20"), text="They asked us to wait.")
        assert (taken_back.recycled_at, taken_back.recycle_count) == (day("2026-03-20"), 0)
        assert reconcile() == "Every lead agrees with its record.\n"

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("sal_at", None),
            ("sql_at", "2026-03-09T00:00:00Z"),
            ("mql_count", 2),
            ("stage", "sal"),
            ("status", "lost"),
            ("recycle_count", 1),
        ],
    )
    def test_a_milestone_that_was_never_recorded_is_found(self, rep: User, column: str, value: object) -> None:
        journey(lead(day("2026-03-02")), rep=rep, start=day("2026-03-03"))
        wrong = journey(lead(day("2026-03-02")), rep=rep, start=day("2026-03-03"), until="sql")
        Lead.objects.filter(pk=wrong.pk).update(**{column: value})
        said = differences()
        assert f"{wrong.public_id}  {column}: " in said
        assert said.endswith("Leads that differ from their record: 1.")

    def test_an_event_that_never_reached_the_lead_is_found(self) -> None:
        wrong = entered(lead(day("2026-03-02")), [("customer", day("2026-03-03"))])
        said = differences()
        assert f"{wrong.public_id}  customer_at: the lead says None" in said
        assert f"{wrong.public_id}  stage: the lead says lead, the record says customer" in said

    def test_it_is_one_statement_however_many_leads(self, django_assert_num_queries: Any) -> None:
        for _number in range(30):
            lead(day("2026-03-02"))
        with django_assert_num_queries(1, connection=connection):
            reconcile()
