"""Tables of one row: looking never writes, a form makes the row, and so does whoever has to hold it."""

import re
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from handoff.models import BacklogPolicy, PassPolicy
from lib.singleton import Singleton
from nurture.models import SendingPolicy
from reporting.models import ReviewPolicy
from tests.threads import at_once

SINGLETONS = [model for model in apps.get_models() if issubclass(model, Singleton)]
WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE)\b")
PAGES = [
    "/queue/review/",
    "/queue/review/count/",
    "/queue/backlog/",
    "/queue/backlog/note/",
    "/queue/backlog/more/?count=1",
    "/queue/dry-run/",
    "/queue/team/",
    "/reports/review/",
    "/reports/review/note/",
    "/reports/review/count/",
]
# What a form sends, and the columns that it changes.
SAVED: dict[type[Singleton], tuple[dict[str, Any], dict[str, Any]]] = {
    PassPolicy: (
        {"checks": "ordinary", "when": "daily", "daily_at": "10:00", "check_within": "8 h"},
        {"checks": "ordinary", "when": "daily", "daily_at": time(10), "check_within": timedelta(hours=8)},
    ),
    BacklogPolicy: ({"per_day": 7}, {"per_day": 7}),
    ReviewPolicy: ({"months": 3}, {"months": 3}),
    SendingPolicy: (
        {"a_day": 2, "a_week": 4, "a_month": 9, "longest_wait_days": 5, "quiet_from": "21:00", "quiet_to": "08:00"},
        {"a_day": 2, "a_week": 4, "a_month": 9, "longest_wait_days": 5, "quiet_from": time(21), "quiet_to": time(8)},
    ),
}


def change_of(model: type[Singleton]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[1])


@pytest.fixture
def never_set(db: None) -> None:
    for model in SINGLETONS:
        model._default_manager.all().delete()


@pytest.fixture
def captured(never_set: None) -> Iterator[CaptureQueriesContext]:
    with CaptureQueriesContext(connection) as queries:
        yield queries


def test_there_are_these() -> None:
    assert set(SINGLETONS) == SAVED.keys()


class TestLooking:
    @pytest.mark.parametrize("page", [*PAGES, *map(change_of, SAVED)])
    def test_writes_nothing(self, captured: CaptureQueriesContext, client: Client, manager: User, page: str) -> None:
        client.force_login(manager)
        captured.initial_queries = len(connection.queries_log)
        assert client.get(page).status_code == 200
        assert [query["sql"] for query in captured if WRITES.search(query["sql"])] == []

    @pytest.mark.usefixtures("never_set")
    def test_shows_the_defaults(self, client: Client, manager: User) -> None:
        client.force_login(manager)
        assert client.get(reverse("handoff:review")).context["policy"].check_within == timedelta(hours=24)
        assert client.get(reverse("handoff:backlog")).context["pace"].per_day == 20
        assert client.get(reverse("reporting:review")).context["months"] == 6

    @pytest.mark.usefixtures("never_set")
    @pytest.mark.parametrize("model", SINGLETONS)
    def test_a_form_shows_the_defaults(self, client: Client, manager: User, model: type[Singleton]) -> None:
        client.force_login(manager)
        shown = client.get(change_of(model)).context["adminform"].form.instance
        fields = [field for field in model._meta.concrete_fields if field.name != "id"]
        assert {field.name: field.value_from_object(shown) for field in fields} == {
            field.name: field.get_default() for field in fields
        }


@pytest.mark.usefixtures("never_set")
@pytest.mark.parametrize("model", SINGLETONS)
class TestMaking:
    def test_the_first_save_makes_it_and_the_next_changes_it(
        self, client: Client, manager: User, model: type[Singleton]
    ) -> None:
        sent, saved = SAVED[model]
        client.force_login(manager)
        for _turn in range(2):
            assert client.post(change_of(model), sent).status_code == 302
            assert model._default_manager.filter(pk=1).values(*saved).get() == saved

    def test_a_form_with_a_fault_makes_nothing(self, client: Client, manager: User, model: type[Singleton]) -> None:
        client.force_login(manager)
        assert client.post(change_of(model), dict.fromkeys(SAVED[model][0], "x")).status_code == 200
        assert not model._default_manager.exists()

    def test_another_key_is_nothing(self, client: Client, manager: User, model: type[Singleton]) -> None:
        client.force_login(manager)
        assert client.get(change_of(model).replace("/1/", "/2/")).status_code == 302
        assert not model._default_manager.exists()

    @pytest.mark.parametrize("how", ["locked", "locked_if_free"])
    def test_whoever_holds_it_makes_it(self, model: type[Singleton], how: str) -> None:
        held = getattr(model, how)()
        assert held == model._default_manager.get()


@pytest.mark.slow
@pytest.mark.usefixtures("transactional")
class TestHolding:
    def test_several_at_once_make_one(self) -> None:
        BacklogPolicy.objects.all().delete()

        def hold() -> int:
            with transaction.atomic():
                return BacklogPolicy.locked().per_day

        assert at_once(*[hold] * 6) == [20] * 6
        assert BacklogPolicy.objects.count() == 1

    def test_one_that_is_held_is_waited_for_or_passed_over(self) -> None:
        def hold_if_free() -> bool:
            with transaction.atomic():
                return BacklogPolicy.locked_if_free() is not None

        with transaction.atomic():
            BacklogPolicy.locked()
            assert at_once(hold_if_free) == [False]
        assert at_once(hold_if_free) == [True]
