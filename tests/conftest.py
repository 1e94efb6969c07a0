"""Personas, a fixed moment, and a way to make leads. States are reached through the domain functions."""

import gc
import os
from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import django.test.client
import pytest
from django.conf import settings
from django.template import Context, Template
from django.test.utils import ContextList
from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from accounts import keys, roles, scopes
from accounts.models import ApiKey, User
from handoff.models import Absence, Rep
from leads.events import Agent
from leads.inputs import LeadInput, Taken
from leads.intake import take_leads
from leads.models import Lead
from lib import clock, process_cache
from tests.seeding import put_back, remember

PASSWORD = "correct horse battery"
# How long one example takes says how busy the machine is; speed is measured in bench/.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")
# Tests make many people; a hash that is meant to be slow would cost most of their time.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Processes that test at the same time share a Valkey, but must not find each other's cache.
settings.CACHES["default"]["KEY_PREFIX"] = f"test-{os.getpid()}"


def pytest_collection_finish() -> None:
    """What was imported and collected stays: nobody looks through it again and again for what is unused."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """What the migrations left in the tables is kept in memory, and put back after each test with real commits."""
    with django_db_blocker.unblock():
        remember()


def keep_the_page(
    store: dict[str, Any], signal: object, sender: object, template: Template, context: Context, **_more: object
) -> None:
    """An answer has the context of its page, `answer.context["form"]`, and not of each part that is included.

    Django copies the context for each part, and each option of a select is one: a form of the admin has thousands.
    """
    if context.template is template:
        store.setdefault("templates", []).append(template)
        store.setdefault("context", ContextList()).append(copy(context))


django.test.client.store_rendered_templates = keep_the_page  # type: ignore[attr-defined]
# After a test with real commits, instead of emptying every table and telling every application of it.
django.test.TransactionTestCase._fixture_teardown = lambda _self: put_back()  # type: ignore[attr-defined]


@pytest.fixture
def now() -> datetime:
    """A Tuesday morning."""
    return datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def database_clock() -> None:
    """For tests of hosts whose own clock is wrong; every other test may travel in time, which a database cannot."""


@pytest.fixture(autouse=True)
def travelling_clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "database_clock" not in request.fixturenames:
        monkeypatch.setattr(clock, "now", timezone.now)


@pytest.fixture(autouse=True)
def changes_are_seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process looks once a second what it has to read again; a test looks each time."""
    monkeypatch.setattr(process_cache, "SECONDS", 0.0)


@pytest.fixture
def transactional(transactional_db: None) -> None:
    """Real commits, for threads and processes; what an installation starts with is put back afterwards."""


@pytest.fixture(autouse=True)
def database_first(request: pytest.FixtureRequest) -> None:
    """Where a test uses the database its other fixtures may too, in whatever order they are named."""
    uses_database = request.node.get_closest_marker("django_db") or "db" in request.fixturenames
    if uses_database and "transactional_db" not in request.fixturenames:
        request.getfixturevalue("db")


def make_person(email: str, role: str, name: str) -> User:
    """Somebody who can sign in, in one role."""
    return User.objects.create_user(email, PASSWORD, name=name, roles=[role], is_staff=role != roles.SALES_REP)


def be_out(*people: User, since: datetime, until: datetime) -> None:
    """These reps take no leads in between."""
    Absence.objects.bulk_create(Absence(rep_id=each.pk, starts_at=since, ends_at=until) for each in people)


@pytest.fixture
def marketer(db: None) -> User:
    return make_person("marketer@example.com", roles.MARKETING, "Mara Marketer")


@pytest.fixture
def rep(db: None) -> User:
    person = make_person("rep@example.com", roles.SALES_REP, "Ana Rep")
    Rep.objects.create(user=person)
    return person


@pytest.fixture
def other_rep(db: None) -> User:
    person = make_person("other@example.com", roles.SALES_REP, "Otto Rep")
    Rep.objects.create(user=person)
    return person


@pytest.fixture
def manager(db: None) -> User:
    return make_person("manager@example.com", roles.SALES_MANAGER, "Mila Manager")


@pytest.fixture
def administrator(db: None) -> User:
    return make_person("admin@example.com", roles.ADMINISTRATOR, "Ada Admin")


@pytest.fixture
def make_lead(db: None, now: datetime) -> Callable[..., Lead]:
    """`make_lead(email=..., employees=...)`: a lead that came in through intake; a fresh address by default."""
    made = 0

    def make(**fields: Any) -> Lead:
        nonlocal made
        made += 1
        moment = fields.pop("now", now - timedelta(days=1))
        if not fields.get("external_id"):
            fields.setdefault("email", f"lead{made}@example.com")
        [taken] = take_leads([LeadInput(**fields)], agent=Agent(name="test"), now=moment)
        assert isinstance(taken, Taken), taken
        return Lead.objects.get(pk=taken.lead_id)

    return make


@pytest.fixture
def api_key(administrator: User, now: datetime) -> tuple[ApiKey, str]:
    """A key with every scope, and its secret. It was made a day before the real present, so that it is valid."""
    from django.utils import timezone

    return keys.issue(name="Website", scopes=scopes.keys(), actor=administrator, now=timezone.now() - timedelta(days=1))


@pytest.fixture
def private_files(settings: Any, tmp_path: Any) -> None:
    """Files of imports go to a place of this test."""
    storage = settings.STORAGES["default"]
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**storage, "OPTIONS": {**storage.get("OPTIONS", {}), "location": tmp_path}},
    }
