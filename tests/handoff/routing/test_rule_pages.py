"""The routing rules on pages: in their order, with what they decide, changed by those who may, and nothing lost."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff.models import Rep, RoutingRule
from handoff.routing import editing
from handoff.routing.editing import ChangedMeanwhile, Gone
from tests.handoff.conftest import MakeHandoff
from tests.threads import at_once


@pytest.fixture
def iberia(rep: User) -> RoutingRule:
    rule = RoutingRule.objects.create(name="Iberia", position=10, countries=["PT", "ES"])
    rule.reps.set([rep.pk])
    return rule


@pytest.fixture
def large(db: None) -> RoutingRule:
    return RoutingRule.objects.create(name="Large", position=20, least_employees=500)


@pytest.fixture
def as_manager(client: Client, manager: User) -> Client:
    client.force_login(manager)
    return client


def posted(rule: RoutingRule, **changes: Any) -> dict[str, Any]:
    """The form as a browser sends it back, with changes."""
    return {
        "seen": editing.fingerprint(rule),
        "name": rule.name,
        "countries": ",".join(rule.countries),
        "industries": ",".join(rule.industries),
        "least_employees": "" if rule.least_employees is None else rule.least_employees,
        "reps": [rep.pk for rep in rule.reps.all()],
        "is_active": "on" if rule.is_active else "",
        **changes,
    }


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


class TestList:
    def test_every_rule_in_words_and_how_many_of_lately_it_decides(
        self, as_manager: Client, iberia: RoutingRule, large: RoutingRule, make_ready: MakeHandoff
    ) -> None:
        make_ready(country="PT")
        make_ready(country="ES")
        make_ready(country="DE")
        answer = as_manager.get(reverse("handoff:rules"))
        assert [(rule.name, decides) for rule, _which, _whom, decides in answer.context["rules"]] == [
            ("Iberia", 2),
            ("Large", 0),
        ]
        assert answer.context["by_none"] == 1
        shown = text(answer)
        assert "country Portugal, Spain" in shown
        assert "500 employees or more" in shown
        assert "whoever has most room" in shown

    def test_one_that_is_switched_off_decides_nothing(
        self, as_manager: Client, iberia: RoutingRule, make_ready: MakeHandoff
    ) -> None:
        RoutingRule.objects.update(is_active=False)
        make_ready(country="PT")
        answer = as_manager.get(reverse("handoff:rules"))
        assert answer.context["rules"][0][3] is None
        assert "switched off" in text(answer)

    def test_without_a_rule_it_says_what_holds(self, as_manager: Client) -> None:
        assert "whoever has most room gets the next lead" in text(as_manager.get(reverse("handoff:rules")))

    def test_marketing_reads_and_changes_nothing(self, client: Client, marketer: User, iberia: RoutingRule) -> None:
        client.force_login(marketer)
        shown = text(client.get(reverse("handoff:rules")))
        assert "Iberia" in shown
        assert reverse("handoff:rule", args=[iberia.pk]) not in shown
        for name in ("rule", "rule_move", "rule_remove"):
            assert client.post(reverse(f"handoff:{name}", args=[iberia.pk])).status_code == 403


class TestChange:
    def test_a_new_one_is_asked_last(self, as_manager: Client, iberia: RoutingRule, other_rep: User) -> None:
        rep = Rep.objects.get(user=other_rep)
        answer = as_manager.post(
            reverse("handoff:rule_new"),
            {
                "name": "Germany",
                "countries": "Germany, at",
                "industries": "Software",
                "reps": [rep.pk],
                "is_active": "on",
            },
        )
        assert answer.status_code == 302
        rule = RoutingRule.objects.get(name="Germany")
        assert (rule.countries, rule.industries, list(rule.reps.all())) == (["DE", "AT"], ["Software"], [rep])
        assert [each.name for each in editing.rules_in_order()] == ["Iberia", "Germany"]

    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, as_manager: Client) -> None:
        answer = as_manager.post(
            reverse("handoff:rule_new"),
            {"name": "", "countries": "Portugal, Nowhereland", "least_employees": "50", "most_employees": "10"},
        )
        assert answer.status_code == 422
        shown = text(answer)
        assert "Country number 2:" in shown
        assert 'value="Portugal, Nowhereland"' in shown
        assert not RoutingRule.objects.exists()

    def test_sizes_are_in_order(self, as_manager: Client) -> None:
        values = {"name": "Odd", "least_employees": "50", "most_employees": "10", "is_active": "on"}
        answer = as_manager.post(reverse("handoff:rule_new"), values)
        assert answer.status_code == 422
        assert "The smaller number of employees comes first." in text(answer)

    def test_it_is_counted_first_and_nothing_is_stored(
        self, as_manager: Client, iberia: RoutingRule, make_ready: MakeHandoff
    ) -> None:
        make_ready(country="PT")
        make_ready(country="DE")
        answer = as_manager.post(
            reverse("handoff:rule", args=[iberia.pk]), posted(iberia, countries="DE, PT", count="1")
        )
        assert answer.context["shifts"] == [
            "Counted are 2 leads, those handed over last.",
            "“Iberia” decides 1 now and 2 then.",
            "No rule decides 1 now and 0 then.",
        ]
        iberia.refresh_from_db()
        assert iberia.countries == ["PT", "ES"]
        assert 'value="DE, PT"' in text(answer)

    def test_two_at_once_lose_nothing(self, as_manager: Client, iberia: RoutingRule) -> None:
        mine = posted(iberia, name="Portugal", countries="PT")
        as_manager.post(reverse("handoff:rule", args=[iberia.pk]), posted(iberia, name="Spain", countries="ES"))
        answer = as_manager.post(reverse("handoff:rule", args=[iberia.pk]), mine)
        assert answer.status_code == 422
        shown = text(answer)
        assert "Somebody changed this rule while you looked." in shown
        assert "It is called “Spain” now and gives this to Ana Rep: country Spain." in shown
        assert 'value="Portugal"' in shown
        iberia.refresh_from_db()
        assert iberia.name == "Spain"
        again = {**mine, "seen": answer.context["form"].data["seen"]}
        assert as_manager.post(reverse("handoff:rule", args=[iberia.pk]), again).status_code == 302
        iberia.refresh_from_db()
        assert iberia.name == "Portugal"

    def test_one_that_was_removed_meanwhile_is_said(self, rep: User, iberia: RoutingRule) -> None:
        values = {name: getattr(iberia, name) for name in editing.COLUMNS}
        key, seen = iberia.pk, editing.fingerprint(iberia)
        iberia.delete()
        with pytest.raises(Gone):
            editing.write(rule_id=key, seen=seen, values=values, channels=[], reps=[])
        with pytest.raises(Gone):
            editing.move(rule_id=key, earlier=True)


class TestOrder:
    def test_one_place_earlier_or_later_and_the_ends_stay(
        self, as_manager: Client, iberia: RoutingRule, large: RoutingRule
    ) -> None:
        def order() -> list[str]:
            return [rule.name for rule in editing.rules_in_order()]

        as_manager.post(reverse("handoff:rule_move", args=[large.pk]), {"to": "earlier"})
        assert order() == ["Large", "Iberia"]
        as_manager.post(reverse("handoff:rule_move", args=[large.pk]), {"to": "earlier"})
        assert order() == ["Large", "Iberia"]
        as_manager.post(reverse("handoff:rule_move", args=[large.pk]), {"to": "later"})
        assert order() == ["Iberia", "Large"]

    def test_rules_of_one_place_are_told_apart(self, iberia: RoutingRule, large: RoutingRule) -> None:
        RoutingRule.objects.update(position=0)
        editing.move(rule_id=large.pk, earlier=True)
        assert [rule.name for rule in editing.rules_in_order()] == ["Large", "Iberia"]

    @pytest.mark.slow
    @pytest.mark.usefixtures("transactional")
    def test_two_at_once_come_one_after_the_other(self, db: None) -> None:
        rules = [RoutingRule.objects.create(name=f"Rule {number}", position=number) for number in range(4)]
        at_once(
            *[lambda: editing.move(rule_id=rules[3].pk, earlier=True)] * 3,
        )
        assert [rule.name for rule in editing.rules_in_order()] == ["Rule 3", "Rule 0", "Rule 1", "Rule 2"]


class TestRemove:
    def test_what_it_means_is_said_first(
        self, as_manager: Client, iberia: RoutingRule, make_ready: MakeHandoff
    ) -> None:
        make_ready(country="PT")
        page = reverse("handoff:rule_remove", args=[iberia.pk])
        answer = as_manager.get(page)
        assert answer.context["consequences"] == [
            "Counted is 1 lead, the one handed over last.",
            "“Iberia” decides 1 now and 0 then.",
            "No rule decides 0 now and 1 then.",
            "What was passed already stays with whoever has it.",
        ]
        assert RoutingRule.objects.count() == 1
        as_manager.post(page, {"seen": answer.context["seen"]})
        assert not RoutingRule.objects.exists()

    def test_not_what_says_something_else_by_now(self, as_manager: Client, iberia: RoutingRule) -> None:
        seen = editing.fingerprint(iberia)
        RoutingRule.objects.update(countries=["DE"])
        with pytest.raises(ChangedMeanwhile):
            editing.remove(rule_id=iberia.pk, seen=seen)
        page = reverse("handoff:rule_remove", args=[iberia.pk])
        assert as_manager.post(page, {"seen": seen}).url == page  # type: ignore[attr-defined]
        assert as_manager.post(page).status_code == 302
        assert RoutingRule.objects.count() == 1
