"""A backup is one whole file; restored it is what was, and everything stands still until somebody has looked."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Standstill, User
from accounts.standstill.switches import switches
from config.backups import catalogue, copied, making, programs
from config.backups.archive import CHECKSUMS, DUMP, MANIFEST, Archive, BadArchive
from config.environment import Environment
from config.models import Backup, Server
from handoff.models import SweepMark
from leads.events import Agent
from leads.models import Lead
from leads.models.erasure import ErasureReason
from leads.privacy.erasing import erase

pytestmark = pytest.mark.django_db(transaction=True)
NAME: Final = f"baton_restored_by_{os.getpid()}"  # others test at the same time
Move = Callable[[], None]


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """Where backups go; files are in a storage of this test."""
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "lib.private_files.PrivateStorage", "OPTIONS": {"location": tmp_path / "private"}}
    }
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


@pytest.fixture
def move() -> Iterator[Callable[[], None]]:
    """Connects this process to an empty database of the same server, until the test ends."""
    ours = connection.settings_dict["NAME"]

    def connect() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
            cursor.execute(f"CREATE DATABASE {NAME} TEMPLATE template0")
        connection.close()
        connection.settings_dict["NAME"] = NAME

    yield connect
    connection.close()
    connection.settings_dict["NAME"] = ours
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def backup(folder: Path, *options: str) -> Path:
    call_command("backup", str(folder), *options, stdout=io.StringIO())
    [path] = folder.glob("*.tar")
    return path


def restore(path: Path, *options: str) -> str:
    said = io.StringIO()
    call_command("restore", str(path), *options, stdout=said)
    return said.getvalue()


def refusal(path: Path, *options: str) -> str:
    with pytest.raises(CommandError) as refused:
        restore(path, *options)
    return str(refused.value)


def repacked(path: Path, **changed: Any) -> Path:
    """The same backup with other facts, its checksums right."""
    with tarfile.open(path) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    members[MANIFEST] = json.dumps(json.loads(members[MANIFEST]) | changed).encode()
    sums = json.loads(members.pop(CHECKSUMS)) | {MANIFEST: hashlib.sha256(members[MANIFEST]).hexdigest()}
    members[CHECKSUMS] = json.dumps(sums).encode()
    other = path.with_name("other.tar")
    with tarfile.open(other, "w") as tar:
        for name, raw in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(raw)
            tar.addfile(member, io.BytesIO(raw))
    return other


class TestRestored:
    def test_it_is_what_was_and_stands_still(
        self, folder: Path, make_lead: Any, administrator: User, move: Move
    ) -> None:
        make_lead(email="ada@example.com")
        default_storage.save("imports/list", ContentFile(b"email\nada@example.com\n"))
        began = timezone.now()
        path = backup(folder)
        assert path.stat().st_mode & 0o077 == 0
        default_storage.delete("imports/list")
        move()
        assert "Everything stands still" in restore(path)
        assert Lead.objects.get().email == "ada@example.com"
        assert User.objects.get(pk=administrator.pk).check_password("correct horse battery")
        with default_storage.open("imports/list") as file:
            assert file.read() == b"email\nada@example.com\n"
        standing = Standstill.objects.filter(ended_at=None)
        assert {each.switch for each in standing} == {"sending", "passing", "steps", "taking"}
        for each in standing:
            assert each.backup_at
            assert began <= each.backup_at <= timezone.now()
            assert each.why == f"Restored from {path.name}."

    def test_who_was_erased_since_is_erased_again(self, folder: Path, make_lead: Any, move: Move) -> None:
        lead = make_lead(email="ada@example.com")
        path = backup(folder)
        erase(lead_id=lead.pk, reason=ErasureReason.ASKED, agent=Agent(name="test"), now=timezone.now())
        call_command("replay_erasures", stdout=io.StringIO())
        move()
        restore(path)
        assert (Lead.objects.get().email, Lead.objects.get().erased_at is None) == ("", False)

    def test_what_was_there_is_replaced_only_if_asked_and_stays_where_it_fails(
        self, folder: Path, make_lead: Any, move: Move, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_lead(email="ada@example.com")
        path = backup(folder)
        move()
        restore(path)
        Lead.objects.update(first_name="Grace")
        connection.close()
        assert "Say --replace" in refusal(path)
        damaged = repacked(path, rows=Archive(path).manifest["rows"] | {"leads_lead": 7})
        assert "have not the rows that were backed up: leads_lead" in refusal(damaged, "--replace")
        assert Lead.objects.get().first_name == "Grace"
        connection.close()
        restore(path, "--replace")
        assert Lead.objects.get().first_name == ""
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", [catalogue.BEFORE])
            assert cursor.fetchone() == (0,)

    def test_a_backup_of_an_older_release_gets_what_this_one_has_more(
        self, folder: Path, make_lead: Any, move: Move
    ) -> None:
        make_lead(email="ada@example.com")
        call_command("migrate", "config", "0001", verbosity=0)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT to_regclass('config_backup')")
                assert cursor.fetchone() == (None,)
            path = folder / "old.tar"
            with path.open("wb") as file:
                making.write(file, beside=folder)
        finally:
            call_command("migrate", verbosity=0)
        move()
        assert "Bringing the tables to this release" in restore(path)
        assert (Backup.objects.count(), Lead.objects.count()) == (0, 1)


class TestRefused:
    def test_one_broken_byte_is_found(self, folder: Path) -> None:
        path = backup(folder)
        raw = bytearray(path.read_bytes())
        with tarfile.open(path) as tar:
            [dump] = [member for member in tar if member.name == DUMP]
        for share in (0, 0.3, 0.6, 0.9):
            at = dump.offset_data + int(dump.size * share)
            raw[at] ^= 1
            path.write_bytes(raw)
            assert "database.dump is not as it was written" in refusal(path)
            raw[at] ^= 1

    def test_half_of_one_is_none(self, folder: Path) -> None:
        path = backup(folder)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with pytest.raises(BadArchive):
            Archive(path)
        path.write_bytes(b"what is this")
        assert "cannot be read as a backup" in refusal(path)

    def test_of_a_newer_release_of_either(self, folder: Path) -> None:
        path = backup(folder)
        known = Archive(path).manifest
        newer = repacked(path, migrations=[*known["migrations"], "leads.9999_tomorrow"])
        assert "this one has no leads.9999_tomorrow" in refusal(newer)
        assert "is of PostgreSQL 99, and the server is" in refusal(repacked(path, postgresql=99))
        assert "made by a newer release of Baton" in refusal(repacked(path, format=2))

    def test_while_somebody_uses_the_database(self, folder: Path) -> None:
        path = backup(folder)
        with psycopg.connect(**connection.get_connection_params()):
            assert "1 other connections use this database" in refusal(path, "--replace")


class TestMade:
    def test_it_is_noted_and_looked_through(
        self, folder: Path, make_lead: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made: list[str] = []
        usual = catalogue.make_database

        def make(name: str) -> None:
            made.append(name)
            usual(name)

        monkeypatch.setattr(catalogue, "make_database", make)
        make_lead(email="ada@example.com")
        path = backup(folder, "--verify")
        noted = Backup.objects.get()
        assert (noted.size, noted.is_proved) == (path.stat().st_size, True)
        manifest = Archive(path).manifest
        assert manifest["rows"]["leads_lead"] == 1
        assert datetime.fromisoformat(manifest["taken_at"]) == noted.taken_at
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_database WHERE datname = ANY(%s)", [made])
            assert (cursor.fetchone(), len(made)) == ((0,), 1)

    def test_no_secret_is_in_its_settings(self, folder: Path, settings: Settings) -> None:
        secret = dict.fromkeys(("BATON_SECRET_KEY", "BATON_EMAIL_URL", "BATON_GOOGLE_CLIENT_SECRET"), "do not tell")
        given = secret | {"BATON_TIME_ZONE": "Europe/Lisbon", "BATON_LOG_LEVEL": "", "HOME": "/root"}
        settings.TOLD = Environment(given).without_secrets()
        assert Archive(backup(folder)).manifest["settings"] == dict.fromkeys(sorted(secret), "(secret)") | {
            "BATON_TIME_ZONE": "Europe/Lisbon"
        }

    def test_it_overwrites_nothing_and_leaves_nothing_half(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = folder / "mine.tar"
        path.write_text("something else")
        with pytest.raises(CommandError, match="overwrites nothing"):
            call_command("backup", str(path))
        with pytest.raises(CommandError, match="There is no directory"):
            call_command("backup", str(folder / "none" / "mine.tar"))
        monkeypatch.setattr(programs, "find", lambda _program: Path("/bin/false"))
        with pytest.raises(CommandError, match="pg_dump ended with 1"):
            call_command("backup", str(folder))
        assert [each.name for each in folder.iterdir()] == ["mine.tar"]
        assert not Backup.objects.exists()

    def test_a_program_that_is_too_old_is_not_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(programs, "server_release", lambda: 99)
        with pytest.raises(programs.NoProgram, match="No pg_dump of PostgreSQL 99 or newer"):
            programs.find("pg_dump")


class TestCopied:
    def test_a_worker_on_a_copy_stands_still_since_the_last_sign_of_life(self, now: datetime) -> None:
        assert not copied.stand_still_if_copied(now=now)
        assert not copied.stand_still_if_copied(now=now)
        SweepMark.objects.create(boot="a", swept_at=now - timedelta(hours=26), ticks=1.0)
        Server.objects.update(name="another/1")
        assert copied.stand_still_if_copied(now=now)
        standing = Standstill.objects.filter(ended_at=None)
        assert {each.backup_at for each in standing} == {now - timedelta(hours=26)}
        assert standing.count() == len(switches())
        assert not copied.stand_still_if_copied(now=now)
