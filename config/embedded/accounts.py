"""Root does not run servers: which unprivileged user does, and what that user can reach."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.embedded.failure import EmbeddedFailure

CANDIDATES = ("nobody", "daemon", "bin")


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user to become."""

    name: str
    uid: int
    gid: int


def server_account() -> Account | None:
    """Who runs the servers when we are root (PostgreSQL refuses to be root); None means: we do."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise EmbeddedFailure(
        f"PostgreSQL does not run as root, and there is none of the users {', '.join(CANDIDATES)} to run it. "
        "Run as another user, or set DATABASE_URL and REDIS_URL."
    )


def can_reach(account: Account | None, path: Path) -> bool:
    """Whether that user can get into this directory or run this program.

    The kernel is asked, as that user, so that every kind of permission counts.
    """
    if account is None:
        return os.access(path, os.X_OK)
    asked = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
        user=account.uid,
        group=account.gid,
        extra_groups=(),
        cwd="/",
        check=False,
    )
    return asked.returncode == 0


def give(path: Path, account: Account | None) -> None:
    """Make that user the owner of one file or directory of ours."""
    if account is not None:
        os.chown(path, account.uid, account.gid)
