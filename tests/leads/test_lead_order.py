"""The order of the list of leads: by every head, both ways, whoever lacks the value last, and read from an index."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from leads.models import LastTouch, Lead, Stage
from leads.ordering import orders
from scoring.models import RecentChange, Score
from tests.scoring.shipped import in_force

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]


def names(client: Client, sort: str, page: int = 1) -> list[str]:
    shown = client.get(reverse("leads:list"), {"sort": sort, "page": str(page)}).context["page"]
    return [lead.last_name for lead in shown.object_list]


def score(lead: Lead, total: int, *, now: datetime) -> None:
    Score.objects.create(
        lead=lead, criteria=in_force(), total=total, fit=total, engagement=0, grade="B4", matched=[], bar=30,
        qualifies=False, is_fast_track=False, is_blocked=False, scored_at=now,
    )  # fmt: skip


class TestOrder:
    def test_by_stage_from_the_first_to_the_furthest(
        self, client: Client, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        stages = list(Stage.values)
        for stage in sorted(stages):
            lead = make_lead(last_name=stage)
            Lead.objects.filter(pk=lead.pk).update(stage=stage, customer_at=now)
        client.force_login(marketer)
        assert names(client, "stage") == stages
        assert names(client, "-stage") == stages[::-1]

    def test_of_one_stage_by_creation(self, client: Client, marketer: User, make_lead: MakeLead, now: datetime) -> None:
        for days in (1, 3, 2):
            make_lead(last_name=str(days), created_at=now - timedelta(days=days))
        client.force_login(marketer)
        page = client.get(reverse("leads:list"), {"stage": "lead", "sort": "stage"}).context["page"]
        assert [lead.last_name for lead in page.object_list] == ["1", "2", "3"]

    def test_by_name_the_first_name_decides_between_equals(
        self, client: Client, marketer: User, make_lead: MakeLead
    ) -> None:
        for first, last in (("Zoe", "Adams"), ("Ben", "Young"), ("Ann", "Young")):
            make_lead(first_name=first, last_name=last)
        client.force_login(marketer)
        page = client.get(reverse("leads:list"), {"sort": "-name"}).context["page"]
        assert [lead.first_name for lead in page.object_list] == ["Ben", "Ann", "Zoe"]
        assert names(client, "name") == ["Adams", "Young", "Young"]

    def test_by_name_as_people_sort(self, client: Client, marketer: User, make_lead: MakeLead) -> None:
        for last in ("Zeta", "adams", "Baker", "Ångström", "Élan", "de Vries", "Dahl"):
            make_lead(first_name="Ada", last_name=last)
        client.force_login(marketer)
        people = ["adams", "Ångström", "Baker", "Dahl", "de Vries", "Élan", "Zeta"]
        assert names(client, "name") == people
        assert names(client, "-name") == people[::-1]

    def test_by_creation(self, client: Client, marketer: User, make_lead: MakeLead, now: datetime) -> None:
        for days in (3, 1, 2):
            make_lead(last_name=str(days), created_at=now - timedelta(days=days))
        client.force_login(marketer)
        assert names(client, "created") == ["3", "2", "1"]
        assert names(client, "-created") == names(client, "") == ["1", "2", "3"]


INDEXES: Final = [
    ("score", "score_highest"), ("change", "recent_change_largest"), ("seen", "last_touch_newest"),
    ("created", "lead_newest"), ("name", "lead_by_name"), ("stage", "lead_by_stage"),
]  # fmt: skip


@pytest.fixture
def sixty(make_lead: MakeLead, now: datetime) -> list[str]:
    """Sixty leads; the first forty were seen and have a score, each later and higher, moved by more than the last."""
    for number in range(60):
        lead = make_lead(last_name=f"{number:02}")
        if number < 40:
            score(lead, number, now=now)
            LastTouch.objects.create(lead=lead, at=now + timedelta(minutes=number))
            RecentChange.objects.create(lead=lead, points=number, next_change_at=now)
    return [f"{number:02}" for number in range(60)]


@pytest.mark.parametrize("sort", ["score", "seen", "change"])
class TestWhoLacksTheValue:
    def test_they_are_last_whichever_way(self, client: Client, marketer: User, sixty: list[str], sort: str) -> None:
        client.force_login(marketer)
        assert names(client, sort) == sixty[:50]
        assert names(client, sort, 2) == sixty[50:]
        assert names(client, f"-{sort}") == sixty[39::-1] + sixty[:49:-1]
        assert names(client, f"-{sort}", 2) == sixty[49:39:-1]

    def test_a_page_of_them_alone_goes_on_where_the_one_before_it_ended(
        self, client: Client, marketer: User, make_lead: MakeLead, sixty: list[str], sort: str
    ) -> None:
        more = [f"{number:03}" for number in range(100, 160)]
        for name in more:
            make_lead(last_name=name)
        client.force_login(marketer)
        pages = [names(client, sort, page) for page in (1, 2, 3)]
        assert [len(page) for page in pages] == [50, 50, 20]
        assert [name for page in pages for name in page] == [*sixty, *more]

    def test_nobody_has_it(self, client: Client, marketer: User, make_lead: MakeLead, sort: str) -> None:
        for name in ("a", "b"):
            make_lead(last_name=name)
        client.force_login(marketer)
        assert names(client, sort) == ["a", "b"]
        assert names(client, f"-{sort}") == ["b", "a"]


class TestIndexes:
    def test_every_order_is_looked_at_here(self) -> None:
        assert set(orders()) == {sort for sort, _index in INDEXES}

    @pytest.mark.parametrize(("sort", "index"), INDEXES)
    @pytest.mark.parametrize("sign", ["", "-"])
    def test_a_page_is_read_from_its_index_without_sorting_all_leads(
        self, client: Client, marketer: User, sixty: list[str], sort: str, index: str, sign: str
    ) -> None:
        client.force_login(marketer)
        with CaptureQueriesContext(connection) as queries:
            names(client, sign + sort)
        [asked] = [query["sql"] for query in queries if "LIMIT 50" in query["sql"]]
        with connection.cursor() as cursor:
            # So few rows would be read as a whole and sorted; could the index give their order?
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off;"
                " SET LOCAL enable_sort = off; SET LOCAL enable_incremental_sort = off"
            )
            cursor.execute(f"EXPLAIN (COSTS OFF) {asked}")
            plan = [line for (line,) in cursor.fetchall()]
        keys = plan[next(place for place, line in enumerate(plan) if "Limit" in line) :]
        assert any(index in line for line in keys), "\n".join(plan)
        assert not any("Sort" in line for line in keys), "\n".join(plan)
