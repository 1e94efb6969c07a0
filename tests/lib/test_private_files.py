"""What is private lies where no other user of the machine gets at it, whatever the umask."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.mail import EmailMessage, get_connection
from pytest_django.fixtures import Settings

from lib.private_files import PrivateStorage
from tests.config.processes import unused_directory


@pytest.fixture(autouse=True, params=[0o000, 0o022])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    old = os.umask(request.param)
    yield
    os.umask(old)


@pytest.fixture
def state(settings: Settings, tmp_path: Path) -> Path:
    """A state directory that others pass through, as root's is."""
    tmp_path.chmod(0o711)
    settings.STATE_DIR = tmp_path
    return tmp_path


def modes(place: Path) -> set[str]:
    """The modes of all that is in it."""
    return {oct(each.stat().st_mode & 0o777) for each in [place, *place.rglob("*")]}


def send(folder: Path) -> None:
    mail = EmailMessage("Set your password", "https://baton.example/reset/secret/", to=["ada@example.com"])
    mail.connection = get_connection("lib.private_files.EmailBackend", file_path=str(folder))
    assert mail.send() == 1


class TestUploads:
    def test_files_and_directories_are_closed(self, state: Path) -> None:
        storage = PrivateStorage(location=state / "private")
        storage.save("imports/deep/leads", ContentFile(b"email\nada@example.com\n"))
        assert modes(state / "private") == {"0o700", "0o600"}

    def test_a_directory_that_was_open_is_closed(self, state: Path) -> None:
        (state / "private" / "imports").mkdir(parents=True)
        (state / "private").chmod(0o755)
        PrivateStorage(location=state / "private").save("imports/leads", ContentFile(b"email\n"))
        assert (state / "private").stat().st_mode & 0o777 == 0o700


class TestMails:
    def test_they_and_their_directory_are_closed(self, state: Path) -> None:
        send(state / "mail")
        assert modes(state / "mail") == {"0o700", "0o600"}
        assert "reset/secret" in next((state / "mail").iterdir()).read_text()

    def test_a_directory_that_was_open_is_closed(self, state: Path) -> None:
        (state / "mail").mkdir()
        (state / "mail").chmod(0o755)
        send(state / "mail")
        assert (state / "mail").stat().st_mode & 0o777 == 0o700

    def test_one_of_somebody_else_keeps_its_mode(self, state: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
        folder = tmp_path_factory.mktemp("elsewhere")
        folder.chmod(0o755)
        send(folder)
        assert folder.stat().st_mode & 0o777 == 0o755
        assert {oct(each.stat().st_mode & 0o777) for each in folder.iterdir()} == {"0o600"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_user_reads_nothing(state: Path, settings: Settings) -> None:
    root = unused_directory()
    root.mkdir(mode=0o711)
    settings.STATE_DIR = root
    send(root / "mail")
    PrivateStorage(location=root / "private").save("imports/leads", ContentFile(b"email\n"))
    seen = subprocess.run(
        ["/bin/ls", root / "mail", root / "private", root / "private" / "imports"],
        user="nobody", cwd="/", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert seen.stderr.count("Permission denied") == 3
    assert (seen.stdout, root.stat().st_mode & 0o777) == ("", 0o711)
