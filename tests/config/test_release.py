"""A process of another release than the database is does not begin to work on it, and says why."""

import pytest
from celery.signals import worker_init
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from config.celery import look_at_the_database
from config.release import missing, unknown, why_not_here

pytestmark = pytest.mark.django_db


@pytest.fixture
def newer() -> None:
    MigrationRecorder(connection).record_applied("leads", "9999_of_a_newer_release")


@pytest.fixture
def older() -> str:
    """The newest migration of the accounts is not applied; returns its name."""
    [(app, name)] = MigrationExecutor(connection).loader.graph.leaf_nodes("accounts")
    MigrationRecorder(connection).record_unapplied(app, name)
    return f"{app}.{name}"


def test_one_of_this_release_is_worked_on() -> None:
    assert (missing(), unknown(), why_not_here()) == ([], [], "")


def test_one_of_a_newer_release_is_not(newer: None) -> None:
    assert unknown() == ["leads.9999_of_a_newer_release"]
    assert why_not_here().startswith("This database is of a newer release of Baton.")


def test_one_of_an_older_release_is_not(older: str) -> None:
    assert missing() == [older]
    assert why_not_here().endswith("Run `manage.py migrate` first.")


def test_a_worker_ends_with_the_sentence(newer: None) -> None:
    assert any(receiver is look_at_the_database for receiver in live_receivers())
    with pytest.raises(SystemExit, match="of a newer release"):
        look_at_the_database()


def live_receivers() -> list[object]:
    return [reference() for _key, reference in worker_init.receivers]
