"""Operations of migrations: SQL files that can be undone, and rows that are added once."""

import pytest
from django.db import connection
from django.db.migrations import CreateModel
from django.db.migrations.state import ProjectState
from django.db.models import CASCADE, BigAutoField, ForeignKey

from lib.operations import CreateModels, Seed, SQLFile

pytestmark = pytest.mark.django_db
FILE = "review_guard.sql"
DROP = "DROP FUNCTION reporting_review_guard CASCADE"


def triggers() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname = 'reporting_review_guard'")
        [count] = cursor.fetchone() or [0]
    return int(count)


def forwards(operation: SQLFile) -> None:
    with connection.schema_editor() as editor:
        operation.database_forwards("reporting", editor, ProjectState(), ProjectState())


def backwards(operation: SQLFile) -> None:
    with connection.schema_editor() as editor:
        operation.database_backwards("reporting", editor, ProjectState(), ProjectState())


class TestSQLFile:
    def test_it_runs_the_file_beside_the_migrations_and_its_reverse(self) -> None:
        operation = SQLFile(FILE, reverse=DROP)
        backwards(operation)
        assert triggers() == 0
        forwards(operation)
        assert triggers() == 1

    def test_one_that_replaces_another_goes_back_to_it(self) -> None:
        backwards(SQLFile(FILE, reverse=DROP))
        backwards(SQLFile("not_read_backwards.sql", reverse=FILE))
        assert triggers() == 1

    def test_a_file_can_be_run_again(self) -> None:
        forwards(SQLFile(FILE, reverse=DROP))
        assert triggers() == 1

    def test_one_that_is_missing_is_an_error(self) -> None:
        with pytest.raises(FileNotFoundError, match=r"reporting/migrations/sql/missing\.sql"):
            forwards(SQLFile("missing.sql", reverse=DROP))


class TestCreateModels:
    def test_it_makes_tables_that_refer_to_each_other_and_renders_them_once(self) -> None:
        name = CreateModel("Name", [("id", BigAutoField(primary_key=True))])
        called = ForeignKey("reporting.name", CASCADE)
        letter = CreateModel("Letter", [("id", BigAutoField(primary_key=True)), ("name", called)])
        operation = CreateModels(name, letter)
        before, after = ProjectState(), ProjectState()
        assert (before.apps.ready, after.apps.ready) == (True, True)
        operation.state_forwards("reporting", after)
        assert "apps" not in vars(after)
        assert (
            after.apps.get_model("reporting.letter")._meta.get_field("name").related_model._meta.label
            == "reporting.Name"
        )
        with connection.schema_editor() as editor:
            operation.database_forwards("reporting", editor, before, after)
        tables = {"reporting_name", "reporting_letter"}
        assert tables <= set(connection.introspection.table_names())
        with connection.schema_editor() as editor:
            operation.database_backwards("reporting", editor, after, before)
        assert not tables & set(connection.introspection.table_names())


class TestSeed:
    def test_backwards_it_leaves_them(self) -> None:
        assert Seed(lambda *_: None).reversible
