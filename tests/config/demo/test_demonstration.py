"""The demonstration while it is loaded: people can sign in, and see how far it is until it is there."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from redis import RedisError

from accounts.models import User
from config.demo import loading, progress
from config.supervisor.prepare import demo_people, is_empty
from handoff.models import Rep
from leads.models import Lead
from tests.config.demo.test_seed_demo import END, seed, told

pytestmark = pytest.mark.django_db
LOADING = "The demonstration is being loaded"


@pytest.fixture(autouse=True)
def nothing_told() -> Iterator[None]:
    yield
    progress.forget()


@pytest.fixture
def client() -> Client:
    """Somebody of the demonstration, signed in before there is any story."""
    call_command("seed_demo", really=True, people=True)
    visitor = Client()
    visitor.force_login(User.objects.get(email="manager@demo.example"))
    return visitor


def page(client: Client) -> str:
    return client.get("/leads/").content.decode()


def part(client: Client) -> str:
    """What the strip is told when it asks."""
    answer = client.get(
        "/demonstration/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/leads/?q=a"}
    )
    return answer.content.decode()


class TestPeople:
    def test_they_can_sign_in_before_there_is_a_story(self) -> None:
        call_command("seed_demo", really=True, people=True)
        assert User.objects.get(email="rep@demo.example").check_password("baton-demo")
        assert demo_people()
        assert Rep.objects.count() == 4
        assert not Lead.objects.exists()

    @pytest.mark.slow
    def test_the_story_is_the_same_when_they_were_there_first(self) -> None:
        whole = told(leads=20, months=1)
        call_command("seed_demo", really=True, people=True, until=END, months=1)
        assert told(leads=20, months=1) == whole


class TestWhoGetsAStory:
    def test_a_database_nobody_has_used(self) -> None:
        assert is_empty()

    def test_one_whose_story_was_stopped(self) -> None:
        call_command("seed_demo", really=True, people=True)
        assert is_empty()

    def test_none_that_somebody_uses(self, marketer: User) -> None:
        call_command("seed_demo", really=True, people=True)
        assert not is_empty()

    def test_none_with_leads(self, make_lead: Any) -> None:
        make_lead()
        assert not is_empty()


class TestStrip:
    def test_it_says_how_far_the_story_is_and_asks_again(self, client: Client) -> None:
        assert LOADING not in page(client)
        progress.tell(42)
        assert f"{LOADING}: 42 %" in page(client)
        progress.tell(43)
        assert f"{LOADING}: 43 %" in part(client)
        assert 'hx-trigger="every 2s"' in part(client)

    def test_it_goes_when_the_story_is_there(self, client: Client) -> None:
        progress.tell(progress.LOADED)
        assert "The demonstration" not in page(client)
        assert "The demonstration is loaded" in part(client)
        assert 'href="/leads/?q=a"' in part(client)
        assert "hx-get" not in part(client)

    def test_it_goes_when_the_story_was_stopped(self, client: Client) -> None:
        progress.tell(42)
        progress.forget()
        assert LOADING not in page(client)
        assert part(client).strip() == ""

    def test_nobody_else_is_told(self, client: Client, marketer: User) -> None:
        progress.tell(42)
        client.force_login(marketer)
        assert LOADING not in page(client)

    def test_a_cache_that_is_away_costs_the_strip_only(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: Any) -> None:
            raise RedisError

        for name in ("get", "set", "delete"):
            monkeypatch.setattr(cache, name, refuse)
        progress.tell(42)
        assert LOADING not in page(client)


@pytest.mark.slow
class TestLoading:
    def test_it_is_told_from_the_beginning_to_the_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        percents: list[int] = []
        monkeypatch.setattr(progress, "tell", percents.append)
        seed(leads=20, months=1)
        assert percents == sorted(set(percents))
        assert (percents[0], percents[-2:]) == (0, [99, 100])
        assert len(percents) > 20

    def test_one_that_is_stopped_leaves_nothing_and_can_be_told_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def stop(*, end: Any) -> None:
            assert Lead.objects.count() == 20
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(loading, "sent_long_ago", stop)
            with pytest.raises(KeyboardInterrupt):
                seed(leads=20, months=1)
        assert not Lead.objects.exists()
        assert not User.objects.exists()
        assert progress.percent() is None
        assert "20 leads" in seed(leads=20, months=1)
