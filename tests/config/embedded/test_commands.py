"""Management commands on a machine without servers: each gets what it needs, and no more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded.commands import needs_migrations, needs_servers
from config.embedded.server import free_port
from tests.config.processes import Environment, run, state_directory


class TestNeeds:
    @pytest.mark.parametrize(
        "line",
        [
            "",
            "help",
            "--help",
            "--version",
            "check",
            "check --deploy",
            "collectstatic --noinput",
            "migrate --help",
        ],
    )
    def test_nothing(self, line: str) -> None:
        assert not needs_servers(line.split())

    @pytest.mark.parametrize(
        "line", ["migrate", "makemigrations --check", "showmigrations", "check --database default"]
    )
    def test_servers(self, line: str) -> None:
        assert needs_servers(line.split())

    @pytest.mark.parametrize("line", ["migrate", "makemigrations --check", "help shell", "test"])
    def test_no_migrations(self, line: str) -> None:
        assert not needs_migrations(line.split())

    @pytest.mark.parametrize("line", ["shell", "import_leads file.csv", "report funnel"])
    def test_migrations(self, line: str) -> None:
        assert needs_migrations(line.split())


@pytest.mark.xdist_group("processes")
class TestRun:
    def test_one_that_needs_no_database_starts_none(self, root: Path, environ: Environment) -> None:
        told = run(environ, "manage.py", "check")
        assert (told.returncode, told.stderr) == (0, "")
        assert not root.exists()

    def test_its_own_servers_are_left_alone(self, root: Path, environ: Environment) -> None:
        own = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"}
        told = run(environ | own | {"BATON_SECRET_KEY": "mine" * 20}, "manage.py", "showmigrations")
        assert told.returncode == 1
        assert not root.exists()


@pytest.mark.xdist_group("processes")
class TestDatabase:
    @pytest.fixture(scope="class")
    @classmethod
    def root(cls) -> Iterator[Path]:
        """One for all: migrating takes long."""
        yield from state_directory()

    def test_a_new_one_is_migrated_first_and_the_exit_code_kept(self, root: Path, environ: Environment) -> None:
        code = "from django.contrib.auth.models import Group; exit(40 if Group.objects.exists() else 1)"
        told = run(environ, "manage.py", "shell", "--command", code)
        assert told.returncode == 40, told.stderr
        assert not (root / "postgresql.json").exists()

    def test_one_of_a_development_version_is_refused_in_a_sentence(self, environ: Environment) -> None:
        # As migrations were named before the first release: one that is gone, and one of today that is missing.
        renamed = "UPDATE django_migrations SET name = '0001_criteria_reviews' WHERE app = 'reporting'"
        code = f"from django.db import connection; print(connection.cursor().execute({renamed!r}).rowcount)"
        assert run(environ, "manage.py", "shell", "--no-imports", "--command", code).stdout == "1\n"
        environ = environ | {"PORT": str(free_port())}
        told = [
            run(environ, *line)
            for line in (("manage.py", "shell", "--command", "pass"), ("-m", "config.supervisor.run"))
        ]
        assert [each.returncode for each in told] == [1, 1]
        for each in told:
            assert "made by a development version of Baton and cannot be upgraded. To start anew" in each.stderr
            assert "Traceback" not in each.stderr
