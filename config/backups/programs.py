"""PostgreSQL's own programs for dumps, of the server's release or newer: an older pg_dump reads no newer server."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from django.db import connection
from psycopg.pq import Conninfo

from config.backups.catalogue import server_release
from config.embedded.failure import EmbeddedFailure
from config.embedded.place import find_place, postgresql_programs

# Where Debian and Red Hat keep each release.
INSTALLED: Final = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")


class NoProgram(Exception):
    """There is none of this release; the message says what to install."""


def run(program: str, arguments: Sequence[str], *, database: str = "") -> None:
    """Runs a program of PostgreSQL against our server. Raises ProgramFailed with what it said, NoProgram."""
    ended = subprocess.run(
        [find(program), *arguments], env=_environment(database), capture_output=True, text=True, check=False
    )
    if ended.returncode != 0:
        lines = ended.stderr.strip().splitlines() or ["it said nothing"]
        raise ProgramFailed(f"{program} ended with {ended.returncode}: {lines[0]}")


class ProgramFailed(Exception):
    """A program of PostgreSQL did not do what it was asked; the message repeats its first line."""


def find(program: str) -> Path:
    """The newest of this name that is not older than the server. Raises NoProgram."""
    server = server_release()
    releases = {path: major for path in _candidates(program) if (major := _major(path)) >= server}
    if not releases:
        raise NoProgram(
            f"No {program} of PostgreSQL {server} or newer was found; install it (Debian: postgresql-client-{server})."
        )
    return max(releases, key=lambda path: releases[path])


def _candidates(program: str) -> Iterator[Path]:
    if on_path := shutil.which(program):
        yield Path(on_path)
    for pattern in INSTALLED:
        yield from Path("/").glob(f"{pattern.lstrip('/')}/{program}")
    try:
        yield postgresql_programs(find_place()) / program
    except EmbeddedFailure:
        return


def _major(program: Path) -> int:
    """The release a program is of; 0 where it does not say."""
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    number = re.search(r"\b(\d+)(?:\.|devel|beta|rc|$)", told.strip())
    return int(number[1]) if number else 0


def _environment(database: str) -> Mapping[str, str]:
    """The connection as variables of libpq: an argument would show the password to everybody on the machine."""
    wanted = {name: str(value) for name, value in connection.get_connection_params().items() if value is not None}
    if database:
        wanted["dbname"] = database
    variables = {option.keyword.decode(): option.envvar.decode() for option in Conninfo.get_defaults() if option.envvar}
    ours = {variables[name]: value for name, value in wanted.items() if name in variables}
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | ours
