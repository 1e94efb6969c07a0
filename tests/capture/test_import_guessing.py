"""Columns are recognised by their names, in several languages and with slips, and never against their values."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.importing.dates import DAY_FIRST, MONTH_FIRST, order_of, read_moment, reads_as_date
from capture.importing.headings import guess
from capture.importing.names import split_name
from leads.normalise import Refusal

pytestmark = pytest.mark.django_db  # columns may be fields of one's own

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
NEARLY_DATES = st.from_regex(
    r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}"
    r"([T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2})? ?([AaPp]m)?(Z|[+-][0-9]{2}:[0-9]{2})?)?",
    fullmatch=True,
)


def named(columns: list[str], *rows: list[str], kind: str = "leads") -> dict[str, str]:
    return {field: columns[index] for field, index in guess(kind, columns, rows).items()}


class TestNames:
    def test_plain_ones(self) -> None:
        columns = ["Lead ID", "First Name", "Last Name", "Email Address", "Lead Source", "Created Date", "Notes"]
        row = ["LD-1", "Ann", "Lee", "ann@example.com", "Web", "2024-05-01", "calls back"]
        assert named(columns, row) == {
            "external_id": "Lead ID",
            "first_name": "First Name",
            "last_name": "Last Name",
            "email": "Email Address",
            "channel": "Lead Source",
            "created_at": "Created Date",
        }

    def test_typed_wrong(self) -> None:
        columns = ["Nmae", "Emial", "Phne", "Compny", "Statu"]
        assert named(columns, ["Ann Lee", "ann@example.com", "5550300", "Acme", "Active"]) == {
            "full_name": "Nmae",
            "email": "Emial",
            "phone": "Phne",
            "company": "Compny",
        }

    @pytest.mark.parametrize("columns", [["Nombre", "Correo", "Teléfono"], ["Nom", "Courriel", "Téléphone"]])
    def test_in_other_languages(self, columns: list[str]) -> None:
        assert set(named(columns, ["Ana Sá", "ana@example.com", "+34 612 345 678"])) == {"full_name", "email", "phone"}

    def test_a_name_beside_a_first_name_is_the_last_name(self) -> None:
        assert named(["Vorname", "Name"], ["Ann", "Lee"]) == {"first_name": "Vorname", "last_name": "Name"}

    def test_full_name_gives_way_to_its_parts(self) -> None:
        assert "full_name" not in named(["LastName", "FirstName", "Name"], ["Lee", "Ann", "Ann Lee"])

    def test_of_two_columns_with_one_name_the_first_is_taken(self) -> None:
        assert guess("leads", ["Email", "Email"], [["a@example.com", "b@example.com"]]) == {"email": 0}

    def test_outcomes(self) -> None:
        columns = ["mql_id", "won_date", "amount"]
        assert named(columns, ["a1", "2024-05-01", "1,200.50"], kind="outcomes") == {
            "external_id": "mql_id",
            "won_at": "won_date",
            "amount": "amount",
        }


class TestValues:
    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("Country Code", "+44"),
            ("Budget", "1.2 Cr"),
            ("Email", "fcb67ef339b69195"),
            ("Company", "001Ec00000GINb1IAH"),
            ("Date", "soon"),
            ("Phone", "yes"),
            ("Title", ""),
        ],
    )
    def test_a_column_whose_values_cannot_be_it_is_left_out(self, column: str, value: str) -> None:
        assert named([column], [value]) == {}

    def test_addresses_without_a_name_are_the_email(self) -> None:
        assert named(["Spalte1", "x"], ["ann@example.com", "1"]) == {"email": "Spalte1"}


class TestFullNames:
    @pytest.mark.parametrize(
        ("name", "parts"),
        [
            ("Ann Lee", ("Ann", "Lee")),
            ("Lee, Ann", ("Ann", "Lee")),
            ("Mary Jane Watson", ("Mary Jane", "Watson")),
            ("Ludwig van Beethoven", ("Ludwig", "van Beethoven")),
            ("Dr. Ann Lee", ("Ann", "Lee")),
            ("田中太郎", ("田中太郎", "")),
            ("Lisa 💼", ("Lisa 💼", "")),
            ("=SUM(A1:A10)", ("=SUM(A1:A10)", "")),
            ("", ("", "")),
        ],
    )
    def test_they_are_split(self, name: str, parts: tuple[str, str]) -> None:
        assert split_name(name) == parts

    @given(st.text(max_size=60))
    def test_nothing_breaks_it(self, name: str) -> None:
        first, last = split_name(name)
        assert len(first) + len(last) <= len(name)


class TestDates:
    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("2024-01-15", datetime(2024, 1, 15, tzinfo=UTC)),
            ("2024-01-20T14:30:00Z", datetime(2024, 1, 20, 14, 30, tzinfo=UTC)),
            ("2024-01-22T20:36:47.000+0000", datetime(2024, 1, 22, 20, 36, 47, tzinfo=UTC)),
            ("2024-01-22 20:36:47 +02:00", datetime(2024, 1, 22, 18, 36, 47, tzinfo=UTC)),
            ("2024/1/5", datetime(2024, 1, 5, tzinfo=UTC)),
            ("20.03.2024", datetime(2024, 3, 20, tzinfo=UTC)),
            ("03.04.2024 16:05", datetime(2024, 4, 3, 16, 5, tzinfo=UTC)),
            ("15-Jan-2024", datetime(2024, 1, 15, tzinfo=UTC)),
            ("Mar 20 2024", datetime(2024, 3, 20, tzinfo=UTC)),
            ("March 20, 2024, 9:05 PM", datetime(2024, 3, 20, 21, 5, tzinfo=UTC)),
            ("20th March 2024", datetime(2024, 3, 20, tzinfo=UTC)),
            ("03/15/2024 12:12 AM", datetime(2024, 3, 15, 0, 12, tzinfo=UTC)),
            ("02/24/26", datetime(2026, 2, 24, tzinfo=UTC)),
            ("1617298367000", datetime(2021, 4, 1, 17, 32, 47, tzinfo=UTC)),
        ],
    )
    def test_they_are_read(self, text: str, moment: datetime) -> None:
        assert read_moment(text, order="", zone=UTC, now=NOW, field="created_at") == moment

    def test_without_an_offset_it_is_the_time_of_the_zone(self) -> None:
        zone = ZoneInfo("Europe/Lisbon")
        read = read_moment("2024-07-01 09:00", order="", zone=zone, now=NOW, field="created_at")
        assert read == datetime(2024, 7, 1, 8, 0, tzinfo=UTC)

    @pytest.mark.parametrize(("order", "month"), [(DAY_FIRST, 4), (MONTH_FIRST, 3)])
    def test_the_order_decides_what_can_be_read_in_two_ways(self, order: str, month: int) -> None:
        assert read_moment("03/04/2024", order=order, zone=UTC, now=NOW, field="created_at").month == month

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("soon", "invalid_time"),
            ("31/02/2024", "invalid_time"),
            ("2024-13-01", "invalid_time"),
            ("2024-01-01 25:00", "invalid_time"),
            ("45306", "invalid_time"),
            ("٢٠٢٤-٠١-٠١", "invalid_time"),
            ("x" * 70_000, "invalid_time"),
            ("1823-01-01", "absurd_time"),
            ("2031-12-31", "future_time"),
        ],
    )
    def test_what_is_none_is_refused(self, text: str, code: str) -> None:
        with pytest.raises(Refusal) as refused:
            read_moment(text, order="", zone=UTC, now=NOW, field="created_at")
        assert (refused.value.code, refused.value.field) == (code, "created_at")

    @given(st.text(max_size=30) | NEARLY_DATES)
    def test_a_text_reads_as_one_just_when_it_can_be_read(self, text: str) -> None:
        try:
            is_read = bool(read_moment(text, order=DAY_FIRST, zone=UTC, now=NOW, field="created_at"))
        except Refusal as refusal:
            is_read = refusal.code != "invalid_time"
        assert reads_as_date(text) is is_read


class TestOrderOfAColumn:
    @pytest.mark.parametrize(
        ("values", "order", "asked"),
        [
            (["03/04/2024", "25/06/2024"], DAY_FIRST, False),
            (["03/04/2024", "06/25/2024"], MONTH_FIRST, False),
            (["03/04/2024", "05/06/2024"], "", True),
            (["13/04/2024", "05/26/2024", "01/02/2024"], "", True),
            (["13/04/2024", "05/26/2024"], "", False),
            (["03/03/2024"], "", False),
            (["2024-01-15", "01/20/2024", "20.03.2024"], MONTH_FIRST, False),
            (["2024-03-04", "3 Apr 2024", "03.04.2024", ""], "", False),
        ],
    )
    def test_one_day_over_twelve_settles_it(self, values: list[str], order: str, asked: bool) -> None:
        found = order_of(values)
        assert (found.order, found.must_be_asked) == (order, asked)
