"""Files that hold names or links that let in: uploaded lists, and mails where no mail server is named.

Nobody else on the machine reads them, whatever the umask, and as root too, whose state directory others pass through.
"""

import os
import uuid
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.core.mail.backends import filebased
from django.db import models
from django.utils.deconstruct import deconstructible

OPEN_TO_OTHERS: Final = 0o077


class PrivateStorage(FileSystemStorage):
    """Django's storage in a directory that is closed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700, **options})

    def _save(self, name: str, content: File[Any]) -> str:
        close_directory(Path(self.location))
        return super()._save(name, content)  # type: ignore[no-any-return, misc]


@deconstructible
class RandomName:
    """Where a file field keeps its files: in this folder, each under a name that tells nothing."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __call__(self, _row: models.Model, _name: str) -> str:
        return f"{self.folder}/{uuid.uuid4().hex}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RandomName) and other.folder == self.folder

    def __hash__(self) -> int:
        return hash(self.folder)


class EmailBackend(filebased.EmailBackend):
    """Django's file for each process, closed."""

    stream: Any

    def __init__(self, *, file_path: str | None = None, **options: Any) -> None:
        folder = file_path or str(getattr(settings, "EMAIL_FILE_PATH", ""))
        close_directory(Path(folder))
        super().__init__(file_path=folder, **options)

    def open(self) -> bool:
        """Whether the file had to be opened."""
        if self.stream is not None:
            return False
        name: str = self._get_filename()  # type: ignore[attr-defined]
        self.stream = os.fdopen(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
        return True


def close_directory(path: Path) -> None:
    """Make a directory that others cannot enter; one of the state directory is closed, what else was there is left."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700)
    except FileExistsError:
        mode = path.stat().st_mode
        is_ours = Path(settings.STATE_DIR).resolve() in path.resolve().parents
        if mode & OPEN_TO_OTHERS and is_ours:
            path.chmod(mode & ~OPEN_TO_OTHERS & 0o7777)
