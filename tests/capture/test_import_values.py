"""What the cells of a file mean: numbers, days, countries, and cells that cannot be used."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django import Settings

from capture.importing import files, run
from capture.importing.plan import DateOrderUnknown, DecimalMarkUnknown, new_batch, set_mapping
from capture.models import ImportBatch
from leads.models import Company, Lead

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_root(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }


Import = Callable[..., ImportBatch]


@pytest.fixture
def take(now: datetime) -> Import:
    """`take("email,name\\n...", kind="leads", ...)`: the import, run to its end."""

    def imported(
        content: str,
        *,
        kind: str = "leads",
        orders: str = "",
        mark: str = "",
        time_zone: str = "UTC",
        is_strict: bool = False,
        **mapping: int,
    ) -> ImportBatch:
        file = io.BytesIO(content.encode())
        batch = new_batch(file, name="people.csv", kind=kind, time_zone=time_zone, actor=None, now=now)
        batch.is_strict = is_strict
        wanted = mapping or batch.mapping
        set_mapping(
            batch, file, wanted, orders=dict.fromkeys(wanted, orders), marks=dict.fromkeys(wanted, mark) if mark else {}
        )
        batch.stored_as = files.store(file)
        batch.save()
        run.start(batch.pk, now=now)
        assert run.run(batch.pk, clock=lambda: now)
        batch.refresh_from_db()
        return batch

    return imported


class TestNumbers:
    def test_one_row_of_the_column_says_what_the_others_mean(
        self, take: Import, make_lead: Callable[..., Lead]
    ) -> None:
        for name in ("ann", "bob", "cem"):
            make_lead(email=f"{name}@example.com")
        take(
            "email;won date;amount\nann@example.com;2026-03-01;1.000\nbob@example.com;2026-03-01;12.500\n"
            "cem@example.com;2026-03-01;1.000,00 €\n",
            kind="outcomes",
        )
        assert list(Lead.objects.order_by("amount").values_list("amount", flat=True)) == [
            Decimal(1000),
            Decimal(1000),
            Decimal(12500),
        ]

    def test_where_nothing_tells_it_is_asked(self, take: Import, make_lead: Callable[..., Lead]) -> None:
        make_lead(email="ann@example.com")
        content = "email;won date;amount\nann@example.com;2026-03-01;12.500\n"
        with pytest.raises(DecimalMarkUnknown, match="column “amount” can be read in two ways"):
            take(content, kind="outcomes")
        take(content, kind="outcomes", mark=",")
        assert Lead.objects.get().amount == Decimal(12500)

    def test_a_column_of_them_is_found_however_they_are_written(self, take: Import) -> None:
        batch = take("email,budget\nann@example.com,CHF 1'000.00\nbob@example.com,1.000\n")
        assert "budget" in batch.mapping
        assert set(Lead.objects.values_list("budget", flat=True)) == {1000, 1}

    def test_employees_are_whole(self, take: Import) -> None:
        take("email;company;employees\na@x.example;A;200,0\nb@x.example;B;1.000\nc@x.example;C;2 500\n")
        assert dict(Company.objects.values_list("name", "employees")) == {"A": 200, "B": 1000, "C": 2500}


class TestDays:
    def test_a_day_is_the_organisations_whoever_imports_it(self, take: Import) -> None:
        take("email,created date\nann@example.com,2025-11-01\n", time_zone="Europe/Berlin")
        assert Lead.objects.get().created_at == datetime(2025, 11, 1, tzinfo=UTC)

    def test_a_time_is_read_in_the_zone_that_was_said(self, take: Import) -> None:
        take("email,created date\nann@example.com,2025-11-01 09:00\n", time_zone="Europe/Berlin")
        assert Lead.objects.get().created_at == datetime(2025, 11, 1, 8, 0, tzinfo=UTC)


class TestCountries:
    @pytest.mark.parametrize(
        ("written", "code"),
        [("Türkiye", "TR"), ("The Netherlands", "NL"), ("North Macedonia", "MK"), ("UK", "GB"), ("deutschland", "DE")],
    )
    def test_names_become_letters(self, take: Import, written: str, code: str) -> None:
        take(f"email,country\nann@example.com,{written}\n")
        assert Lead.objects.get().country == code


def told(batch: ImportBatch) -> list[tuple[int, str, str, bool]]:
    return [(each.line, each.column, each.message, each.is_taken) for each in batch.problems.all()]


class TestCellsThatCannotBeUsed:
    CONTENT = (
        "email,company,country,employees\n"
        "ann@example.com,Analytical,Freedonia,many\n"
        "no address,Analytical,Freedonia,12\n"
        "bob@example.com,Analytical,PT,12\n"
    )

    def test_the_lead_is_taken_without_them_and_all_of_them_are_told(self, take: Import) -> None:
        batch = take(self.CONTENT)
        assert (batch.created, batch.rejected, batch.incomplete) == (2, 1, 1)
        assert Lead.objects.get(email="ann@example.com").country == ""
        first, second = told(batch)
        assert first[:2] == (2, "employees, country")
        assert "“Freedonia” is no country" in first[2]
        assert "“many” is no whole number" in first[2]
        assert first[3]
        assert second[:2] == (3, "country, email")
        assert not second[3]

    def test_strict_leaves_the_row_out(self, take: Import) -> None:
        batch = take(self.CONTENT, is_strict=True)
        assert (batch.created, batch.rejected, batch.incomplete) == (1, 2, 0)
        assert not any(is_taken for *_rest, is_taken in told(batch))

    def test_a_text_that_is_too_long_is_such_a_cell(self, take: Import) -> None:
        batch = take(f"email,city\nann@example.com,{'x' * 101}\n")
        assert (batch.created, batch.incomplete, Lead.objects.get().city) == (1, 1, "")

    def test_the_day_a_lead_came_is_kept_for_ever_so_its_row_waits(self, take: Import) -> None:
        batch = take("email,created date\nann@example.com,2026-02-31\nbob@example.com,2026-02-28\n")
        assert (batch.created, batch.rejected) == (1, 1)

    def test_a_customer_without_a_usable_amount_is_one(self, take: Import, make_lead: Callable[..., Lead]) -> None:
        make_lead(email="ann@example.com")
        batch = take(
            "email,won date,amount\nann@example.com,2026-03-01,a lot\n", kind="outcomes", email=0, won_at=1, amount=2
        )
        assert (batch.updated, batch.incomplete) == (1, 1)
        assert Lead.objects.get().stage == "customer"

    def test_of_two_values_in_a_cell_the_address_is_taken_and_the_rest_told(self, take: Import) -> None:
        batch = take("email\nraj@x.example / 98765\n")
        assert Lead.objects.get().email == "raj@x.example"
        assert told(batch) == [
            (2, "email", "The cell holds more than an address: “raj@x.example” is taken, “98765” is not used.", True)
        ]

    def test_an_id_that_a_spreadsheet_has_cut_is_not_used(self, take: Import) -> None:
        batch = take("id,email\n1.23457E+14,ann@example.com\n1.23457E+14,bob@example.com\n1.23457E+14,\n")
        assert (batch.created, batch.rejected, batch.incomplete) == (2, 1, 2)
        assert set(Lead.objects.values_list("external_id", flat=True)) == {None}
        assert all("a spreadsheet has cut it" in message for _line, _column, message, _is_taken in told(batch))

    def test_a_salutation_is_no_job_title(self, take: Import) -> None:
        batch = take("email,title\na@x.example,Mrs.\nb@x.example,Dr.\nc@x.example,CTO\n")
        assert "job_title" not in batch.mapping
        batch = take("email,title\na@x.example,Mrs.\nc@x.example,CTO\n", email=0, job_title=1)
        assert dict(Lead.objects.values_list("email", "job_title")) == {
            "a@x.example": "", "b@x.example": "", "c@x.example": "CTO",
        }  # fmt: skip
        assert "“Mrs.” is a salutation" in told(batch)[0][2]


class TestOrderOfDays:
    def test_an_impossible_day_names_its_line_and_decides_nothing(self, take: Import) -> None:
        content = "email,created date\na@x.example,31/02/2025\nb@x.example,03/04/2025\n"
        with pytest.raises(DateOrderUnknown, match="03/04/2025"):
            take(content)
        batch = take(content, orders="mdy")
        assert Lead.objects.get().created_at == datetime(2025, 3, 4, tzinfo=UTC)
        assert told(batch)[0][0] == 2

    def test_two_orders_in_one_column_are_asked_with_dots_too(self, take: Import) -> None:
        content = "email,created date\na@x.example,03.04.2025\nb@x.example,03.25.2025\n"
        with pytest.raises(DateOrderUnknown, match="contradict each other"):
            take(content)
        take(content, orders="mdy")
        assert Lead.objects.get(email="a@x.example").created_at == datetime(2025, 3, 4, tzinfo=UTC)
        assert Lead.objects.get(email="b@x.example").created_at == datetime(2025, 3, 25, tzinfo=UTC)
