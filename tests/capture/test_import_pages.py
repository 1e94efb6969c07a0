"""A marketer imports a file on pages: upload, columns, preview, run, result. Nobody else sees it."""

import csv
import io
import unicodedata
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import User
from capture import tasks
from capture.importing import run
from capture.models import ImportBatch
from leads.models import Lead
from lib.cells import as_written, inert
from tests.handoff.promoting import drain_and_promote

pytestmark = pytest.mark.django_db
CONTENT = (
    "Lead ID;Full Name;Email;Source;Notes\n"
    "1;Ann Lee;ann@example.com;Trade fair;x\n"
    "2;=cmd;no address;unknown;@y\n"
    "3;Bob Ray;bob@example.com;Partner;\n"
)


@pytest.fixture(autouse=True)
def private_root(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }


@pytest.fixture
def page(client: Client, marketer: User) -> Client:
    client.force_login(marketer)
    return client


def upload(
    client: Client, content: str | bytes = CONTENT, *, name: str = "people.csv", kind: str = "leads"
) -> ImportBatch:
    body = content.encode() if isinstance(content, str) else content
    answer = client.post(reverse("capture:import_new"), {"file": SimpleUploadedFile(name, body), "kind": kind})
    assert answer.status_code == 302, answer.content.decode()
    return ImportBatch.objects.latest("pk")


def at(step: str, batch: ImportBatch) -> str:
    return reverse(f"capture:import_{step}", args=[batch.public_id])


def columns_of(batch: ImportBatch, **other: str) -> dict[str, str]:
    return {f"field_{key}": str(index) for key, index in batch.mapping.items()} | {"time_zone": "UTC"} | other


class TestWhoseIds:
    def test_it_is_chosen_and_proposed_for_the_next_file_with_these_columns(self, page: Client) -> None:
        first = upload(page)
        assert "the same id of two systems is two leads" in page.get(at("columns", first)).content.decode()
        page.post(at("columns", first), columns_of(first, system=" CRM "))
        assert run.start(first.pk, now=first.created_at)
        assert run.run(first.pk, clock=lambda: first.created_at)
        assert set(Lead.objects.values_list("external_system", flat=True)) == {"crm"}
        assert 'value="crm"' in page.get(at("columns", upload(page))).content.decode()
        assert 'value="crm"' not in page.get(at("columns", upload(page, "id;city\n1;Rome\n"))).content.decode()

    @pytest.mark.parametrize("system", ["x" * 51, "ß" * 26])  # which is "ss" when it is folded
    def test_a_system_is_named_in_fifty_characters(self, page: Client, system: str) -> None:
        batch = upload(page)
        assert page.post(at("columns", batch), columns_of(batch, system=system)).status_code == 422


class TestJourney:
    def test_from_the_file_to_the_leads(
        self,
        page: Client,
        marketer: User,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        hinted: list[int] = []
        monkeypatch.setattr(tasks.run_import, "delay", hinted.append)
        assert "Nothing has been imported yet" in page.get(reverse("capture:import_list")).content.decode()

        batch = upload(page)
        columns = page.get(at("columns", batch)).content.decode()
        assert "selected>Full Name: Ann Lee, =cmd</option>" in columns
        assert "Columns without a place" in columns
        assert "Notes" in columns

        assert page.post(at("columns", batch), columns_of(batch)).headers["Location"] == at("preview", batch)
        preview = page.get(at("preview", batch)).content.decode()
        assert "1 channel is new:" in preview
        assert "Import 2 rows" in preview
        assert "1 row will not be used" in preview
        assert not Lead.objects.exists()

        with django_capture_on_commit_callbacks(execute=True):
            assert page.post(at("run", batch)).headers["Location"] == at("detail", batch)
        assert hinted == [batch.pk]
        assert 'hx-trigger="every 2s"' in page.get(at("detail", batch)).content.decode()

        tasks.run_import(batch.pk)
        result = page.get(at("detail", batch)).content.decode()
        assert 'hx-trigger="every 15s"' in result.partition('id="import-state"')[2], "its leads are to be scored"
        drain_and_promote(now=timezone.now())
        result = page.get(at("detail", batch)).content.decode()
        assert "hx-trigger" not in result.partition('id="import-state"')[2]
        assert "1 row was not used" in result
        assert f"?batch={batch.public_id}" in result
        leads = page.get(reverse("leads:list"), {"batch": str(batch.public_id)}).content.decode()
        assert "Ann Lee" in leads
        assert "of the import people.csv" in leads
        assert Lead.objects.get(external_id="1").events.get().actor == marketer
        assert "people.csv" in page.get(reverse("capture:import_list")).content.decode()

    def test_a_second_click_starts_nothing_twice(self, page: Client) -> None:
        batch = upload(page)
        page.post(at("run", batch))
        tasks.run_import(batch.pk)
        page.post(at("run", batch))
        batch.refresh_from_db()
        assert batch.state == ImportBatch.State.DONE
        assert run.unfinished(now=batch.touched_at) == []

    def test_htmx_gets_the_part_that_changes(self, page: Client) -> None:
        batch = upload(page)
        page.post(at("run", batch))
        part = page.get(at("detail", batch), headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in part
        assert 'id="import-state"' in part

    def test_outcomes_of_leads_nobody_knows_are_told(self, page: Client) -> None:
        batch = upload(page, "id,won date\nx1,2026-01-01\n", kind="outcomes")
        page.post(at("columns", batch), columns_of(batch))
        preview = page.get(at("preview", batch)).content.decode()
        assert "There is no lead “x1”" in preview
        assert "Outcomes recorded" in preview


class TestBadFiles:
    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "The file is empty"),
            (b"email\n", "no rows"),
            (b'email\n"a@example.com\nx\n', "The quote opened in line 2 is not closed"),
            (b"PK\x03\x04", "damaged and cannot be unpacked"),
            (b"c," * 600 + b"c\n" + b"x," * 600, "601 columns"),
            (b"\x00\x01\x02" * 100, "no text file"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_they_are_told_why_and_not_kept(self, page: Client, tmp_path: Path, content: bytes, sentence: str) -> None:
        answer = page.post(
            reverse("capture:import_new"), {"file": SimpleUploadedFile("x.csv", content), "kind": "leads"}
        )
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert not ImportBatch.objects.exists()
        assert list(tmp_path.rglob("*.*")) == []

    def test_one_that_is_too_large(self, page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("capture.importing.files.FILE_LIMIT", 1024 * 1024)
        answer = page.post(
            reverse("capture:import_new"),
            {"file": SimpleUploadedFile("x.csv", b"a\n" * 1024 * 1024), "kind": "leads"},
        )
        assert answer.status_code == 422
        assert "at most 1 MB" in answer.content.decode()

    def test_a_name_like_a_path_is_only_shown(self, page: Client, tmp_path: Path) -> None:
        batch = upload(page, name="../../<b>evil\r\n.csv")
        assert "/" not in batch.stored_as.removeprefix("imports/")
        assert "<b>evil" not in page.get(at("columns", batch)).content.decode()
        assert (tmp_path / batch.stored_as).exists()

    def test_columns_that_cannot_be_used(self, page: Client) -> None:
        batch = upload(page)
        answer = page.post(at("columns", batch), {"time_zone": "Mars/Base"})
        assert answer.status_code == 422
        assert "This is no time zone" in answer.content.decode()
        answer = page.post(at("columns", batch), {"time_zone": "UTC", "field_phone": "0"})
        assert answer.status_code == 422
        assert "Say which column holds the e-mail address" in answer.content.decode()
        answer = page.post(at("columns", batch), {"time_zone": "UTC", "field_email": "77"})
        assert answer.status_code == 422

    def test_dates_that_can_be_read_in_two_ways_are_asked_for(self, page: Client) -> None:
        batch = upload(page, "email,created date\nann@example.com,03/04/2024\n")
        assert page.get(at("preview", batch)).headers["Location"] == at("columns", batch)
        answer = page.post(at("columns", batch), columns_of(batch))
        assert answer.status_code == 422
        assert "Say whether 03/04/2024 has the day or the month first" in answer.content.decode()
        page.post(at("columns", batch), columns_of(batch, date_order="dmy"))
        assert "3 Apr 2024, 00:00" in page.get(at("preview", batch)).content.decode()

    def test_amounts_that_can_be_read_in_two_ways_are_asked_for(self, page: Client) -> None:
        batch = upload(page, "email,budget\nann@example.com,12.500\n")
        answer = page.post(at("columns", batch), columns_of(batch))
        assert answer.status_code == 422
        assert "Say whether 12.500 is thousands" in answer.content.decode()
        page.post(at("columns", batch), columns_of(batch, decimal_mark=","))
        assert "12500" in page.get(at("preview", batch)).content.decode()

    def test_another_way_of_reading(self, page: Client) -> None:
        batch = upload(page, "email;Имя\nann@example.com;Анна\n".encode("cp1251"))
        assert batch.encoding == "cp1252"
        page.post(at("read", batch), {"kind": "leads", "encoding": "cp1251", "delimiter": ";"})
        batch.refresh_from_db()
        assert batch.columns == ["email", "Имя"]

    def test_a_file_that_was_forgotten(self, page: Client) -> None:
        batch = upload(page)
        default_storage.delete(batch.stored_as)
        answer = page.get(at("columns", batch))
        assert answer.status_code == 422
        assert "Upload it again" in answer.content.decode()

    def test_throwing_it_away_leaves_nothing(self, page: Client, tmp_path: Path) -> None:
        batch = upload(page)
        page.post(at("discard", batch))
        assert not ImportBatch.objects.exists()
        assert not (tmp_path / batch.stored_as).exists()

    def test_what_has_run_is_not_thrown_away(self, page: Client) -> None:
        batch = upload(page)
        page.post(at("run", batch))
        page.post(at("discard", batch))
        assert ImportBatch.objects.filter(pk=batch.pk).exists()


STEPS = ("detail", "columns", "preview", "run", "read", "discard")


def rows_not_used(client: Client, batch: ImportBatch) -> Any:
    """What is answered to who wants them as a file."""
    address = reverse("exports:export", args=["import_problems"])
    return client.post(f"{address}?import={batch.public_id}", {"format": "csv"})


def content_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


class TestWho:
    @pytest.mark.parametrize("who", ["rep", "manager"])
    def test_sales_imports_nothing(
        self, page: Client, client: Client, request: pytest.FixtureRequest, who: str
    ) -> None:
        batch = upload(page)
        client.force_login(request.getfixturevalue(who))
        for name in ("capture:import_list", "capture:import_new"):
            assert client.get(reverse(name)).status_code == 403
        for step in STEPS:
            assert client.get(at(step, batch)).status_code in (403, 405)
            assert client.post(at(step, batch)).status_code in (403, 405)
        assert rows_not_used(client, batch).status_code == 403

    def test_a_colleague_does_not_find_it(
        self, page: Client, client: Client, make_colleague: Callable[[], User]
    ) -> None:
        batch = upload(page)
        client.force_login(make_colleague())
        for step in STEPS:
            assert client.get(at(step, batch)).status_code in (404, 405)
            assert client.post(at(step, batch)).status_code in (404, 405)
        assert rows_not_used(client, batch).headers["Location"] == reverse("exports:list")
        assert "people.csv" not in client.get(reverse("capture:import_list")).content.decode()
        batch.refresh_from_db()
        assert batch.state == ImportBatch.State.UPLOADED

    def test_an_administrator_sees_all(self, page: Client, client: Client, administrator: User) -> None:
        batch = upload(page)
        client.force_login(administrator)
        assert "people.csv" in client.get(reverse("capture:import_list")).content.decode()
        assert client.get(at("columns", batch)).status_code == 200

    def test_nobody_without_signing_in(self, page: Client, client: Client) -> None:
        batch = upload(page)
        client.logout()
        assert client.get(at("detail", batch)).status_code == 302

    @pytest.fixture
    def make_colleague(self, marketer: User) -> Callable[[], User]:
        def make() -> User:
            return User.objects.create_user("colleague@example.com", "correct horse battery", roles=marketer.roles)

        return make


class TestRowsNotUsed:
    def test_they_come_back_as_they_were_and_inert(self, page: Client) -> None:
        batch = upload(page)
        page.post(at("run", batch))
        tasks.run_import(batch.pk)
        answer = rows_not_used(page, batch)
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        body = content_of(answer).decode("utf-8-sig")
        header, row = csv.reader(io.StringIO(body))
        assert header[:5] == ["Lead ID", "Full Name", "Email", "Source", "Notes"]
        assert row[:7] == ["2", "'=cmd", "no address", "unknown", "'@y", "3", "Email"]

    def test_corrected_they_can_be_imported(self, page: Client, now: datetime) -> None:
        batch = upload(page)
        page.post(at("run", batch))
        tasks.run_import(batch.pk)
        body = content_of(rows_not_used(page, batch))
        again = upload(page, body.replace(b"no address", b"carl@example.com"))
        page.post(at("run", again))
        tasks.run_import(again.pk)
        assert Lead.objects.get(external_id="2").first_name == "=cmd"

    def test_without_the_file_line_and_reason_remain(self, page: Client) -> None:
        batch = upload(page)
        page.post(at("run", batch))
        tasks.run_import(batch.pk)
        default_storage.delete(batch.stored_as)
        body = content_of(rows_not_used(page, batch)).decode()
        assert "3,Email,This is no e-mail address" in body


class TestInertCells:
    @pytest.mark.parametrize("text", ["organic_search", "", "a=1", "2026-03"])
    def test_everything_else_stays_as_it_is(self, text: str) -> None:
        assert inert(text) == text

    @given(st.text())
    def test_what_is_seen_first_begins_no_formula(self, text: str) -> None:
        visible = "".join(ch for ch in inert(text) if unicodedata.category(ch) not in ("Cc", "Cf")).strip()
        assert not unicodedata.normalize("NFKC", visible[:1]).startswith(("=", "+", "-", "@"))

    @pytest.mark.parametrize(
        "text", ["=1", "+1", "-1", "@a", " =1", "\t=1", "\r\n=1", "\x0b+1", "＝1", "﹢1", "\x00=1", "\u200b=1", "'=1"]
    )
    def test_no_cell_begins_a_formula(self, text: str) -> None:
        assert inert(text).startswith("'")

    @given(st.text(alphabet=st.sampled_from("'=+-@＝ \t\rab"), max_size=6) | st.text(max_size=20))
    def test_what_was_written_comes_back(self, text: str) -> None:
        assert as_written(inert(text)) == text
