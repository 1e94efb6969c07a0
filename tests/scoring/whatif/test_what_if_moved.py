"""The numbers of a version with other rules, moved on its page: it says what those numbers would do, sampled or not."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from leads.models import Activity
from scoring.analysis import analyses
from scoring.analysis.kinds import KINDS
from scoring.engine.definition import load
from scoring.models import Analysis, Criteria, Rule
from scoring.whatif.numbers import Numbers
from scoring.whatif.tally import Tally
from scoring.whatif.version import answer_of, estimate
from tests.caching import clear_own_cache
from tests.scoring.shipped import in_force
from tests.scoring.what_if import changed, everybody, fill

pytestmark = pytest.mark.django_db
UNREACHABLE: Final = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
}


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    clear_own_cache()
    yield
    clear_own_cache()


@pytest.fixture
def asking(client: Client, marketer: User) -> Client:
    client.force_login(marketer)
    return client


@pytest.fixture
def draft(marketer: User) -> Criteria:
    """A version that looks at something else, and 24 leads that did more or less."""
    fill(24)
    return changed(marketer)


def address(criteria: Criteria) -> str:
    return reverse("scoring:version_what_if", args=[criteria.number])


def saved(criteria: Criteria, numbers: Numbers) -> Tally:
    """What the engine says of everybody when the version itself has these numbers: the other way to the same answer."""
    columns = ("threshold", "fit_cap", "engagement_cap", "minimum_behaviours")
    Criteria.objects.filter(pk=criteria.pk).update(**{name: getattr(numbers, name) for name in columns})
    for key, points in numbers.points.items():
        Rule.objects.filter(pk=key).update(points=points)
    return everybody(Criteria.objects.get(pk=criteria.pk), held=in_force(), now=timezone.now()).everybody


class TestMoved:
    @pytest.mark.parametrize(
        "bounds",
        [
            {"threshold": 9},
            {"threshold": 40},
            {"threshold": 9, "fit_cap": 4},
            {"threshold": 8, "engagement_cap": 8},
            {"threshold": 13, "fit_cap": 0, "engagement_cap": 13, "minimum_behaviours": 2},
        ],
    )
    @pytest.mark.parametrize("points", [(), (25,), (-3, 7, 0, 11)])
    def test_the_page_says_what_such_a_version_would(
        self, asking: Client, draft: Criteria, bounds: dict[str, int], points: tuple[int, ...]
    ) -> None:
        given: dict[str, Any] = dict(bounds)
        given |= {f"points_{rule.pk}": moved for rule, moved in zip(load(draft).rules, points, strict=False)}
        page = asking.get(address(draft), given)
        tally = page.context["answer"].counts.everybody
        assert "With these numbers, today:" in page.content.decode()
        assert tally == saved(draft, page.context["form"].numbers)

    def test_nothing_is_changed(self, asking: Client, draft: Criteria) -> None:
        before = list(Rule.objects.values()), list(Criteria.objects.values())
        asking.get(address(draft), {"threshold": "1", "fit_cap": "0"})
        assert (list(Rule.objects.values()), list(Criteria.objects.values())) == before

    def test_its_own_numbers_are_filled_in(self, asking: Client, draft: Criteria) -> None:
        page = asking.get(address(draft))
        assert page.context["form"].numbers == Numbers.of(load(draft))
        assert "With these numbers" not in page.content.decode()

    def test_to_htmx_only_its_part(self, asking: Client, draft: Criteria) -> None:
        part = asking.get(address(draft), {"threshold": "9"}, headers={"HX-Request": "true"}).content.decode()
        assert 'id="what-if-version"' in part
        assert "<html" not in part

    def test_each_threshold_of_the_curve_is_a_link_that_keeps_the_rest(self, asking: Client, draft: Criteria) -> None:
        page = asking.get(address(draft), {"engagement_cap": "8"})
        [link] = [link for threshold, _count, link in page.context["sweep"] if threshold == 30]
        numbers = asking.get(address(draft) + link).context["form"].numbers
        assert (numbers.threshold, numbers.engagement_cap) == (30, 8)

    @pytest.mark.parametrize("value", ["x", "", "0", "1000001"])
    def test_a_wrong_number_gets_a_sentence_at_its_field_and_is_not_counted(
        self, asking: Client, draft: Criteria, value: str
    ) -> None:
        page = asking.get(address(draft), {"threshold": value})
        assert page.status_code == 422
        assert "Nothing was counted" in page.content.decode()
        assert 'id="id_threshold_error"' in page.content.decode()
        asking.post(f"{address(draft)}?threshold={value}")
        assert not Analysis.objects.exists()


@pytest.mark.usefixtures("small")
class TestSample:
    def moved(self, draft: Criteria, **changes: Any) -> Numbers:
        return replace(Numbers.of(load(draft)), **changes)

    def test_the_activities_are_asked_once(self, asking: Client, draft: Criteria) -> None:
        asking.get(address(draft))
        with CaptureQueriesContext(connection) as captured:
            page = asking.get(address(draft), {"threshold": "9"})
        assert not page.context["scale"].is_exact
        assert not [query for query in captured if "leads_activity" in query["sql"].replace("leads_activitytype", "")]

    def test_the_sample_says_the_same_remembered_or_not(self, draft: Criteria) -> None:
        now, numbers = timezone.now(), self.moved(draft, threshold=9, engagement_cap=8)
        fresh = estimate(draft, in_force(), now=now, numbers=numbers)
        assert fresh.counts.everybody.after > 0
        assert estimate(draft, in_force(), now=now, numbers=numbers) == fresh

    def test_what_was_remembered_is_of_that_moment_until_the_version_is_opened_again(self, draft: Criteria) -> None:
        now, numbers = timezone.now(), self.moved(draft, threshold=10)  # which no city alone reaches
        first = estimate(draft, in_force(), now=now, numbers=numbers)
        Activity.objects.all().delete()
        assert estimate(draft, in_force(), now=now, numbers=numbers) == first
        estimate(draft, in_force(), now=now)
        assert estimate(draft, in_force(), now=now, numbers=numbers).counts.everybody.after == 0

    def test_an_edit_is_asked_anew(self, draft: Criteria) -> None:
        now, numbers = timezone.now(), self.moved(draft, threshold=9)
        before = estimate(draft, in_force(), now=now, numbers=numbers)
        draft.rules.filter(page_category="pricing").update(at_least=2)
        after = estimate(Criteria.objects.get(pk=draft.pk), in_force(), now=now, numbers=numbers)
        assert after.counts != before.counts

    def test_without_a_cache_they_are_asked_each_time(self, draft: Criteria) -> None:
        now, numbers = timezone.now(), self.moved(draft, threshold=9)
        kept = estimate(draft, in_force(), now=now, numbers=numbers)
        with override_settings(CACHES=UNREACHABLE):
            assert estimate(draft, in_force(), now=now, numbers=numbers) == kept

    def test_every_lead_is_counted_with_them_when_asked(self, asking: Client, draft: Criteria) -> None:
        page = asking.get(address(draft), {"threshold": "9"})
        assert page.context["starts_by_itself"] is False
        assert f'action="{page.context["count_url"]}"' in page.content.decode().replace("&amp;", "&")
        asked_for = asking.post(page.context["count_url"])
        assert asked_for.headers["Location"] == page.context["count_url"]
        while analyses.answer_next(KINDS, clock=timezone.now):
            pass
        exact = asking.get(page.context["count_url"])
        assert "24 leads were counted" in exact.content.decode()
        assert exact.context["answer"] == answer_of(Analysis.objects.get())
        assert exact.context["answer"].counts.everybody == saved(draft, exact.context["form"].numbers)

    def test_a_count_of_other_numbers_is_no_count_of_these(self, asking: Client, draft: Criteria) -> None:
        asking.post(f"{address(draft)}?threshold=9")
        while analyses.answer_next(KINDS, clock=timezone.now):
            pass
        assert asking.get(address(draft), {"threshold": "9"}).context["scale"].is_exact
        assert not asking.get(address(draft), {"threshold": "10"}).context["scale"].is_exact
        assert not asking.get(address(draft)).context["scale"].is_exact
