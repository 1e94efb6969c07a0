"""A draft written on its own page, as a browser without JavaScript posts it, and as htmx does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.models import Asset, Channel, Lead, Page
from scoring.criteria.publication import propose
from scoring.models import Criteria, Rule, SourceBar
from tests.scoring.building import make_bar
from tests.scoring.criteria.test_criteria_admin import posted
from tests.scoring.shipped import make_combination, make_draft, make_proposed, make_published

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def at(name: str, draft: Criteria, *more: object) -> str:
    return reverse(f"scoring:{name}", args=[draft.number, *more])


def page_of(draft: Criteria) -> str:
    return at("version", draft)


def filled(browser: Client, address: str, **changes: Any) -> dict[str, Any]:
    """The open form as it stands, with these fields changed."""
    editor = browser.get(address).context["editor"]
    forms = [editor.settings_form, editor.new_bar_form, *(section.new_form for section in editor.sections)]
    forms += [each.form for section in editor.sections for each in section.sentences]
    forms += [each.form for each in editor.bars]
    [form] = [form for form in forms if form is not None]
    return {**posted(form), "kind": getattr(form.instance, "kind", "")} | changes


def rule_of(draft: Criteria, name: str) -> Rule:
    return draft.rules.get(name__startswith=name)


def arrange(browser: Client, draft: Criteria, rule: Rule, do: str, **more: object) -> str:
    """The page after it."""
    return browser.post(at("arrange", draft, rule.pk), {"do": do, **more}, follow=True).content.decode()


def names(draft: Criteria, kind: str = "behaviour") -> list[str]:
    return [rule.name.split()[0] for rule in draft.rules.filter(kind=kind)]


class TestPage:
    def test_a_draft_is_shown_as_sentences_that_open(self, browser: Client, draft: Criteria) -> None:
        page = browser.get(page_of(draft)).content.decode()
        assert "When they visited a page (pricing): 10 points, once." in page
        assert at("rule", draft, rule_of(draft, "Visited").pk) in page

    def test_others_and_other_versions_are_only_read(
        self, client: Client, draft: Criteria, rep: User, marketer: User, now: datetime
    ) -> None:
        client.force_login(rep)
        assert 'id="editor"' not in client.get(page_of(draft)).content.decode()
        client.force_login(marketer)
        proposed = make_proposed(marketer, now)
        assert 'id="editor"' not in client.get(page_of(proposed)).content.decode()
        rule = proposed.rules.all()[0]
        assert client.get(at("rule", proposed, rule.pk)).status_code == 302

    def test_what_looks_odd_stands_beside_its_rule(self, browser: Client, draft: Criteria) -> None:
        rule_of(draft, "Opened").delete()
        Rule.objects.filter(pk=rule_of(draft, "Downloaded").pk).update(points=25)
        editor = browser.get(page_of(draft)).context["editor"]
        odd = {each.part.name: each.odd for section in editor.sections for each in section.sentences if each.odd}
        assert "more than “Visited the pricing page” with 10" in " ".join(odd["Downloaded content"])


class TestRules:
    def test_one_is_changed_and_the_rest_stays(self, browser: Client, draft: Criteria) -> None:
        rule = rule_of(draft, "Visited")
        address = at("rule", draft, rule.pk)
        answer = browser.post(address, filled(browser, address, points="20", within_days="30"))
        assert answer.headers["Location"] == f"{page_of(draft)}#rule-{rule.pk}"
        changed = rule_of(draft, "Visited")
        assert (changed.points, changed.within_days, changed.page_category) == (20, 30, "pricing")
        assert (changed.position, changed.is_enabled) == (rule.position, True)

    def test_each_kind_is_added_last(self, browser: Client, draft: Criteria) -> None:
        first, second = draft.rules.all()[:2]
        page = Page.objects.create(key="/prices", title="Prices")
        for kind, fields in (
            ("behaviour", {"name": "Prices", "points": "5", "page": "/PRICES"}),
            ("fit", {"name": "Rail", "points": "5", "field": "company_industry", "operator": "is", "values": "a, b"}),
            ("combination", {"name": "Both", "points": "5", "requires": [first.pk, second.pk]}),
        ):
            address = at("new_rule", draft, kind)
            assert browser.post(address, filled(browser, address, **fields)).status_code == 302
        assert names(draft)[-1] == "Prices"
        assert rule_of(draft, "Prices").page == page
        assert rule_of(draft, "Rail").values == ["a", "b"]
        assert set(rule_of(draft, "Both").requires.all()) == {first, second}

    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, browser: Client, draft: Criteria) -> None:
        address = at("rule", draft, rule_of(draft, "Has").pk)
        data = filled(browser, address, operator="between", values="vp", name="Chiefs", points="many")
        answer = browser.post(address, data)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'value="Chiefs"' in page
        assert 'value="many"' in page
        assert "Enter a whole number" in page
        assert rule_of(draft, "Has").points == 15

    @pytest.mark.parametrize("typed", ["Guide", "nothing like it"])
    def test_what_a_field_names_has_to_be_one_thing(self, browser: Client, draft: Criteria, typed: str) -> None:
        for key in ("guide-1", "guide-2"):
            Asset.objects.create(key=key, name="Guide")
        address = at("new_rule", draft, "behaviour")
        data = filled(browser, address, name="Guide", points="5", asset=typed)
        assert browser.post(address, data).status_code == 422
        assert browser.post(address, data | {"asset": "Guide-2"}).status_code == 302
        rule = rule_of(draft, "Guide")
        assert rule.asset is not None
        assert rule.asset.key == "guide-2"
        assert filled(browser, at("rule", draft, rule.pk))["asset"] == "guide-2"

    def test_htmx_gets_the_sentences(self, browser: Client, draft: Criteria) -> None:
        address = at("rule", draft, rule_of(draft, "Visited").pk)
        data = filled(browser, address, points="20")
        form = browser.get(address, headers=HTMX).content.decode()
        assert form.strip().startswith("<li")
        answer = browser.post(address, data, headers=HTMX)
        assert (answer.status_code, answer.headers["HX-Retarget"]) == (200, "#editor")
        assert "20 points, once." in answer.content.decode()


class TestSettings:
    def test_sentence_threshold_and_what_is_needed(self, browser: Client, draft: Criteria) -> None:
        address = at("settings", draft)
        data = filled(browser, address, threshold="1,200", required_fields=["phone", "email"], minimum_behaviours="2")
        assert browser.post(address, data).status_code == 302
        draft.refresh_from_db()
        assert (draft.threshold, draft.required_fields, draft.minimum_behaviours) == (1200, ["email", "phone"], 2)

    def test_a_higher_threshold_comes_changes_and_goes(self, browser: Client, draft: Criteria) -> None:
        Channel.objects.get_or_create(key="ads", defaults={"name": "Ads"})
        channel = Channel.objects.get(key="ads")
        address = at("new_bar", draft)
        data = filled(browser, address, channel=channel.pk, extra_points="5", expires_at="2027-01-01T00:00")
        assert browser.post(address, data).status_code == 302
        bar = SourceBar.objects.get(criteria=draft)
        address = at("bar", draft, bar.pk)
        browser.post(address, filled(browser, address, extra_points="9", expires_at="2027-01-01T00:00"))
        assert SourceBar.objects.get(criteria=draft).extra_points == 9
        browser.post(at("remove_bar", draft, bar.pk))
        assert not SourceBar.objects.filter(criteria=draft).exists()


class TestTwoPeople:
    """Nobody's change is lost."""

    def test_whoever_comes_second_sees_both_texts_and_decides(self, browser: Client, draft: Criteria) -> None:
        rule = rule_of(draft, "Visited")
        address = at("rule", draft, rule.pk)
        data = filled(browser, address, points="20")
        Rule.objects.filter(pk=rule.pk).update(points=12)
        answer = browser.post(address, data)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "12 points, once." in page
        assert "20 points, once." in page
        assert rule_of(draft, "Visited").points == 12
        [form] = [each.form for section in answer.context["editor"].sections for each in section.sentences if each.form]
        assert browser.post(address, data | {"seen": form["seen"].value()}).status_code == 302
        assert rule_of(draft, "Visited").points == 20

    def test_other_rules_the_order_and_the_settings_are_no_hindrance(self, browser: Client, draft: Criteria) -> None:
        rule = rule_of(draft, "Visited")
        address, settings = at("rule", draft, rule.pk), at("settings", draft)
        data, whole = filled(browser, address, points="20"), filled(browser, settings, threshold="44")
        Rule.objects.filter(pk=rule_of(draft, "Joined").pk).update(points=12)
        Rule.objects.filter(pk=rule.pk).update(position=999, is_enabled=False)
        assert browser.post(address, data).status_code == 302
        assert browser.post(settings, whole).status_code == 302
        changed = rule_of(draft, "Visited")
        assert (changed.points, changed.position, changed.is_enabled) == (20, 999, False)

    def test_the_settings_too(self, browser: Client, draft: Criteria) -> None:
        data = filled(browser, at("settings", draft), threshold="44")
        Criteria.objects.filter(pk=draft.pk).update(sentence="Another sentence.")
        answer = browser.post(at("settings", draft), data)
        assert answer.status_code == 409
        assert "Another sentence. Threshold: 30." in answer.content.decode()

    def test_a_rule_somebody_deleted_can_be_added_again(self, browser: Client, draft: Criteria) -> None:
        rule = rule_of(draft, "Visited")
        address = at("rule", draft, rule.pk)
        data = filled(browser, address, points="20")
        rule.delete()
        answer = browser.post(address, data)
        assert answer.status_code == 409
        assert "Save it to add it again" in answer.content.decode()
        new = at("new_rule", draft, "behaviour")
        assert f'action="{new}"' in answer.content.decode()
        assert browser.post(new, data | {"seen": ""}).status_code == 302
        assert rule_of(draft, "Visited").points == 20

    def test_what_was_proposed_meanwhile_stays_and_the_text_is_shown(
        self, browser: Client, draft: Criteria, marketer: User, now: datetime
    ) -> None:
        rule = rule_of(draft, "Visited")
        address = at("rule", draft, rule.pk)
        data = filled(browser, address, name="Typed in vain")
        propose(criteria_id=draft.pk, actor=marketer, now=now)
        answer = browser.post(address, data)
        assert answer.status_code == 409
        assert "Typed in vain" in answer.content.decode()
        draft.refresh_from_db()
        assert draft.state == "proposed"
        for do in ("up", "copy", "switch", "remove"):
            assert "is proposed by now" in arrange(browser, draft, rule, do)
        browser.post(at("undo", draft))
        assert draft.rules.count() == 6


class TestArranging:
    def test_up_down_and_dragged(self, browser: Client, draft: Criteria) -> None:
        visited = rule_of(draft, "Visited")
        arrange(browser, draft, visited, "up")
        assert names(draft) == ["Downloaded", "Visited", "Opened", "Joined"]
        arrange(browser, draft, visited, "down")
        arrange(browser, draft, visited, "place", before=rule_of(draft, "Downloaded").pk)
        assert names(draft) == ["Visited", "Downloaded", "Opened", "Joined"]
        arrange(browser, draft, visited, "place", before="")
        assert names(draft) == ["Downloaded", "Opened", "Joined", "Visited"]
        assert names(draft, "fit") == ["Has", "Company"]

    def test_copied_put_out_of_use_and_deleted(self, browser: Client, draft: Criteria) -> None:
        visited = rule_of(draft, "Visited")
        arrange(browser, draft, visited, "copy")
        arrange(browser, draft, visited, "switch")
        visited.refresh_from_db()
        assert (visited.is_enabled, names(draft).count("Visited")) == (False, 2)
        assert "You did last: Deleted “Visited the pricing page”." in arrange(browser, draft, visited, "remove")
        assert names(draft).count("Visited") == 1

    def test_a_rule_a_combination_needs_stays(self, browser: Client, draft: Criteria) -> None:
        make_combination(draft, *draft.rules.all()[:2])
        assert "is part of “Both at once”" in arrange(browser, draft, draft.rules.all()[0], "remove")
        assert draft.rules.count() == 7

    def test_what_is_no_such_thing(self, browser: Client, draft: Criteria, marketer: User, now: datetime) -> None:
        other = make_draft(marketer, now).rules.all()[0]
        assert "Somebody deleted this rule" in arrange(browser, draft, other, "remove")
        assert browser.post(at("arrange", draft, other.pk), {"do": "dance"}).status_code == 404
        assert browser.get(at("new_rule", draft, "magic")).status_code == 404


class TestUndo:
    def everything(self, draft: Criteria) -> list[Any]:
        return list(draft.rules.order_by("pk").values())

    def test_each_change_is_taken_back_the_last_first(self, browser: Client, draft: Criteria) -> None:
        combination = make_combination(draft, *draft.rules.all()[:2])
        make_bar(draft, 5, draft.created_at + timedelta(days=400), channel=Channel.objects.order_by("pk")[0])
        states = [self.everything(draft)]
        bar = SourceBar.objects.get()
        visited = rule_of(draft, "Visited")
        address, settings = at("rule", draft, visited.pk), at("settings", draft)
        for act in (
            lambda: arrange(browser, draft, combination, "remove"),
            lambda: arrange(browser, draft, visited, "up"),
            lambda: arrange(browser, draft, visited, "copy"),
            lambda: arrange(browser, draft, visited, "switch"),
            lambda: browser.post(address, filled(browser, address, points="99")),
            lambda: browser.post(settings, filled(browser, settings, threshold="77")),
            lambda: browser.post(at("remove_bar", draft, bar.pk)),
        ):
            act()
            states.append(self.everything(draft))
        for state in reversed(states[:-1]):
            browser.post(at("undo", draft))
            assert self.everything(draft) == state
        draft.refresh_from_db()
        assert draft.threshold == 30
        assert combination.requires.count() == 2
        assert SourceBar.objects.get().expires_at == bar.expires_at
        assert browser.get(page_of(draft)).context["last_change"] is None

    def test_not_where_somebody_went_on(self, browser: Client, draft: Criteria) -> None:
        visited = rule_of(draft, "Visited")
        arrange(browser, draft, visited, "switch")
        Rule.objects.filter(pk=visited.pk).update(points=3)
        page = browser.post(at("undo", draft), follow=True).content.decode()
        assert "Somebody changed this again since" in page
        assert not rule_of(draft, "Visited").is_enabled

    def test_it_is_ones_own(self, browser: Client, draft: Criteria, administrator: User) -> None:
        arrange(browser, draft, rule_of(draft, "Visited"), "remove")
        other = Client()
        other.force_login(administrator)
        other.post(at("undo", draft))
        assert names(draft).count("Visited") == 0


class TestMatching:
    def test_whom_a_rule_matches_while_it_is_written(
        self, browser: Client, draft: Criteria, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        for number, title in enumerate(("CEO", "CEO", "Clerk")):
            lead = make_lead(email=f"{number}@example.com", job_title=title)
            Lead.objects.filter(pk=lead.pk, email__startswith="0").update(customer_at=now)
        typed = {"name": "", "points": "5", "gate": "none", "field": "job_title", "operator": "is", "values": "ceo"}
        answer = browser.post(at("matching", draft, "fit"), typed | {"name": "Chiefs"}).content.decode()
        assert "2 leads match now. 1 of them is a customer." in answer
        assert "When the job title is “ceo”: 5 points." in answer
        wrong = browser.post(at("matching", draft, "fit"), typed | {"name": "Chiefs", "operator": "between"})
        assert "Choose one of" in wrong.content.decode()
        begun = browser.post(at("matching", draft, "fit"), {"name": "", "points": "5", "gate": "none"})
        assert "is counted as soon as the rule is complete" in begun.content.decode()
        combination = {"name": "Both", "points": "5", "gate": "none", "requires": [rule_of(draft, "Has").pk]}
        combination["requires"] = [rule_of(draft, "Has").pk, rule_of(draft, "Company").pk]
        both = browser.post(at("matching", draft, "combination"), combination).content.decode()
        assert "0 leads match now" in both
        assert draft.rules.count() == 6

    def test_the_margin_says_what_the_draft_would_mean(
        self, browser: Client, draft: Criteria, make_lead: Callable[..., Lead]
    ) -> None:
        make_lead(email="a@example.com", job_title="CEO")
        Criteria.objects.filter(pk=draft.pk).update(threshold=15)
        page = browser.get(at("margin", draft)).content.decode()
        assert f'data-matching="{rule_of(draft, "Has").pk}">1 lead, 0 customers' in page
        assert "Newly qualify" in page
        draft.rules.all().delete()
        assert "cannot be tried out yet" in browser.get(at("margin", draft)).content.decode()

    def test_pages_are_suggested_while_one_is_typed(self, browser: Client, draft: Criteria) -> None:
        Page.objects.create(key="/pricing/teams")
        Page.objects.create(key="/blog")
        found = browser.get(at("suggested", draft, "page"), {"page": "TEAMS"}).content.decode()
        assert "/pricing/teams" in found
        assert "/blog" not in found
        assert browser.get(at("suggested", draft, "magic")).status_code == 404


class TestPublished:
    def test_nothing_of_it_can_be_written(self, browser: Client, marketer: User, manager: User, now: datetime) -> None:
        published = make_published(marketer, manager, now)
        rule = published.rules.all()[0]
        for address in (at("rule", published, rule.pk), at("settings", published), at("new_rule", published, "fit")):
            assert browser.post(address, {"name": "x"}).status_code == 409
        assert "is published by now" in arrange(browser, published, rule, "remove")
        assert published.rules.count() == 6
