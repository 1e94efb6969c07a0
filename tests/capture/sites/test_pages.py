"""Rules over addresses say what pages are: those that come, and, once somebody has seen it, those that came."""

from collections.abc import Callable
from datetime import datetime
from time import monotonic

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from leads.content import page_sorting
from leads.content.page_rules import PageRules, add_rule
from leads.content.page_sorting import ask, go_on
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.models import Page, PageRule, PageSort
from lib.patterns import matches
from scoring.models import Rescore
from tests.leads.test_illegal_rows import refused


@pytest.fixture
def page(client: Client, marketer: User) -> Client:
    client.force_login(marketer)
    return client


@pytest.fixture
def visit(now: datetime) -> Callable[..., None]:
    def visited(*paths: str) -> None:
        ada = LeadInput(email="ada@example.com")
        views = [
            ActivityInput(message_id=path, type="page_view", lead=ada, page=path, occurred_at=now) for path in paths
        ]
        take_activities(views, agent=Agent(name="test"), source="test", now=now)

    return visited


def kinds() -> dict[str, tuple[str, bool]]:
    return {one.key: (one.category, one.is_key) for one in Page.objects.all()}


def sorted_again(actor: User, now: datetime) -> int:
    ask(actor=actor, now=now)
    assert not go_on(clock=lambda: now, until=monotonic() + 60)
    return PageSort.objects.all()[0].changed


def rules(*patterns: str) -> PageRules:
    return PageRules([PageRule(pk=place, pattern=one, category="blog") for place, one in enumerate(patterns)])


class TestMatching:
    @pytest.mark.parametrize(
        ("pattern", "yes", "no"),
        [
            ("/", "/", "/a"),
            ("/Blog/*", "/blog", "/blogs"),
            ("/blog/*", "/blog/2026/spring", "/a/blog"),
            ("/*/pricing", "/de/pricing", "/pricing"),
            ("*-demo", "/book-a-demo", "/demo-day"),
            ("/a.c", "/a.c", "/abc"),
        ],
    )
    def test_a_star_is_anything_and_nothing_else_is(self, pattern: str, yes: str, no: str) -> None:
        assert rules(pattern).matching(yes) is not None
        assert rules(pattern).matching(no) is None

    def test_the_first_rule_says_it_and_names_are_no_addresses(self) -> None:
        first = rules("/blog/news", "/blog/*").matching("/blog/news")
        assert first is not None
        assert first.pk == 0
        assert rules("*").matching("Newsletter of May") is None

    @given(
        st.lists(st.text("ab/", max_size=4), min_size=1, max_size=4), st.lists(st.text("ab/", max_size=4), min_size=3)
    )
    def test_what_is_made_of_the_parts_matches(self, parts: list[str], between: list[str]) -> None:
        text = parts[0] + "".join(one + part for one, part in zip([*between, "", ""], parts[1:], strict=False))
        assert matches(text, parts)


@pytest.mark.django_db
class TestRules:
    def test_a_page_is_sorted_as_it_comes(self, visit: Callable[..., None]) -> None:
        visit("/", "/pricing", "/plans/team", "/careers", "/customers/acme", "/about", "Newsletter")
        assert kinds() == {
            "/": ("home", False), "/pricing": ("pricing", True), "/plans/team": ("pricing", True),
            "/careers": ("careers", False), "/customers/acme": ("case_study", False), "/about": ("other", False),
            "Newsletter": ("other", False),
        }  # fmt: skip
        add_rule(pattern="/about", category="product", is_key=True)
        visit("/about/us", "/About")
        assert kinds()["/about"] == ("other", False)

    def test_pages_that_came_are_sorted_again_and_scores_follow(
        self, visit: Callable[..., None], now: datetime, administrator: User, client: Client
    ) -> None:
        visit("/offers/a", "/offers/b", "/about")
        User.objects.filter(pk=administrator.pk).update(is_superuser=True)
        client.force_login(administrator)
        by_hand = Page.objects.get(key="/offers/b")
        form = {"key": by_hand.key, "title": "", "category": "landing", "funnel_stage": ""}
        client.post(reverse("admin:leads_page_change", args=[by_hand.pk]), form)
        Rescore.objects.all().delete()
        add_rule(pattern="/offers/*", category="pricing", is_key=True)
        assert sorted_again(administrator, now) == 1
        assert kinds()["/offers/a"] == ("pricing", True)
        assert kinds()["/offers/b"] == ("landing", False)
        assert Rescore.objects.filter(finished_at=None).count() == 1
        Rescore.objects.all().delete()
        PageRule.objects.filter(pattern="/offers/*").update(is_key=False)
        assert sorted_again(administrator, now) == 1
        assert Rescore.objects.filter(finished_at=None).count() == 1
        Rescore.objects.all().delete()
        assert sorted_again(administrator, now) == 0
        assert not Rescore.objects.exists()


@pytest.mark.django_db
class TestPage:
    def test_a_rule_is_seen_before_it_is_kept(self, page: Client, visit: Callable[..., None], now: datetime) -> None:
        visit("/solutions/banks", "/solutions/shops", "/about")
        address, asked = reverse("connect:pages"), {"pattern": "https://example.com/Solutions/*", "category": "product"}
        looked = page.post(address, asked | {"look": "1"}).content.decode()
        assert "2 pages that came are meant" in looked
        assert not PageRule.objects.filter(category="product", position=1).exists()
        assert page.post(address, asked).status_code == 302
        assert PageRule.objects.order_by("position")[0].pattern == "/Solutions/*"
        shown = page.get(address).content.decode()
        assert "The rules would sort 2 pages that came otherwise" in shown
        told = page.post(reverse("connect:pages_sort"), follow=True).content.decode()
        assert "Sorting the pages" in told
        assert "otherwise" not in told
        assert not go_on(clock=lambda: now, until=monotonic() + 60)
        assert "otherwise" not in page.get(address).content.decode()

    def test_rules_move_and_go(self, page: Client) -> None:
        second = PageRule.objects.order_by("position")[1]
        page.post(reverse("connect:page_rule_up", args=[second.pk]))
        assert PageRule.objects.order_by("position")[0] == second
        page.post(reverse("connect:page_rule_remove", args=[second.pk]))
        assert not PageRule.objects.filter(pk=second.pk).exists()

    @pytest.mark.parametrize("pattern", ["*", "/*", "//*", "/a*b*c*d*e*f*g", "/pricing/*", ""])
    def test_what_is_no_rule_is_refused(self, page: Client, pattern: str) -> None:
        count = PageRule.objects.count()
        assert page.post(reverse("connect:pages"), {"pattern": pattern, "category": "blog"}).status_code == 422
        assert PageRule.objects.count() == count

    @pytest.mark.parametrize(
        ("statement", "guard"),
        [
            ("UPDATE leads_pagerule SET category = 'shop'", "page_rule_category_known"),
            ("UPDATE leads_pagerule SET pattern = 'a'", "page_rule_pattern_is_path"),
            ("UPDATE leads_pagerule SET pattern = '/same'", "leads_pagerule_pattern"),
        ],
    )
    def test_a_row_that_must_not_exist_is_refused(self, statement: str, guard: str) -> None:
        assert guard in refused(statement)

    def test_sorting_goes_on_in_the_background_and_says_how_far_it_is(
        self, page: Client, visit: Callable[..., None], now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A worker that died after a chunk, and two presses, are no harm."""
        monkeypatch.setattr(page_sorting, "CHUNK", 2)
        visit("/x/a", "/x/b", "/x/c")
        add_rule(pattern="/x/*", category="product", is_key=True)
        assert page.post(reverse("connect:pages_sort")).status_code == 302
        assert "already" in page.post(reverse("connect:pages_sort"), follow=True).content.decode()
        with transaction.atomic():
            page_sorting._chunk(PageSort.objects.get(), now=now)
        part = page.get(reverse("connect:pages"), headers={"HX-Request": "true"}).content.decode()
        assert "Sorting the pages" in part
        assert "every 2s" in part
        assert {kind for key, kind in kinds().items() if key.startswith("/x/")} == {("product", True), ("other", False)}
        go_on(clock=lambda: now, until=monotonic() + 60)
        assert {kind for key, kind in kinds().items() if key.startswith("/x/")} == {("product", True)}
        shown = page.get(reverse("connect:pages")).content.decode()
        assert "3 pages became another kind" in shown
        assert "every 2s" not in shown
