"""The rules of a draft in a browser: every page of the editor is sound, and rules are ordered by mouse and by keys."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from scoring.criteria.examples import draft_from_example
from scoring.models import Criteria
from tests.browser.conftest import Visit
from tests.browser.test_pages import expect_sound_at_both_widths

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(transactional: None, marketer: User) -> Criteria:
    return draft_from_example("careful", actor=marketer, now=timezone.now())


def order(draft: Criteria, kind: str) -> list[str]:
    """The names of the rules of a kind, as they are stored."""
    return list(draft.rules.filter(kind=kind).order_by("position", "pk").values_list("name", flat=True))


class TestItsPages:
    def test_they_are_sound(self, visit: Visit, marketer: User, draft: Criteria) -> None:
        paths = [
            reverse("scoring:start"),
            reverse("scoring:version", args=[draft.number]),
            reverse("scoring:settings", args=[draft.number]),
            *(reverse("scoring:new_rule", args=[draft.number, kind]) for kind in ("fit", "behaviour", "combination")),
            *(
                reverse("scoring:rule", args=[draft.number, rule.pk])
                for rule in draft.rules.order_by("kind", "pk").distinct("kind")
            ),
            reverse("scoring:new_bar", args=[draft.number]),
        ]
        page = visit(marketer, paths[0])
        for path in paths:
            expect_sound_at_both_widths(page, path, width=1280)


class TestOrder:
    def test_a_rule_is_dragged(self, visit: Visit, marketer: User, draft: Criteria) -> None:
        page = visit(marketer, reverse("scoring:version", args=[draft.number]))
        rules = page.locator("[data-rule]")
        first, second = (rules.nth(place).locator("[data-handle]") for place in (0, 1))
        expect(first).to_be_visible()
        kind = draft.rules.get(pk=int(rules.nth(0).get_attribute("data-rule") or 0)).kind
        before = order(draft, kind)
        second.scroll_into_view_if_needed()
        start, end = second.bounding_box(), first.bounding_box()
        assert start
        assert end
        page.mouse.move(start["x"] + 6, start["y"] + 6)
        page.mouse.down()
        page.mouse.move(end["x"] + 6, end["y"] - 6, steps=5)
        with page.expect_response("**/arrange/"):
            page.mouse.up()
        expect(page.locator("[data-rule]").first).to_contain_text(before[1])
        assert order(draft, kind) == [before[1], before[0], *before[2:]]

    @pytest.mark.parametrize("javascript", [True, False])
    def test_the_same_by_keys(self, visit: Visit, marketer: User, draft: Criteria, javascript: bool) -> None:
        page = visit(marketer, reverse("scoring:version", args=[draft.number]), javascript=javascript)
        kind = draft.rules.get(pk=int(page.locator("[data-rule]").first.get_attribute("data-rule") or 0)).kind
        before = order(draft, kind)
        page.get_by_role("button", name=f"Move “{before[1]}” up").focus()
        with page.expect_response("**/arrange/"):
            page.keyboard.press("Enter")
        expect(page.locator("[data-rule]").first).to_contain_text(before[1])
        assert order(draft, kind) == [before[1], before[0], *before[2:]]
