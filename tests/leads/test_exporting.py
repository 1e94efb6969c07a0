"""A list leaves as a file that is inert, says who took it, and changes nothing when it is imported again."""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from accounts.models import User
from leads.custom_fields.definitions import define
from leads.events import Agent
from leads.exporting import files
from leads.inputs import LeadInput
from leads.intake import take_leads
from leads.models import Lead, LeadExport
from lib.cells import as_written
from lib.process_cache import look_again

pytestmark = pytest.mark.django_db
ODD = (
    "=1+1",
    "'=1",
    "''x",
    "\tx\n@y",
    "＝SUM(1)",
    "-5",
    "+49 30",
    "\u202eabc",
    "a\nb",
    'a "b", c;d',
    "007",
    "1e5",
    "ÄÖ",
)


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def taken(now: datetime, **fields: Any) -> None:
    take_leads([LeadInput(**fields)], agent=Agent(name="test"), now=now)


def state() -> list[Any]:
    return list(Lead.objects.order_by("pk").values())


def content(answer: Any) -> bytes:
    """What a streaming answer streams."""
    return b"".join(answer)


class TestPage:
    def test_it_follows_the_filters_and_the_order_and_is_recorded(
        self, client: Client, marketer: User, make_lead: Callable[..., Lead]
    ) -> None:
        for name in ("Cid", "Ann", "Bob"):
            make_lead(email=f"{name}@x.example", last_name=name, job_title="Chief" if name != "Bob" else "")
        client.force_login(marketer)
        answer = client.post(f"{reverse('leads:export')}?q=chief&sort=name", {"format": "csv"})
        assert answer.headers["Content-Disposition"].endswith('.csv"')
        rows = table(content(answer))
        assert [row["last_name"] for row in rows] == ["Ann", "Cid"]
        kept = LeadExport.objects.get()
        assert (kept.actor, kept.count, kept.file_format, kept.query) == (marketer, 2, "csv", "q=chief&sort=name")

    def test_a_rep_exports_what_the_rep_sees(self, client: Client, rep: User, make_lead: Callable[..., Lead]) -> None:
        make_lead(email="ann@x.example")
        client.force_login(rep)
        answer = client.post(reverse("leads:export"), {"format": "csv"})
        assert table(content(answer)) == []

    def test_a_workbook(self, client: Client, marketer: User, make_lead: Callable[..., Lead], tmp_path: Path) -> None:
        make_lead(email="ann@x.example", external_id="007", company="=cmd", employees=50)
        client.force_login(marketer)
        answer = client.post(reverse("leads:export"), {"format": "xlsx"})
        path = tmp_path / "leads.xlsx"
        path.write_bytes(content(answer))
        head, row = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        values = dict(zip(head, row, strict=True))
        assert (values["external_id"], values["company"], values["employees"]) == ("007", "'=cmd", 50)

    def test_too_many_for_a_workbook_are_told(
        self, client: Client, marketer: User, make_lead: Callable[..., Lead], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(files, "MOST_IN_WORKBOOK", 0)
        make_lead(email="ann@x.example")
        client.force_login(marketer)
        answer = client.post(reverse("leads:export"), {"format": "xlsx"}, follow=True)
        assert "Take CSV, or narrow the list" in answer.content.decode()
        assert not LeadExport.objects.exists()

    def test_nobody_without_signing_in(self, client: Client) -> None:
        assert client.post(reverse("leads:export"), {"format": "csv"}).status_code == 302


class TestRoundTrip:
    @pytest.mark.parametrize("file_format", ["csv", "xlsx"])
    def test_imported_again_it_changes_nothing(self, now: datetime, tmp_path: Path, file_format: str) -> None:
        define(about="lead", kind="number", label="Visits", actor=None, now=now)
        define(about="lead", kind="some_of", label="Likes", choices=["Tea", "Rum"], actor=None, now=now)
        look_again()
        for number, text in enumerate(ODD):
            taken(
                now, email=f"p{number}@x.example", first_name=text, last_name=text, company=text, city=text,
                external_id=f"00{number}", system="crm" if number % 2 else "", channel="Trade fair", employees=200,
                is_decision_maker=bool(number % 2), country="PT", custom={"visits": number + 0.5, "likes": "tea;rum"},
            )  # fmt: skip
        taken(now, external_id="only-id", system="crm", job_title="CEO", created_at=now)
        before = state()
        path = tmp_path / f"leads.{file_format}"
        call_command("export", "leads", "--format", file_format, "--output", path)
        call_command("import", path, "--kind", "leads", "--format", "json", stdout=(told := io.StringIO()))
        assert f'"as_before": {len(before)}' in told.getvalue()
        assert state() == before

    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(st.text(st.characters(exclude_characters="\x00\r", exclude_categories=["Cs"]), max_size=40))
    def test_whatever_a_name_is(self, text: str) -> None:
        [cell] = next(csv.reader(io.StringIO(_line(text), newline="")))
        assert as_written(cell) == as_written(text)
        assert not cell.lstrip().startswith(("=", "+", "-", "@"))


def _line(text: str) -> str:
    columns = files.exported_columns(None)[:1]
    return list(files.csv_lines(columns, iter([[text]])))[1]


class TestCommand:
    def test_to_the_terminal(self, make_lead: Callable[..., Lead], capsys: pytest.CaptureFixture[str]) -> None:
        make_lead(email="ann@x.example")
        call_command("export", "leads", "--format", "csv")
        assert table(capsys.readouterr().out.encode())[0]["email"] == "ann@x.example"
        assert LeadExport.objects.get().agent == "command line"

    @pytest.mark.parametrize(
        ("options", "sentence"), [(["--format", "xlsx"], "Say with --output"), (["--where", "stage=nowhere"], "stage")]
    )
    def test_what_cannot_be_done_is_said(self, options: list[str], sentence: str) -> None:
        with pytest.raises(CommandError, match=sentence):
            call_command("export", "leads", *options)
