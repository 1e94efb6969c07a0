"""Rules in the admin put in order, copied and switched off; and what the page costs however many there are."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from leads.models import Asset, Campaign, Channel, Page
from lib import process_cache
from scoring.criteria.arranging import HIGHEST, NotArranged, copy_rule, last_place, move
from scoring.models import Criteria, Rule
from tests.scoring.building import kind, make_bar
from tests.scoring.criteria.test_criteria_admin import address, errors, filled
from tests.scoring.shipped import make_combination, make_draft, make_published, make_signed

pytestmark = pytest.mark.django_db


def names(draft: Criteria, sort: str) -> list[str]:
    return [rule.name.split()[0] for rule in draft.rules.filter(kind=sort).order_by("position", "pk")]


class TestMoving:
    def test_up_and_down_change_places_within_the_kind(self, draft: Criteria) -> None:
        assert names(draft, "behaviour") == ["Downloaded", "Opened", "Visited", "Joined"]
        visited = draft.rules.get(name__startswith="Visited")
        move(visited, by=-1)
        assert names(draft, "behaviour") == ["Downloaded", "Visited", "Opened", "Joined"]
        move(visited, by=1)
        assert names(draft, "behaviour") == ["Downloaded", "Opened", "Visited", "Joined"]
        assert names(draft, "fit") == ["Has", "Company"]

    def test_at_either_end_it_stays(self, draft: Criteria) -> None:
        first, last = draft.rules.get(name__startswith="Downloaded"), draft.rules.get(name__startswith="Joined")
        move(first, by=-1)
        move(last, by=1)
        assert names(draft, "behaviour") == ["Downloaded", "Opened", "Visited", "Joined"]

    def test_rules_at_the_same_place_are_told_apart(self, draft: Criteria) -> None:
        draft.rules.update(position=7)
        move(draft.rules.get(name__startswith="Company"), by=-1)
        assert names(draft, "fit") == ["Company", "Has"]
        places = list(draft.rules.values_list("position", flat=True))
        assert places == sorted(set(places))

    def test_new_rules_find_a_place_when_the_numbers_run_out(self, draft: Criteria) -> None:
        Rule.objects.filter(pk=draft.rules.all()[5].pk).update(position=HIGHEST)
        assert last_place(draft) == 70
        assert names(draft, "fit") == ["Has", "Company"]


class TestCopying:
    def test_the_copy_stands_below_and_says_the_same(self, draft: Criteria) -> None:
        copy = copy_rule(draft.rules.get(name__startswith="Downloaded"))
        assert (copy.name, copy.points, copy.measure, copy.max_times) == ("Downloaded content (copy)", 5, "assets", 3)
        assert [rule.name for rule in draft.rules.all()][:3] == [
            "Downloaded content", "Downloaded content (copy)", "Opened an e-mail after a download",
        ]  # fmt: skip

    def test_a_combination_keeps_what_it_needs(self, draft: Criteria) -> None:
        parts = draft.rules.all()[:2]
        copy = copy_rule(make_combination(draft, *parts))
        assert set(copy.requires.all()) == set(parts)

    def test_a_long_name_stays_one(self, draft: Criteria) -> None:
        rule = draft.rules.all()[0]
        Rule.objects.filter(pk=rule.pk).update(name="n" * 120)
        rule.refresh_from_db()
        assert len(copy_rule(rule).name) <= 120

    def test_a_full_version_takes_no_more(self, draft: Criteria) -> None:
        Rule.objects.bulk_create(
            Rule(criteria=draft, kind="behaviour", name=f"{number}", position=number) for number in range(194)
        )
        with pytest.raises(NotArranged, match="at most 200 rules; these are 201"):
            copy_rule(draft.rules.all()[0])
        assert draft.rules.count() == 200


class TestInTheAdmin:
    def press(self, browser: Client, draft: Criteria, tool: str, rule: Rule, **changes: Any) -> Any:
        return browser.post(address(draft), filled(browser, draft) | {tool: str(rule.pk)} | changes)

    def test_a_button_saves_moves_and_goes_back_to_the_rule(self, browser: Client, draft: Criteria) -> None:
        rule = draft.rules.get(name__startswith="Visited")
        answer = self.press(browser, draft, "_up", rule, threshold="44")
        assert answer.headers["Location"] == f"{address(draft)}#behaviour-1"
        draft.refresh_from_db()
        assert draft.threshold == 44
        assert names(draft, "behaviour") == ["Downloaded", "Visited", "Opened", "Joined"]
        page = browser.get(address(draft)).content.decode()
        assert "“Visited the pricing page” is in its new place." in page

    def test_a_rule_is_copied(self, browser: Client, draft: Criteria) -> None:
        answer = self.press(browser, draft, "_copy", draft.rules.get(name__startswith="Company"))
        assert answer.headers["Location"] == f"{address(draft)}#fit-2"
        assert draft.rules.filter(kind="fit").count() == 3

    def test_what_cannot_be_saved_is_not_moved(self, browser: Client, draft: Criteria) -> None:
        rule = draft.rules.get(name__startswith="Visited")
        answer = self.press(browser, draft, "_up", rule, **{"behaviour-0-points": "many"})
        assert answer.status_code == 200
        assert names(draft, "behaviour") == ["Downloaded", "Opened", "Visited", "Joined"]

    @pytest.mark.parametrize("key", ["", "x", "²", "9" * 30, "-1", "999999"])
    def test_a_rule_that_is_none_moves_nothing(self, browser: Client, draft: Criteria, key: str) -> None:
        answer = browser.post(address(draft), filled(browser, draft) | {"_copy": key}, follow=True)
        assert "That rule is not there any more." in answer.content.decode()
        assert draft.rules.count() == 6

    def test_a_rule_of_another_version_is_not_touched(
        self, browser: Client, draft: Criteria, marketer: User, now: datetime
    ) -> None:
        other = make_draft(marketer, now)
        self.press(browser, draft, "_copy", other.rules.all()[0])
        assert (draft.rules.count(), other.rules.count()) == (6, 6)

    def test_moving_a_proposal_voids_its_signatures_and_tells_whoever_signed(
        self, browser: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        signed = make_signed(marketer, manager, now)
        self.press(browser, signed, "_down", signed.rules.all()[0])
        signed.refresh_from_db()
        assert (signed.state, signed.signatures.count()) == ("draft", 0)
        assert [said.text for said in signed.comments.all()] == [
            "I changed this version. The signature of Mara Marketer for marketing is void.",
            "I changed this version. The signature of Mila Manager for sales is void.",
        ]

    def test_what_is_in_force_has_no_such_buttons(
        self, browser: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        published = make_published(marketer, manager, now)
        assert "_copy" not in browser.get(address(published)).content.decode()
        assert browser.post(address(published), {"_copy": str(published.rules.all()[0].pk)}).status_code == 403

    def test_the_enter_key_saves(self, browser: Client, draft: Criteria) -> None:
        page = browser.get(address(draft)).content.decode()
        assert page.index('name="_save"') < page.index('name="_up"')

    def test_a_rule_is_switched_off(self, browser: Client, draft: Criteria) -> None:
        data = filled(browser, draft)
        del data["behaviour-0-is_enabled"]
        assert browser.post(address(draft), data).status_code == 302
        assert [rule.is_enabled for rule in draft.rules.all()][:2] == [False, True]

    def test_what_nobody_touched_is_not_asked_again(self, browser: Client, draft: Criteria) -> None:
        """A field that left the registry stops no other change; proposing says what is wrong with it."""
        Rule.objects.filter(criteria=draft, field="job_title").update(field="shoe_size")
        data = filled(browser, draft) | {"behaviour-0-points": "6"}
        assert browser.post(address(draft), data).status_code == 302
        data = filled(browser, draft) | {"fit-0-points": "6"}
        assert list(errors(browser, draft, data)) == ["field"]


class TestCost:
    """The choices of all rules are read once."""

    def fill(self, draft: Criteria, numbers: range, now: datetime) -> None:
        for number in numbers:
            page, asset = Page.objects.create(key=f"/{number}"), Asset.objects.create(key=f"a{number}", name="A")
            campaign = Campaign.objects.create(key=f"c{number}", name="C")
            channel = Channel.objects.create(key=f"k{number}", name=f"K{number}")
            columns: dict[str, Any] = {"page": page, "asset": asset, "campaign": campaign, "channel": channel}
            one = Rule.objects.create(
                criteria=draft, kind="behaviour", name="B", activity_type=kind("page_view"), **columns
            )
            other = Rule.objects.create(criteria=draft, kind="fit", name="F", field="phone", operator="is_known")
            make_combination(draft, one, other)
            make_bar(draft, 5, now, channel=channel)

    def test_twelve_rules_of_each_kind_cost_as_much_as_three(
        self, browser: Client, draft: Criteria, marketer: User, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # As in an installation: what a process remembers is looked at again once a while, not at each rule.
        monkeypatch.setattr(process_cache, "SECONDS", 600.0)
        more = make_draft(marketer, now)
        self.fill(draft, range(3), now)
        self.fill(more, range(3, 15), now)
        assert self.costs(browser, more) == self.costs(browser, draft) == COST

    def costs(self, browser: Client, draft: Criteria) -> tuple[int, int]:
        """Statements to show the form, and to save it untouched."""
        data = filled(browser, draft)
        shown = self.statements(200, lambda: browser.get(address(draft)))
        return shown, self.statements(302, lambda: browser.post(address(draft), data))

    def statements(self, status: int, ask: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert ask().status_code == status
        return len(captured)


COST = (20, 25)
