"""Operations of migrations that Django has not: SQL in files of its own, and the rows an installation starts with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import CreateModel, RunPython
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

FOLDER: Final = Path("migrations", "sql")
SUFFIX: Final = ".sql"


class SQLFile(Operation):
    """Runs a file of `migrations/sql/` of its package: triggers and functions, whole, one subject a file.

    `reverse` undoes it: SQL, or, where a file replaces what an earlier one made, the name of the earlier one.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, name: str, *, reverse: str) -> None:
        self.name = name
        self.reverse = reverse

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Changes no model."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        schema_editor.execute(_text(app_label, self.name), params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        reverse = _text(app_label, self.reverse) if self.reverse.endswith(SUFFIX) else self.reverse
        schema_editor.execute(reverse, params=None)

    def describe(self) -> str:
        return f"Run {self.name}"


class CreateModels(Operation):
    """Creates many models at once: what a squashed migration begins with.

    After each CreateModel Django renders that model and every other that is related to it, whatever the package. For
    a hundred models that know each other this takes ten times as long as making the tables; here it is done once.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, *models: CreateModel) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # All is rendered anew, and nothing left for later, when somebody asks for it; until then states change cheaply.
        state.__dict__.pop("apps", None)
        state.is_delayed = False
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "Create " + ", ".join(model.name for model in self.models)


class Seed(RunPython):
    """Adds rows that an installation starts with, as literal data; harmless to repeat. Backwards it leaves them."""

    def __init__(self, code: Callable[[Apps, Any], None]) -> None:
        super().__init__(code, RunPython.noop)


def _text(app_label: str, name: str) -> str:
    return (Path(apps.get_app_config(app_label).path) / FOLDER / name).read_text()
