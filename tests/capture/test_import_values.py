"""What the cells of a file mean: numbers, days, countries, and cells that cannot be used."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django import Settings

from capture.importing import files, run
from capture.importing.plan import DecimalMarkUnknown, new_batch, set_mapping
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
        content: str, *, kind: str = "leads", orders: str = "", mark: str = "", time_zone: str = "UTC", **mapping: int
    ) -> ImportBatch:
        file = io.BytesIO(content.encode())
        batch = new_batch(file, name="people.csv", kind=kind, time_zone=time_zone, actor=None, now=now)
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
