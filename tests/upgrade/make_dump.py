"""`python -m tests.upgrade.make_dump`: write the database that tests/test_upgrade.py upgrades.

It holds the schema of the first release and a few rows in every table. Until that release, whoever changes an initial
migration runs this again and commits the result; from then on the file is never written again, and migrations are
only added.
"""

import gzip
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import django

from config.embedded import EmbeddedServers
from config.embedded.forget import forget
from config.embedded.place import find_place, postgresql_programs

DUMP: Final = Path(__file__).with_name("first_release.sql.gz")
# Statements any PostgreSQL takes, sent as they are: no COPY, no command of psql, no setting of one release.
OPTIONS: Final = ("--inserts", "--rows-per-insert=100", "--no-owner", "--no-privileges", "--no-comments")
LEFT_OUT: Final = ("\\restrict ", "\\unrestrict ", "SET transaction_timeout ")


def main() -> None:
    """Migrate an empty database of a server of its own, fill it and write it down."""
    with tempfile.TemporaryDirectory(prefix="baton-dump-") as parent:
        root = Path(parent) / "state"
        Path(parent).chmod(0o755)  # the server may have to run as another user
        for variable in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(variable, None)
        os.environ |= {"BATON_STATE_DIR": str(root), "DJANGO_SETTINGS_MODULE": "config.settings"}
        try:
            with EmbeddedServers(durable=False):
                _fill()
                DUMP.write_bytes(gzip.compress(_statements().encode(), mtime=0))
        finally:
            forget(root)
    print(f"{DUMP}: {DUMP.stat().st_size:,} bytes")


def _fill() -> None:
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests.upgrade.rows import add_rows

    call_command("migrate", interactive=False, verbosity=0)
    add_rows()
    connection.close()


def _statements() -> str:
    program = postgresql_programs(find_place()) / "pg_dump"
    dumped = subprocess.run(
        [program, *OPTIONS, os.environ["DATABASE_URL"]], check=True, capture_output=True, text=True
    ).stdout
    return "\n".join(line for line in dumped.splitlines() if not line.startswith(LEFT_OUT)) + "\n"


if __name__ == "__main__":
    main()
