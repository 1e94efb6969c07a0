"""A list leaves as a file that is inert, says who took it, and changes nothing when it is imported again."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from accounts.models import User
from leads.custom_fields.definitions import define
from leads.events import Agent
from leads.exporting import background, files
from leads.exporting.columns import columns_of_leads
from leads.exporting.lists import Asked, listed, lists
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities, take_leads
from leads.models import Company, ExportFile, Lead, LeadExport
from leads.models.erasure import ErasureReason
from leads.privacy.erasing import erase
from lib import clock
from lib.cells import as_written
from lib.process_cache import look_again

pytestmark = pytest.mark.django_db
LEADS = "/exports/leads/"
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
        answer = client.post(f"{LEADS}?q=chief&sort=name", {"format": "csv"})
        assert answer.headers["Content-Disposition"].endswith('.csv"')
        rows = table(content(answer))
        assert [row["last_name"] for row in rows] == ["Ann", "Cid"]
        kept = LeadExport.objects.get()
        assert (kept.actor, kept.count, kept.file_format, kept.query) == (marketer, 2, "csv", "q=chief&sort=name")

    def test_a_rep_exports_what_the_rep_sees(self, client: Client, rep: User, make_lead: Callable[..., Lead]) -> None:
        make_lead(email="ann@x.example")
        client.force_login(rep)
        answer = client.post(LEADS, {"format": "csv"})
        assert table(content(answer)) == []

    def test_a_workbook(self, client: Client, marketer: User, make_lead: Callable[..., Lead], tmp_path: Path) -> None:
        make_lead(email="ann@x.example", external_id="007", company="=cmd", employees=50)
        client.force_login(marketer)
        answer = client.post(LEADS, {"format": "xlsx"})
        path = tmp_path / "leads.xlsx"
        path.write_bytes(content(answer))
        head, row = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        values = dict(zip(map(str, head), row, strict=True))
        assert (values["external_id"], values["company"], values["employees"]) == ("007", "'=cmd", 50)

    def test_too_many_for_a_workbook_are_told(
        self, client: Client, marketer: User, make_lead: Callable[..., Lead], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(files, "MOST_IN_WORKBOOK", 0)
        make_lead(email="ann@x.example")
        client.force_login(marketer)
        answer = client.post(LEADS, {"format": "xlsx"}, follow=True)
        assert "Take CSV, or narrow the list" in answer.content.decode()
        assert not LeadExport.objects.exists()

    def test_nobody_without_signing_in(self, client: Client) -> None:
        assert client.post(LEADS, {"format": "csv"}).status_code == 302


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

    def test_companies_too(self, now: datetime, tmp_path: Path) -> None:
        define(about="company", kind="some_of", label="Tools", choices=["Tea", "Rum"], actor=None, now=now)
        look_again()
        for number, text in enumerate(ODD):
            taken(
                now, email=f"p{number}@x.example", company=text,
                company_domain=f"c{number}.example" if number % 3 else "",
                industry=text, employees=number, company_custom={"tools": "tea;rum"},
            )  # fmt: skip
        before = list(Company.objects.order_by("pk").values())
        path = tmp_path / "companies.csv"
        call_command("export", "companies", "--output", path, stdout=io.StringIO())
        call_command("import", path, "--kind", "companies", "--format", "json", stdout=(told := io.StringIO()))
        assert f'"as_before": {len(before)}' in told.getvalue()
        assert list(Company.objects.order_by("pk").values()) == before


class TestEveryList:
    """What holds for each list there is, of whichever package."""

    @pytest.mark.parametrize("key", [one.key for one in lists() if not one.is_part])
    def test_its_door_its_command_and_its_cost(
        self, key: str, client: Client, administrator: User, marketer: User, rep: User, manager: User, now: datetime
    ) -> None:
        address = reverse("exports:export", args=[key])
        for person in (administrator, marketer, rep, manager):
            client.force_login(person)
            answer = client.post(address, {"format": "csv"})
            assert answer.status_code == (200 if person.has_role(*listed(key).roles) else 403)
        out = io.StringIO()
        call_command("export", key, stdout=out)
        heads = [column.head for column in listed(key).columns(Asked(None, QueryDict(), now))]
        assert next(csv.reader(io.StringIO(out.getvalue().removeprefix("\ufeff")))) == heads
        assert len(set(heads)) == len(heads)
        few = _cost(key, now)
        for number in range(30):
            taken(now, email=f"p{number}@x.example", company=f"Company {number}", channel=f"c{number}")
            act(f"p{number}@x.example", number, now)
        assert _cost(key, now) <= few + ROWS_AT_ALL

    def test_what_a_rep_gets_of_activities_is_of_their_leads(
        self, client: Client, rep: User, marketer: User, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        lead = make_lead(email="ann@x.example")
        act("ann@x.example", 1, now)
        act("bob@x.example", 2, now)
        address = reverse("exports:export", args=["activities"])
        client.force_login(rep)
        assert table(content(client.post(address, {"format": "csv"}))) == []
        client.force_login(marketer)
        assert len(table(content(client.post(address, {"format": "csv"})))) == 2
        [row] = table(content(client.post(f"{address}?lead={lead.public_id}", {"format": "csv"})))
        assert (row["email"], row["type"], row["page"]) == ("ann@x.example", "page_view", "/pricing")
        answer = client.post(f"{address}?lead=nobody", {"format": "csv"}, follow=True)
        assert "cannot be used" in answer.content.decode()

    def test_there_is_no_list_of_another_name(self, client: Client, administrator: User) -> None:
        client.force_login(administrator)
        assert client.post(reverse("exports:export", args=["users"])).status_code == 404


class TestLongOnes:
    """They are written by a worker, and their page says how far it is."""

    @pytest.mark.parametrize("file_format", ["csv", "xlsx"])
    def test_the_page_says_how_far_it_is_and_then_has_the_file(
        self, file_format: str, client: Client, marketer: User, rep: User, monkeypatch: pytest.MonkeyPatch,
        make_lead: Callable[..., Lead], private_files: None, tmp_path: Path,
    ) -> None:  # fmt: skip
        for name in ("ann", "bob", "cid"):
            make_lead(email=f"{name}@x.example", last_name=name)
        client.force_login(marketer)
        monkeypatch.setattr(background, "AT_ONCE", 2)
        answer = client.post(f"{LEADS}?sort=name", {"format": file_format})
        row = ExportFile.objects.get()
        page = reverse("exports:detail", args=[row.public_id])
        assert answer.headers["Location"] == page
        assert "waits for a worker" in client.get(page).content.decode()
        monkeypatch.setattr(files, "counted", _dying_after(2))
        with pytest.raises(KeyboardInterrupt):
            background.write(row.pk, clock=clock.now)
        assert "2" in client.get(page).content.decode()
        # Another worker takes it up when the first one has been silent for some minutes.
        assert not background.write(row.pk, clock=clock.now)
        monkeypatch.undo()
        later = clock.now() + background.LEASE + timedelta(seconds=1)
        assert background.unfinished(now=later) == [row.pk]
        assert background.write(row.pk, clock=lambda: later)
        assert not background.write(row.pk, clock=lambda: later)
        download = reverse("exports:download", args=[row.public_id])
        assert download in client.get(page).content.decode()
        (tmp_path / "list").write_bytes(content(client.get(download)))
        rows = _sheet(tmp_path / "list") if file_format == "xlsx" else table((tmp_path / "list").read_bytes())
        assert [one["last_name"] for one in rows] == ["ann", "bob", "cid"]
        assert "is ready" in client.get(reverse("exports:list")).content.decode()
        client.force_login(rep)
        assert [client.get(address).status_code for address in (page, download)] == [404, 404]
        background.forget_old(now=clock.now() + timedelta(days=2))
        client.force_login(marketer)
        assert client.get(download).status_code == 404
        assert "was deleted" in client.get(page).content.decode()

    def test_whose_time_ran_out_leaves_the_file_of_who_took_it_up(
        self, marketer: User, make_lead: Callable[..., Lead], private_files: None, now: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        make_lead(email="ann@x.example")
        row = background.ask(listed("leads"), file_format="csv", count=1, query="", user=marketer, now=now)
        counted, later = files.counted, now + background.LEASE + timedelta(seconds=1)

        def slow(values: Any, tell: Callable[[int], None]) -> Any:
            monkeypatch.setattr(files, "counted", counted)
            assert background.write(row.pk, clock=lambda: later)
            return counted(values, tell)

        monkeypatch.setattr(files, "counted", slow)
        assert not background.write(row.pk, clock=lambda: now)
        row.refresh_from_db()
        assert default_storage.listdir("exports")[1] == [row.stored_as.removeprefix("exports/")]

    def test_what_stops_each_time_is_given_up(
        self, marketer: User, make_lead: Callable[..., Lead], private_files: None, now: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        make_lead(email="ann@x.example")
        row = background.ask(listed("leads"), file_format="csv", count=1, query="", user=marketer, now=now)
        monkeypatch.setattr(files, "counted", _dying_after(1))
        for attempt in range(background.ATTEMPTS):
            with pytest.raises(KeyboardInterrupt):
                background.write(row.pk, clock=lambda attempt=attempt: now + attempt * timedelta(hours=1))  # type: ignore[misc]
        assert not background.write(row.pk, clock=lambda: now + timedelta(days=1))
        row.refresh_from_db()
        assert "3 times" in row.message
        assert background.unfinished(now=now + timedelta(days=2)) == []

    def test_an_erasure_deletes_the_files(
        self, marketer: User, make_lead: Callable[..., Lead], private_files: None, now: datetime
    ) -> None:
        lead = make_lead(email="ann@x.example")
        row = background.ask(listed("leads"), file_format="csv", count=1, query="", user=marketer, now=now)
        background.write(row.pk, clock=clock.now)
        erase(lead_id=lead.pk, reason=ErasureReason.ASKED, agent=Agent(user=marketer), now=now)
        row.refresh_from_db()
        assert row.stored_as == ""


# A query or two more may be asked where there is any row at all.
ROWS_AT_ALL = 3


def act(email: str, number: int, now: datetime) -> None:
    activity = ActivityInput(f"m{number}", "page_view", LeadInput(email=email), now, page="/pricing")
    take_activities([activity], agent=Agent(name="test"), source="test", now=now)


def _cost(key: str, now: datetime) -> int:
    """How many statements the whole list takes."""
    asked = Asked(None, QueryDict(), now)
    with CaptureQueriesContext(connection) as asked_for:
        list(files.cells(listed(key).columns(asked), listed(key).rows(asked).each))
    return len(asked_for)


def _sheet(path: Path) -> list[dict[str, Any]]:
    head, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def _dying_after(count: int) -> Any:
    def counted(values: Any, tell: Callable[[int], None]) -> Any:
        for number, row in enumerate(values, 1):
            yield row
            tell(number)
            if number == count:
                raise KeyboardInterrupt

    return counted


def _line(text: str) -> str:
    columns = columns_of_leads(None)[:1]
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
