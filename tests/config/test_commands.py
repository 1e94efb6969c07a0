"""Management commands on a machine without servers: each gets what it needs, and no more."""

from pathlib import Path

import pytest

from config.embedded.commands import needs_migrations, needs_servers
from tests.config.processes import Environment, run


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

    def test_a_new_database_is_migrated_first_and_the_exit_code_kept(self, root: Path, environ: Environment) -> None:
        code = "from django.contrib.auth.models import Group; exit(40 if Group.objects.exists() else 1)"
        told = run(environ, "manage.py", "shell", "--command", code)
        assert told.returncode == 40, told.stderr
        assert not (root / "postgresql.json").exists()

    def test_its_own_servers_are_left_alone(self, root: Path, environ: Environment) -> None:
        own = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"}
        told = run(environ | own | {"BATON_SECRET_KEY": "mine" * 20}, "manage.py", "showmigrations")
        assert told.returncode == 1
        assert not root.exists()
