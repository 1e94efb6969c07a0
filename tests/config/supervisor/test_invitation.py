"""What `make run` says at the end: who can sign in, and commands that work as printed."""

import os
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.roles import ADMINISTRATOR
from config.embedded.state import BASE_DIR
from config.environment import is_public
from config.supervisor.prepare import awaits_story, demo_people
from config.supervisor.run import command, invitation


class TestSignIns:
    def test_everybody_of_the_demonstration_by_role(self, db: None) -> None:
        call_command("seed_demo", really=True, people=True)
        User.objects.filter(email="rep3@demo.example").update(is_active=False)
        told = invitation(8000, demo_people(), setup_code=None)
        assert told.splitlines() == [
            "Baton is ready at http://127.0.0.1:8000 (Ctrl-C stops it) - sign in with the password baton-demo as",
            "  Marketing      marketing@demo.example",
            "  Sales rep      rep@demo.example, rep2@demo.example, rep4@demo.example",
            "  Sales manager  manager@demo.example",
            "  Administrator  admin@demo.example",
        ]

    def test_nobody_is_told_how_to_become_the_administrator(self) -> None:
        told = invitation(8000, {}, setup_code="ABCDE-23456")
        assert "administrator at http://127.0.0.1:8000/setup/" in told
        assert "with the code ABCDE-23456, which works once, for a day" in told
        assert told.endswith(".venv/bin/python manage.py setup_code")

    def test_where_somebody_administrates_it_says_only_where(self) -> None:
        assert invitation(8000, {}, setup_code=None) == "Baton is ready at http://127.0.0.1:8000 (Ctrl-C stops it)"


class TestCommand:
    def test_it_works_as_printed_wherever_the_state_is(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        state = tmp_path / "ein Zustand's Ordner"
        monkeypatch.setenv("BATON_STATE_DIR", str(state))
        monkeypatch.setenv("PWD", str(tmp_path))
        line = command("diffsettings --output unified")
        kept = {"PATH": os.environ["PATH"]}
        told = subprocess.run(["sh", "-c", line], cwd=tmp_path, env=kept, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stderr
        assert f"STATE_DIR = PosixPath({str(state)!r})" in told.stdout

    def test_it_is_short_where_nothing_special_is_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("BATON_STATE_DIR")
        monkeypatch.setenv("PWD", str(BASE_DIR))
        assert command("createsuperuser") == ".venv/bin/python manage.py createsuperuser"


class TestFirstAdministrator:
    def test_has_a_name_and_the_role_and_can_do_everything(
        self, db: None, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse battery")
        call_command("createsuperuser", interactive=False, email="Ada@Example.com", name="Ada First", stdout=StringIO())
        person = User.objects.in_role(ADMINISTRATOR).get()
        assert (str(person), person.email, person.is_staff) == ("Ada First", "ada@example.com", True)
        assert client.login(email="ada@example.com", password="correct horse battery")
        assert client.get("/leads/").status_code == 200
        assert client.get("/admin/").status_code == 200

    def test_is_asked_for_the_name(self) -> None:
        assert User.REQUIRED_FIELDS == ["name"]


class TestPublishedPassword:
    @pytest.mark.parametrize("options", [{}, {"people": True}, {"force": True}])
    def test_it_is_not_made_where_others_can_sign_in(
        self, db: None, settings: Settings, options: dict[str, bool]
    ) -> None:
        settings.PUBLIC, settings.BASE_URL = True, "https://baton.example"
        with pytest.raises(CommandError, match=r"BATON_BASE_URL is https://baton\.example .*seed_demo --really"):
            call_command("seed_demo", **options)
        assert not User.objects.exists()

    def test_it_is_on_ones_own_machine(self, db: None, settings: Settings) -> None:
        settings.PUBLIC = False
        call_command("seed_demo", people=True)
        assert User.objects.count() == 7

    def test_make_run_goes_on_without_it_and_says_why(
        self, db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.delenv("BATON_DEMO", raising=False)
        settings.PUBLIC = False
        assert awaits_story()
        settings.PUBLIC = True
        assert not awaits_story()
        assert "an administrator whose password is published" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("address", "public"),
        [
            ("http://127.0.0.1:8000", False),
            ("http://localhost", False),
            ("http://[::1]:8000", False),
            ("https://localhost", True),
            ("http://192.168.1.5:8000", True),
            ("https://baton.example", True),
        ],
    )
    def test_which_addresses_others_reach(self, address: str, public: bool) -> None:
        assert is_public(address) is public
