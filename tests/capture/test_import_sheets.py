"""Workbooks and ZIP files are read as the tables in them, bounded; consents and addresses to be left alone come in."""

import datetime
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import pytest
import xlsxwriter
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from capture.importing import unpacking
from capture.importing.kinds import own_fields
from capture.importing.on_the_spot import define_own
from capture.importing.problems import Unreadable
from capture.importing.reading import Row, inspect, read
from capture.importing.unpacking import as_table
from capture.models import ImportBatch
from leads.consent.ledger import given_among, withdrawn_among
from leads.consent.suppression import is_suppressed
from leads.models import Company, Lead
from leads.models.custom_field import CustomField


@pytest.fixture(autouse=True)
def private_root(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path / "private"}},
    }


def workbook(*rows: Sequence[object], empty_first: bool = False) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd"}) as book:
        if empty_first:
            book.add_worksheet("Cover")
        sheet = book.add_worksheet("People")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        book.add_worksheet("Hidden").hide()
    return file.getvalue()


def zipped(**files: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return file.getvalue()


def cells(content: bytes, *, sheet: str = "") -> list[Row]:
    with as_table(io.BytesIO(content), sheet=sheet) as table:
        found = inspect(table.file, is_sheet=bool(table.sheet))
        _columns, items = read(
            table.file, encoding=found.encoding, delimiter=found.delimiter, preamble=found.preamble,
            is_sheet=bool(table.sheet),
        )  # fmt: skip
        return [item for item in items if isinstance(item, Row)]


class TestWorkbooks:
    ROWS: Final[Sequence[Sequence[object]]] = (
        ["id", "name", "since", "amount", "yes"],
        [7, "Ann\nLee", datetime.date(2026, 3, 1), 12.5, True],
        [],
        [4532015112830366, '=1+1 "x"', datetime.datetime(2026, 3, 1, 10, 30), 3.0, False],  # noqa: DTZ001 (of a cell)
    )

    def test_cells_are_read_as_what_they_are(self) -> None:
        first, second = cells(workbook(*self.ROWS, empty_first=True))
        assert (first.line, first.cells) == (2, ["7", "Ann\nLee", "2026-03-01", "12.5", "true"])
        assert second.line == 4
        assert second.cells[0] == "4.53201511283037E+15"  # its digits are lost, and it is told so
        assert second.cells[2:] == ["2026-03-01 10:30:00", "3", "false"]

    def test_a_sheet_can_be_named(self) -> None:
        with as_table(io.BytesIO(workbook(*self.ROWS, empty_first=True))) as table:
            assert (table.sheet, table.sheets) == ("People", ("Cover", "People"))
        with pytest.raises(Unreadable, match="no sheet “Other”"):
            cells(workbook(*self.ROWS), sheet="Other")

    def test_one_that_claims_all_columns_costs_no_memory(self) -> None:
        file = io.BytesIO()
        with xlsxwriter.Workbook(file) as book:
            sheet = book.add_worksheet()
            sheet.write(0, 0, "email")
            sheet.write(1_048_575, 16_383, "x")
        with pytest.raises(Unreadable, match="too large"):
            cells(file.getvalue())

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"\xd0\xcf\x11\xe0" + b"x" * 100, "old or an encrypted"),
            (workbook(["email"], ["a@x.example"])[:-30], "damaged"),
            (workbook(), "empty"),
        ],
        ids=["old", "cut", "empty"],
    )
    def test_what_is_none_is_told(self, content: bytes, sentence: str) -> None:
        with pytest.raises(Unreadable, match=sentence):
            cells(content)


class TestZip:
    def test_the_only_file_of_it(self) -> None:
        content = zipped(people_csv=b"email,name\na@x.example,Ann\n")
        assert cells(content) == [Row(2, ["a@x.example", "Ann"])]
        assert cells(zipped(people_xlsx=workbook(["email"], ["a@x.example"])))[0].cells == ["a@x.example"]

    def test_several_nested_broken_and_bombs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(unpacking, "FILE_LIMIT", 1_000_000)
        refused = {
            "holds 2 files": zipped(a_csv=b"x", b_csv=b"y"),
            "another ZIP": zipped(a_zip=zipped(b_csv=b"email\n")),
            "damaged": zipped(a_csv=b"email,name\n" * 100)[:-40],
            "at most": zipped(a_csv=b"a" * 2_000_000),
        }
        for sentence, content in refused.items():
            with pytest.raises(Unreadable, match=sentence):
                cells(content)


@pytest.mark.django_db
class TestOwnFields:
    def test_a_column_becomes_one_and_is_imported_from_then_on(self, tmp_path: Path, now: datetime.datetime) -> None:
        batch = ImportBatch(kind="leads", columns=["email", "Visits"])
        assert define_own({1: "number"}, batch=batch, now=now) == {"custom.visits": 1}
        assert [field.key for field in own_fields.own_fields("lead", prefix="custom")] == ["custom.visits"]
        path = tmp_path / "people.csv"
        path.write_text("email,visits\nann@x.example,12\nbob@x.example,many\n")
        call_command("import", path, "--kind", "leads")
        assert Lead.objects.get(email="ann@x.example").custom == {"visits": 12}
        assert ImportBatch.objects.get().incomplete == 1

    def test_those_of_companies(self, tmp_path: Path, now: datetime.datetime) -> None:
        define_own({1: "text"}, batch=ImportBatch(kind="companies", columns=["name", "Tier"]), now=now)
        assert CustomField.objects.get().about == "company"
        path = tmp_path / "companies.csv"
        path.write_text("company name,industry,tier\nAcme,Steel,gold\n")
        call_command("import", path, "--kind", "companies")
        assert Company.objects.get().custom == {"tier": "gold"}


@pytest.mark.django_db
class TestConsents:
    def test_they_are_words_in_the_ledger(self, tmp_path: Path, make_lead: Callable[..., Lead]) -> None:
        ann, bob = make_lead(email="ann@x.example"), make_lead(email="bob@x.example")
        path = tmp_path / "consents.csv"
        path.write_text(
            "email,purpose,consent,consent date\nann@x.example,E-mail,subscribed,2026-02-01\n"
            "bob@x.example,mailing,no,2026-02-01\nnobody@x.example,mailing,yes,\nann@x.example,dancing,yes,\n"
        )
        call_command("import", path, "--kind", "consents")
        batch = ImportBatch.objects.get()
        assert (batch.created, batch.rejected) == (2, 2)
        assert given_among([ann.pk, bob.pk], "mailing") == {ann.pk}
        assert withdrawn_among([ann.pk, bob.pk], "mailing") == {bob.pk}
        call_command("import", path, "--kind", "consents")
        assert ImportBatch.objects.latest("pk").unchanged == 2

    def test_who_wants_no_mail_has_withdrawn_it(self, tmp_path: Path) -> None:
        path = tmp_path / "people.csv"
        path.write_text("email,HasOptedOutOfEmail\nann@x.example,1\nbob@x.example,0\n")
        call_command("import", path, "--kind", "leads")
        ids = list(Lead.objects.values_list("pk", flat=True))
        assert withdrawn_among(ids, "mailing") == {Lead.objects.get(email="ann@x.example").pk}

    def test_addresses_to_be_left_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "cleaned.csv"
        path.write_text("Email Address,CLEAN_TIME\nann@x.example,2026-02-01\nnobody,2026-02-01\n")
        call_command("import", path, "--kind", "suppressions")
        assert is_suppressed("ann@x.example")
        people = tmp_path / "people.csv"
        people.write_text("email,name\nann@x.example,Ann\n")
        call_command("import", people, "--kind", "leads")
        assert not Lead.objects.exists()

    def test_an_encrypted_file_is_told(self, tmp_path: Path) -> None:
        content = bytearray(zipped(a_csv=b"email\n"))
        content[6] |= 1
        content[content.index(b"PK\x01\x02") + 8] |= 1
        path = tmp_path / "people.zip"
        path.write_bytes(bytes(content))
        with pytest.raises(CommandError, match="encrypted"):
            call_command("import", path)
