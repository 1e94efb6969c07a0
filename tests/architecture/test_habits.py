"""What is not done here."""

import re
from pathlib import Path

from tests.architecture.reading import ROOT, functions, name, sources, tell, text, tree

RAW_SQL = re.compile(r"cursor\(\)|RawSQL|\.raw\(|\.extra\(|stored_rows import .*\brun\b")
RAW_SQL_IN = {
    "scoring/engine/sql.py", "scoring/whatif/sql.py", "scoring/engine/fragments.py", "reporting/sql.py",
    "nurture/segments/sql.py",  # who is in a segment: what is owed, looked at and built
    "scoring/engine/work_sql.py",  # what the engine owes, taken and held
    "reporting/segments_sql.py",  # the cohort by what is known of its leads
    "reporting/machines_sql.py",  # what was done, by the domain of the address
    "reporting/review/sql.py",  # what became of one version's MQLs, read from the recorded transitions
    "scoring/backtest/asof.py",  # the engine's statement, of each lead at a moment of its own
    "leads/dimensions.py",  # one question to several tables
    "leads/content/chains.py",  # who took content first, and what became of them, without a row for each
    "leads/companies.py",  # one advisory lock, and what a batch says of each
    "leads/lead_row.py", "leads/touches.py", "leads/activities.py",  # each event asks
    "leads/stored_rows.py",  # rows of any table, all their columns
    "lib/leave.py", "lib/time_limits.py",  # SELECT set_config
    "leads/merging/moving.py",  # every table that refers to a record
    "leads/merging/company_duplicates.py",  # where the first of each company's people have their mail
    "leads/merging/finding.py",  # one advisory lock, and so many leads of each key
    "leads/writing.py",  # UPDATE ... FROM unnest, which the ORM does not know
    "lib/together.py",  # statements of others, sent in one message
    "lib/clock.py",  # SELECT clock_timestamp()
    "capture/inbox.py",  # one narrow insert, as short as can be
    "capture/hooks/keeping.py",  # INSERT ... ON CONFLICT DO UPDATE, which says what is new
    "capture/segment/seen.py",  # INSERT ... ON CONFLICT DO UPDATE, which counts up
    "lib/process_cache.py",  # a table that no model stands for
    "config/views.py",  # SELECT 1
    "config/backups/catalogue.py",  # what PostgreSQL says of itself, and schemas
    "config/embedded/upgrade.py",  # asks whether the database answers
}  # fmt: skip
ENVIRONMENT = re.compile(r"os\.environ|getenv")
ENVIRONMENT_IN = {
    "config/settings.py", "config/celery.py", "config/wsgi.py",
    "config/supervisor/run.py", "config/supervisor/children.py", "config/supervisor/prepare.py",
    "config/backups/programs.py",  # PostgreSQL's programs get it
}  # fmt: skip
HOST_CLOCK_IN = {
    "lib/clock.py",  # compares the two
    "accounts/models.py", "handoff/models/reps.py",  # when somebody joined; decides nothing
    "config/management/commands/seed_demo.py",  # when the story ends
}  # fmt: skip
DRAWERS = {"utils", "helpers", "services", "managers", "misc", "common"}


def where(pattern: re.Pattern[str]) -> set[str]:
    return {name(path) for path in sources() if pattern.search(text(path))}


class TestHabits:
    def test_raw_sql_is_in_the_modules_named_for_it(self) -> None:
        tell(f"{file} has raw SQL" for file in where(RAW_SQL) - RAW_SQL_IN)

    def test_the_environment_is_read_in_one_place(self) -> None:
        readers = {file for file in where(ENVIRONMENT) if not file.startswith("config/embedded")}
        tell(f"{file} reads the environment" for file in readers - ENVIRONMENT_IN)

    def test_the_clock_is_the_databases(self) -> None:
        """A host whose own clock is wrong decides nothing differently (lib/clock.py)."""
        others = where(re.compile(r"timezone\.now\b|datetime\.now\(|time\.time\(")) - HOST_CLOCK_IN
        tell(f"{file} asks the host what time it is" for file in others)

    def test_what_is_allowed_is_there(self) -> None:
        tell(
            f"{file} is not there" for file in RAW_SQL_IN | ENVIRONMENT_IN | HOST_CLOCK_IN if not (ROOT / file).exists()
        )

    def test_no_module_is_a_drawer(self) -> None:
        tell(f"{name(path)} is a drawer" for path in sources() if path.stem in DRAWERS)

    def test_no_logic_hides_in_save(self) -> None:
        tell(
            f"{name(path)} overrides {function.name}"
            for path in sources()
            if "models" in (*path.parts[:-1], path.stem)
            for function in functions(tree(path))
            if function.name in {"save", "delete"}
        )

    def test_celery_is_never_eager_and_nothing_is_expected_to_fail(self) -> None:
        shortcut = re.compile(r"ALWAYS_EAGER|always_eager|xfail|\.apply\(\)")
        tests = (path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
        tell(f"{name(path)} takes a shortcut" for path in tests if shortcut.search(text(path)))

    def test_no_test_empties_the_cache_of_the_others(self) -> None:
        tests = (path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
        tell(f"{name(path)} empties what other processes share" for path in tests if "cache.clear()" in text(path))

    def test_the_scheduled_tasks_exist(self) -> None:
        from config.celery import app

        app.loader.import_default_modules()
        scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
        assert scheduled <= app.tasks.keys()
