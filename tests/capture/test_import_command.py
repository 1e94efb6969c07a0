"""manage.py import_leads: the same import in the foreground."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from capture.models import ImportBatch
from leads.models import Lead

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_root(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path / "private"}},
    }


@pytest.fixture
def contacts(tmp_path: Path) -> str:
    path = tmp_path / "contacts.csv"
    path.write_text(
        "mql_id,first_contact_date,landing_page_id,origin\n"
        "m1,2018-02-01,page1,social\n"
        "m2,2018-02-02,page1,unknown\n"
        "m3,2018-02-30,page2,\n"
        "m4,2018-02-03,page2,\n"
    )
    return str(path)


MAPPING = (
    "--map", "external_id=mql_id", "--map", "created_at=first_contact_date",
    "--map", "channel=origin", "--map", "landing_page=landing_page_id",
)  # fmt: skip


def words(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


class TestImport:
    def test_it_says_what_came_of_every_row(self, contacts: str, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("import_leads", contacts, *MAPPING)
        said = words(capsys)
        assert "3 new, 0 changed, 0 as before, 1 not used" in said
        assert "line 4, first_contact_date: “2018-02-30” is no date" in said
        assert "Channels nobody knew before: social, unknown." in said
        call_command("import_leads", contacts, *MAPPING)
        assert "0 new, 0 changed, 3 as before, 1 not used" in words(capsys)
        assert ImportBatch.objects.filter(state="done", stored_as="").count() == 2

    def test_the_ids_are_those_of_a_system(self, contacts: str) -> None:
        call_command("import_leads", contacts, *MAPPING, "--system", "CRM")
        call_command("import_leads", contacts, *MAPPING, "--system", "shop")
        systems = Lead.objects.filter(external_id="m1").order_by("pk").values_list("external_system", flat=True)
        assert list(systems) == ["crm", "shop"]
        with pytest.raises(CommandError, match="at most 50 characters"):
            call_command("import_leads", contacts, *MAPPING, "--system", "x" * 51)

    def test_a_dry_run_changes_nothing(self, contacts: str, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("import_leads", contacts, *MAPPING, "--dry-run")
        said = words(capsys)
        assert "3 new, 0 changed, 0 as before, 1 not used" in said
        assert "nothing has been changed" in said
        assert not Lead.objects.exists()
        assert not ImportBatch.objects.exists()

    def test_outcomes(self, contacts: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("import_leads", contacts, *MAPPING)
        deals = tmp_path / "deals.csv"
        deals.write_text("mql_id,won_date\nm1,2018-02-26 19:58:54\nm9,2018-02-26\n")
        call_command(
            "import_leads", str(deals), "--kind", "outcomes", "--map", "external_id=mql_id", "--map", "won_at=won_date"
        )
        said = words(capsys)
        assert "1 customers, 0 as before, 1 not used" in said
        assert "line 3, mql_id: There is no lead “m9”" in said
        assert Lead.objects.get(stage="customer").external_id == "m1"

    def test_columns_with_one_name_are_told_apart_by_position(self, tmp_path: Path) -> None:
        path = tmp_path / "x.csv"
        path.write_text("Name,Email,Email\nAnn,ann@example.com,other@example.com\n")
        with pytest.raises(CommandError, match="#2 or #3"):
            call_command("import_leads", str(path), "--map", "email=Email")
        call_command("import_leads", str(path), "--map", "email=#3")
        assert Lead.objects.get().email == "other@example.com"


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (("--map", "external_id=nothing"), "There is no column “nothing”"),
            (("--map", "external_id=#9"), "There is no column #9"),
            (("--map", "owner=mql_id"), "“owner” is no field"),
            (("--map", "external_id"), "KEY=COLUMN"),
            (("--map", "external_id=mql_id", "--map", "external_id=origin"), "given twice"),
            (("--map", "channel=origin"), "Say which column holds the e-mail address"),
            (("--kind", "outcomes", "--map", "external_id=mql_id"), "won_at"),
            (("--encoding", "klingon"), "no encoding"),
            (("--delimiter", "ab"), "one character"),
            (("--time-zone", "../etc/passwd"), "no time zone"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_what_cannot_be_done_is_said_before_anything_is_stored(
        self, contacts: str, arguments: tuple[str, ...], sentence: str
    ) -> None:
        with pytest.raises(CommandError, match=sentence):
            call_command("import_leads", contacts, *arguments)
        assert not ImportBatch.objects.exists()
        assert not Lead.objects.exists()

    def test_a_file_that_is_not_there(self) -> None:
        with pytest.raises(CommandError, match="No such file"):
            call_command("import_leads", "/nowhere/x.csv")

    def test_dates_that_can_be_read_in_two_ways(self, tmp_path: Path) -> None:
        path = tmp_path / "x.csv"
        path.write_text("email,created\nann@example.com,03/04/2024\n")
        with pytest.raises(CommandError, match="--date-order"):
            call_command("import_leads", str(path))
        call_command("import_leads", str(path), "--date-order", "mdy", "--time-zone", "Europe/Lisbon")
        assert Lead.objects.get().created_at.isoformat() == "2024-03-04T00:00:00+00:00"

    def test_amounts_that_can_be_read_in_two_ways(self, tmp_path: Path) -> None:
        path = tmp_path / "x.csv"
        path.write_text("email,budget\nann@example.com,12.500\n")
        with pytest.raises(CommandError, match="--decimal-mark"):
            call_command("import_leads", str(path))
        call_command("import_leads", str(path), "--decimal-mark", ",")
        assert Lead.objects.get().budget == 12_500
