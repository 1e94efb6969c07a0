"""The state directory: what is kept between two starts, and who may read it."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from config.embedded.failure import EmbeddedFailure

BASE_DIR = Path(__file__).resolve().parents[2]
KEPT_LOG_BYTES = 5_000_000


def state_dir() -> Path:
    """Where state lives: BATON_STATE_DIR, or var/ beside manage.py. It may not exist yet."""
    return Path(os.environ.get("BATON_STATE_DIR") or BASE_DIR / "var").absolute()


def prepared_state_dir() -> Path:
    """The state directory, made when missing; one that belongs to somebody else is refused.

    A person's own is 0700. Root's is 0711, because the unprivileged user that runs PostgreSQL must pass;
    everything else in it stays closed to that user. A directory that was there before keeps its mode.
    """
    root = state_dir()
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        make_directory(root, mode=0o711 if os.geteuid() == 0 else 0o700)
        owner = root.stat().st_uid
    except OSError as error:
        raise EmbeddedFailure(
            f"The state directory {root} cannot be made: {error.strerror}. Set BATON_STATE_DIR to a directory of yours."
        ) from error
    if owner != os.geteuid():
        raise EmbeddedFailure(
            f"The state directory {root} belongs to user number {owner}, not to you ({os.geteuid()}). "
            "Run as that user, or set BATON_STATE_DIR to a directory of yours."
        )
    make_directory(root / "log", mode=0o700)
    return root


def make_directory(path: Path, *, mode: int) -> None:
    """Make one directory with exactly this mode whatever the umask; an existing one is left as it is."""
    try:
        path.mkdir()
    except FileExistsError:
        return
    path.chmod(mode)


def kept_secret(path: Path) -> str:
    """The secret in this file; the first caller makes it, and two first callers agree."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        write_private(draft, secrets.token_urlsafe(48))
        try:
            # A link appears with its content and fails when somebody was first.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def write_record(path: Path, record: dict[str, object]) -> None:
    """Store facts about a running process; a reader sees the old file or the new one, never a half."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    write_private(draft, json.dumps(record))
    draft.replace(path)


def read_record(path: Path) -> dict[str, Any] | None:
    """What write_record stored, or None when there is nothing (or nothing readable)."""
    try:
        record = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def log_file(root: Path, name: str) -> Path:
    """The log of one process; a long one is put aside first."""
    path = root / "log" / f"{name}.log"
    if path.exists() and path.stat().st_size > KEPT_LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    path.touch(mode=0o600)
    return path


def last_lines(path: Path, count: int = 8) -> str:
    """The end of a log, for a message that has to say why something failed."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-count:])
    except FileNotFoundError:
        return ""
