"""What a management command needs before it runs: nothing, servers, or an up-to-date database on them."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module

from config.embedded.attach import EmbeddedServers
from config.embedded.failure import EmbeddedFailure

# Commands that ask no database: starting one for them would be a surprise.
NEED_NOTHING = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "sendtestemail",
    "spectacular",
    "startapp",
    "startproject",
    "version",
}
# Commands that look at migrations or make databases: migrating first would take their work away.
NEED_NO_MIGRATION = {
    "dbshell",
    "inspectdb",
    "makemigrations",
    "migrate",
    "optimizemigration",
    "restore",
    "showmigrations",
    "sqlflush",
    "sqlmigrate",
    "sqlsequencereset",
    "squashmigrations",
    "test",
    "testserver",
}
# Settings refuse to load without an address; these lead nowhere, so a command listed wrongly fails loudly.
NOWHERE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}


def needs_servers(arguments: Sequence[str]) -> bool:
    """Whether this command line (without the program's name) talks to PostgreSQL or Valkey."""
    if not arguments or {"-h", "--help", "--version"} & set(arguments):
        return False
    if arguments[0] == "check":
        return any(argument.startswith("--database") for argument in arguments)
    return arguments[0] not in NEED_NOTHING


def needs_migrations(arguments: Sequence[str]) -> bool:
    """Whether this command expects the tables of this release."""
    return needs_servers(arguments) and arguments[0] not in NEED_NO_MIGRATION


@contextmanager
def servers_for(arguments: Sequence[str]) -> Iterator[None]:
    """Embedded servers where the environment names none, for as long as the command runs."""
    if not needs_servers(arguments):
        for variable, value in NOWHERE.items():
            os.environ.setdefault(variable, value)
        os.environ.setdefault("BATON_SECRET_KEY", "not-used-for-anything-that-is-kept-" * 2)
        yield
        return
    try:
        servers = EmbeddedServers().__enter__()
    except EmbeddedFailure as failure:
        sys.exit(f"{failure}")
    with servers:
        if "postgresql" in servers.attached and needs_migrations(arguments):
            # Needs Django's settings, which need the addresses that were only just set.
            try:
                import_module("config.embedded.upgrade").migrate_if_behind()
            except EmbeddedFailure as failure:
                sys.exit(f"{failure}")
        yield
