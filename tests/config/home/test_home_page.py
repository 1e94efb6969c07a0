"""The first page: what needs somebody, by each of their roles, and nothing of roles they do not have."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import first_steps, home, roles
from accounts.home import Figure, Need, Part, Story
from accounts.models import User
from capture.models import InboxItem, QuarantinedEvent
from config.home import health, sections
from config.models import Backup
from leads.models import Lead

Told = TypeVar("Told")
pytestmark = pytest.mark.django_db


def texts(client: Client, person: User) -> dict[str, list[str]]:
    """Role -> the sentences of what needs the person."""
    client.force_login(person)
    page = client.get("/")
    assert page.status_code == 200
    return {section.role.key: [need.text for need in section.needs] for section in page.context["sections"]}


def told(one: Told) -> home.Tell[Told]:
    """A package that tells this, whoever reads and whenever."""

    def tell(_user: User, _now: datetime) -> list[Told]:
        return [one]

    return tell


class TestSections:
    def test_a_section_for_each_role_and_none_for_others(self, client: Client, marketer: User) -> None:
        assert list(texts(client, marketer)) == [roles.MARKETING]
        User.objects.filter(pk=marketer.pk).update(roles=[roles.MARKETING, roles.SALES_MANAGER])
        marketer.refresh_from_db()
        assert list(texts(client, marketer)) == [roles.MARKETING, roles.SALES_MANAGER]

    def test_what_presses_comes_first_and_stories_newest_first(
        self, monkeypatch: pytest.MonkeyPatch, marketer: User, now: datetime
    ) -> None:
        offered: list[Part] = []
        monkeypatch.setattr(home, "_offered", offered)
        for order, meaning in ((30, "late"), (10, ""), (20, "soon")):
            need, figure = Need(text=f"{order}", url="/", meaning=meaning), Figure(label="", value="", definition="")
            story = Story(at=now - timedelta(days=order), text=f"{order}", url="/")
            home.offer(
                Part(role=roles.MARKETING, order=order, needs=told(need), figures=told(figure), lately=told(story))
            )
        home.offer(Part(role=roles.MARKETING, order=40, state=lambda _user, _now: [figure, need]))
        [section] = sections.sections_for(marketer, now=now)
        assert [need.text for need in section.needs] == ["30", "20", "20", "10"]
        assert [story.text for story in section.lately] == ["10", "20", "30"]
        assert len(section.figures) == 4

    def test_where_nothing_waits_it_says_why_nothing_comes(self, client: Client, rep: User) -> None:
        client.force_login(rep)
        text = client.get("/").text
        assert "Nothing waits for you." in text
        assert "The next one comes when a lead reaches 30 points" in text

    def test_somebody_without_a_role_is_told_no(self, client: Client, db: None) -> None:
        client.force_login(User.objects.create_user("nobody@example.com"))
        assert client.get("/").status_code == 403


class TestMarketing:
    def test_an_empty_installation_says_what_to_do_first(
        self, client: Client, marketer: User, make_lead: Callable[..., Lead]
    ) -> None:
        assert any("There is no lead yet" in text for text in texts(client, marketer)[roles.MARKETING])
        make_lead()
        assert not any("There is no lead yet" in text for text in texts(client, marketer)[roles.MARKETING])

    def test_what_could_not_be_used_is_counted_until_it_is_sent_again(
        self, client: Client, marketer: User, now: datetime
    ) -> None:
        event = QuarantinedEvent.objects.create(received_at=now, source="x", code="x", detail="x", raw="{}")
        assert any("1 event could not be used" in text for text in texts(client, marketer)[roles.MARKETING])
        QuarantinedEvent.objects.filter(pk=event.pk).update(replayed_at=now)
        assert not any("could not be used" in text for text in texts(client, marketer)[roles.MARKETING])


class TestHealth:
    def test_what_waits_for_a_worker_for_long_is_said(self, client: Client, administrator: User) -> None:
        assert texts(client, administrator)[roles.ADMINISTRATOR] == []
        InboxItem.objects.create(
            source="x", agent="x", events=1, raw="[]", attempts=0, received_at=timezone.now() - timedelta(minutes=9)
        )
        [said] = texts(client, administrator)[roles.ADMINISTRATOR]
        assert "has waited for 9 min" in said

    def test_a_redis_that_is_away_is_said_and_breaks_nothing(
        self, client: Client, administrator: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
        [said] = texts(client, administrator)[roles.ADMINISTRATOR]
        assert said.startswith("Redis does not answer.")

    def test_the_last_backup_is_told_and_a_night_without_one_is_said(
        self, client: Client, administrator: User, now: datetime
    ) -> None:
        client.force_login(administrator)
        assert "never" in client.get("/").text
        assert texts(client, administrator)[roles.ADMINISTRATOR] == []
        at = timezone.now() - timedelta(hours=25)
        made = Backup.objects.create(taken_at=at, ended_at=at, size=7, is_proved=True)
        assert "restored and counted" in client.get("/").text
        assert texts(client, administrator)[roles.ADMINISTRATOR] == []
        Backup.objects.filter(pk=made.pk).update(taken_at=at - timedelta(hours=2))
        [said] = texts(client, administrator)[roles.ADMINISTRATOR]
        assert said.startswith("The last backup was made")

    def test_the_queues_are_those_that_tasks_are_sent_to(self) -> None:
        routed = {str(route["queue"]) for route in settings.CELERY_TASK_ROUTES.values()}
        assert {*routed, settings.CELERY_TASK_DEFAULT_QUEUE} == set(health.QUEUES)


@pytest.mark.parametrize("person", ["marketer", "rep", "manager", "administrator"])
def test_without_the_list_of_first_steps_a_role_costs_few_statements(
    client: Client, person: str, request: pytest.FixtureRequest, now: datetime
) -> None:
    user = request.getfixturevalue(person)
    first_steps.hide(actor=user, now=now)
    client.force_login(user)
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    assert len(queries) <= 21
