"""Criteria in the admin, as a marketer uses it: posts what the page's own form would post."""

from datetime import datetime
from typing import Any
from unittest.mock import patch

import pytest
from django.forms import BaseForm, MultiWidget
from django.template.response import TemplateResponse
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from leads.models import ActivityType, Asset, Page
from scoring.criteria.publication import draft_from
from scoring.models import Criteria, Rule
from tests.scoring.shipped import in_force, make_combination, make_draft, make_published, make_signed

pytestmark = pytest.mark.django_db
CHANGELIST = reverse("admin:scoring_criteria_changelist")


def address(criteria: Criteria) -> str:
    return reverse("admin:scoring_criteria_change", args=[criteria.pk])


def posted(form: BaseForm) -> dict[str, Any]:
    """What a browser sends for a form nobody touched."""
    data: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if value is None or value is False:
            continue
        if isinstance(bound.field.widget, MultiWidget):
            parts = zip(bound.field.widget.widgets, bound.field.widget.decompress(value) or (), strict=True)
            data |= {f"{bound.html_name}_{n}": widget.format_value(part) for n, (widget, part) in enumerate(parts)}
            continue
        data[bound.html_name] = "on" if value is True else value
    return data


def forms_of(browser: Client, criteria: Criteria, data: dict[str, Any] | None = None) -> dict[str, Any]:
    """The forms of the page, also of one that refuses `data`; its widgets are not written out: they take a second."""
    with patch.object(TemplateResponse, "rendered_content", ""):
        answer = browser.get(address(criteria)) if data is None else browser.post(address(criteria), data)
    assert isinstance(answer, TemplateResponse), answer.status_code
    return dict(answer.context_data or {})


def filled(browser: Client, criteria: Criteria) -> dict[str, Any]:
    """The page's form as it stands."""
    context = forms_of(browser, criteria)
    data = posted(context["adminform"].form)
    for inline in context["inline_admin_formsets"]:
        data |= posted(inline.formset.management_form)
        for form in inline.formset.forms:
            data |= posted(form)
    return data


def add(data: dict[str, Any], kind: str, **fields: Any) -> str:
    """One more rule; answers its prefix."""
    index = int(data[f"{kind}-TOTAL_FORMS"])
    data[f"{kind}-TOTAL_FORMS"] = index + 1
    common = {"name": "New rule", "points": 5, "gate": "none", "is_enabled": "on", "position": 0}
    behaviour = {"measure": "activities", "at_least": 1, "max_times": 1}
    for name, value in {**common, **(behaviour if kind == "behaviour" else {}), **fields}.items():
        data[f"{kind}-{index}-{name}"] = value
    return f"{kind}-{index}"


def errors(browser: Client, criteria: Criteria, data: dict[str, Any]) -> dict[str, list[str]]:
    """Everything the page complains about, by field; "" for the whole form or list."""
    context = forms_of(browser, criteria, data)
    found: dict[str, list[str]] = {}
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        found.setdefault("", []).extend(inline.formset.non_form_errors())
        forms += inline.formset.forms
    for form in forms:
        for name, messages in form.errors.items():
            found.setdefault("" if name == "__all__" else name, []).extend(messages)
    return {name: messages for name, messages in found.items() if messages}


class TestEditing:
    def test_a_draft_is_changed_field_by_field(self, browser: Client, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        data = filled(browser, draft)
        data |= {"threshold": 40, "required_fields": ["phone", "email"], "fit_cap": 20, "behaviour-0-points": 7}
        assert browser.post(address(draft), data).status_code == 302
        draft.refresh_from_db()
        assert (draft.threshold, draft.required_fields, draft.fit_cap) == (40, ["email", "phone"], 20)
        assert draft.rules.all()[0].points == 7

    def test_each_kind_of_rule_can_be_added(self, browser: Client, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        first, second = draft.rules.all()[:2]
        data = filled(browser, draft)
        add(data, "behaviour", name="Read a case study", page_category="case_study", within_days=30)
        add(data, "fit", name="In transport", field="company_industry", operator="is", values="Logistics, Road\nRail")
        add(data, "combination", name="Both", requires=[first.pk, second.pk])
        assert browser.post(address(draft), data).status_code == 302
        behaviour = draft.rules.get(name="Read a case study")
        assert (behaviour.kind, behaviour.page_category, behaviour.within_days) == ("behaviour", "case_study", 30)
        fit = draft.rules.get(name="In transport")
        assert (fit.kind, fit.field, fit.values) == ("fit", "company_industry", ["Logistics", "Road", "Rail"])
        combination = draft.rules.get(name="Both")
        assert set(combination.requires.all()) == {first, second}

    def test_new_rules_come_last(self, browser: Client, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        data = filled(browser, draft)
        add(data, "behaviour", name="One")
        add(data, "behaviour", name="Two")
        browser.post(address(draft), data)
        assert [rule.name for rule in draft.rules.all()][-2:] == ["One", "Two"]

    def test_a_rule_is_deleted(self, browser: Client, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        data = filled(browser, draft) | {"fit-0-DELETE": "on"}
        assert browser.post(address(draft), data).status_code == 302
        assert not draft.rules.filter(field="job_title").exists()

    def test_saving_untouched_changes_nothing(
        self, browser: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        criteria = make_signed(marketer, manager, now)
        assert browser.post(address(criteria), filled(browser, criteria)).status_code == 302
        criteria.refresh_from_db()
        assert (criteria.state, criteria.signatures.count()) == ("proposed", 2)

    def test_changing_a_proposal_voids_its_signatures_and_says_so(
        self, browser: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        criteria = make_signed(marketer, manager, now)
        assert "2 signatures" in browser.get(address(criteria)).content.decode()
        data = filled(browser, criteria) | {"behaviour-0-points": 6}
        answer = browser.post(address(criteria), data, follow=True)
        criteria.refresh_from_db()
        assert (criteria.state, criteria.signatures.count()) == ("draft", 0)
        assert "is a draft again and its signatures are void" in answer.content.decode()

    def test_nobody_overwrites_what_somebody_else_just_changed(
        self, browser: Client, marketer: User, now: datetime
    ) -> None:
        draft = make_draft(marketer, now)
        data = filled(browser, draft) | {"threshold": 45}
        Rule.objects.filter(pk=draft.rules.all()[0].pk).update(points=9)
        assert "Somebody else changed this version" in errors(browser, draft, data)[""][0]
        draft.refresh_from_db()
        assert (draft.threshold, draft.rules.all()[0].points) == (30, 9)


class TestRefusedRules:
    """A rule that cannot be evaluated is not saved; the error stands at the field."""

    @pytest.mark.parametrize(
        ("kind", "fields", "at"),
        [
            ("fit", {"field": "shoe_size", "operator": "is", "values": "43"}, ("field", "valid choice")),
            ("fit", {"field": "", "operator": "is", "values": "43"}, ("field", "required")),
            ("fit", {"field": "job_title", "operator": ""}, ("operator", "required")),
            ("fit", {"field": "job_title", "operator": "between", "values": "1, 2"}, ("operator", "Choose one of")),
            ("fit", {"field": "job_title", "operator": "is", "values": ""}, ("values", "between 1 and 1000")),
            ("fit", {"field": "job_title", "operator": "contains", "values": "!!!"}, ("values", "letter or digit")),
            ("fit", {"field": "job_title", "operator": "is_known", "values": "x"}, ("values", "takes no values")),
            ("fit", {"field": "budget", "operator": "at_least", "values": "many"}, ("values", "whole number")),
            ("fit", {"field": "budget", "operator": "at_least", "values": "1,000"}, ("values", "takes 1 value.")),
            ("fit", {"field": "budget", "operator": "between", "values": "9, 5"}, ("values", "smaller or earlier")),
            ("fit", {"field": "is_decision_maker", "operator": "is", "values": "maybe"}, ("values", "yes or no")),
            (
                "fit",
                {"field": "city", "operator": "is", "values": "\n".join(map(str, range(1001)))},
                ("values", "1001"),
            ),
            ("behaviour", {"measure": "days", "half_life_days": 30}, ("half_life_days", "Only times and seconds")),
            ("behaviour", {"max_times": 0}, ("max_times", "greater than or equal")),
            ("behaviour", {"at_least": 0}, ("at_least", "greater than or equal")),
            ("behaviour", {"points": 10_001}, ("points", "less than or equal")),
            ("behaviour", {"within_days": 0}, ("within_days", "greater than or equal")),
            ("behaviour", {"name": " "}, ("name", "required")),
            ("behaviour", {"measure": "magic"}, ("measure", "valid choice")),
            ("combination", {"requires": []}, ("requires", "at least two")),
            ("combination", {"requires": ["999999"]}, ("requires", "valid choice")),
        ],
        ids=lambda value: value[0] if isinstance(value, tuple) else "",
    )
    def test_with_a_sentence_at_the_field(
        self, browser: Client, draft: Criteria, kind: str, fields: dict[str, Any], at: tuple[str, str]
    ) -> None:
        data = filled(browser, draft)
        add(data, kind, **fields)
        found = errors(browser, draft, data)
        assert list(found) == [at[0]], found
        assert at[1] in found[at[0]][0]
        assert draft.rules.count() == 6

    def test_what_is_wrong_is_not_folded_away(self, browser: Client, draft: Criteria) -> None:
        data = filled(browser, draft)
        folded = browser.get(address(draft)).content.decode().count("<summary>")
        add(data, "behaviour", within_days=-5)
        assert browser.post(address(draft), data).content.decode().count("<summary>") == folded

    def test_one_asset_or_its_kind(self, browser: Client, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        asset, page = Asset.objects.create(key="guide", name="Guide"), Page.objects.create(key="/pricing")
        data = filled(browser, draft)
        add(data, "behaviour", asset=asset.pk, asset_kind="ebook")
        add(data, "behaviour", page=page.pk, page_category="pricing")
        add(data, "behaviour", asset=asset.pk, measure="assets", at_least=2)
        assert set(errors(browser, draft, data)) == {"asset_kind", "page_category", "measure"}

    def test_a_combination_stays_within_its_version(self, browser: Client, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        data = filled(browser, draft)
        add(data, "combination", requires=[rule.pk for rule in in_force().rules.all()[:2]])
        assert set(errors(browser, draft, data)) == {"requires"}

    def test_a_rule_a_combination_needs_is_not_deleted(self, browser: Client, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        make_combination(draft, *draft.rules.all()[:2])
        data = filled(browser, draft) | {"behaviour-0-DELETE": "on"}
        [sentence] = errors(browser, draft, data)[""]
        assert "is part of “Both at once”" in sentence
        assert draft.rules.count() == 7

    def test_two_hundred_rules_and_no_more(self, browser: Client, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        download = ActivityType.objects.get(key="download")
        Rule.objects.bulk_create(
            Rule(criteria=draft, kind="behaviour", name=f"Rule {place}", activity_type=download) for place in range(194)
        )
        data = filled(browser, draft)
        assert browser.post(address(draft), data).status_code == 302
        add(data, "fit", field="city", operator="is_known")
        assert "at most 200 rules; these are 201" in errors(browser, draft, data)[""][0]

    def test_a_bar_needs_one_source(self, browser: Client, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        data = filled(browser, draft)
        data |= {"source_bars-TOTAL_FORMS": 1, "source_bars-0-extra_points": 5}
        data |= {"source_bars-0-expires_at_0": "2027-01-01", "source_bars-0-expires_at_1": "00:00"}
        assert errors(browser, draft, data)[""] == ["Choose a channel or a campaign, one of the two."]


class TestValues:
    def values(self, browser: Client, marketer: User, now: datetime, **fields: Any) -> Any:
        draft = make_draft(marketer, now)
        data = filled(browser, draft)
        add(data, "fit", **fields)
        assert browser.post(address(draft), data).status_code == 302, fields
        return draft.rules.get(name="New rule").values

    def test_they_are_written_one_per_line_or_with_commas(self, browser: Client, marketer: User, now: datetime) -> None:
        written = ' vp ,\n\n"Founder, CEO"\r\nowner,vp'
        found = self.values(browser, marketer, now, field="job_title", operator="is", values=written)
        assert found == ["vp", "Founder, CEO", "owner"]

    def test_numbers_are_numbers_and_answers_are_answers(self, browser: Client, marketer: User, now: datetime) -> None:
        assert self.values(browser, marketer, now, field="budget", operator="between", values="5\n900") == [5, 900]
        found = self.values(browser, marketer, now, field="is_decision_maker", operator="is", values="Yes")
        assert found == [True]

    def test_what_is_read_back_is_what_was_written(self, browser: Client, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        Rule.objects.filter(criteria=draft, field="job_title").update(values=['5" tools', "Founder, CEO", "vp"])
        assert browser.post(address(draft), filled(browser, draft)).status_code == 302
        assert draft.rules.get(field="job_title").values == ['5" tools', "Founder, CEO", "vp"]


class TestPublished:
    def test_it_can_only_be_read(self, browser: Client, marketer: User, manager: User, now: datetime) -> None:
        criteria = make_published(marketer, manager, now)
        for version in Criteria.objects.all():
            page = browser.get(address(version)).content.decode()
            assert 'name="_save"' not in page
            assert "5 points for every different asset, at most 3 times" in page
            assert browser.post(address(version), {"threshold": 1}).status_code == 403
            delete = reverse("admin:scoring_criteria_delete", args=[version.pk])
            assert browser.post(delete, {"post": "yes"}).status_code == 403
        criteria.refresh_from_db()
        assert criteria.threshold == 30

    def test_only_drafts_are_deleted(self, browser: Client, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        delete = reverse("admin:scoring_criteria_delete", args=[draft.pk])
        assert browser.post(delete, {"post": "yes"}).status_code == 302
        assert not Criteria.objects.filter(pk=draft.pk).exists()

    def test_a_proposal_is_not_deleted(self, browser: Client, marketer: User, manager: User, now: datetime) -> None:
        criteria = make_signed(marketer, manager, now)
        delete = reverse("admin:scoring_criteria_delete", args=[criteria.pk])
        assert browser.post(delete, {"post": "yes"}).status_code == 403

    def test_a_draft_others_were_made_from_stays(self, browser: Client, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        draft_from(draft, actor=marketer, now=now)
        delete = reverse("admin:scoring_criteria_delete", args=[draft.pk])
        assert browser.post(delete, {"post": "yes"}).status_code == 200
        assert Criteria.objects.filter(pk=draft.pk).exists()


class TestRoles:
    @pytest.mark.parametrize(
        ("persona", "answers"),
        [("marketer", (200, 302)), ("administrator", (200, 302)), ("manager", (200, 403)), ("rep", (302, 302))],
    )
    def test_who_reads_and_who_writes(
        self, client: Client, draft: Criteria, request: pytest.FixtureRequest, persona: str, answers: tuple[int, int]
    ) -> None:
        client.force_login(request.getfixturevalue("marketer"))
        data = filled(client, draft) | {"threshold": 44}
        client.force_login(request.getfixturevalue(persona))
        read, write = answers
        assert client.get(address(draft)).status_code == read
        assert client.get(CHANGELIST).status_code == read
        assert client.post(address(draft), data).status_code == write
        draft.refresh_from_db()
        assert draft.threshold == (44 if persona in ("marketer", "administrator") else 30)

    def test_nobody_starts_from_nothing(self, browser: Client) -> None:
        assert browser.get(reverse("admin:scoring_criteria_add")).status_code == 403


class TestHelp:
    def test_every_field_says_what_it_is_for(self, browser: Client, marketer: User, now: datetime) -> None:
        context = browser.get(address(make_draft(marketer, now))).context
        forms = [context["adminform"].form] + [each.formset.empty_form for each in context["inline_admin_formsets"]]
        internal = {"seen", "id", "criteria", "DELETE"}
        without = [
            bound.html_name for form in forms for bound in form if bound.name not in internal and not bound.help_text
        ]
        assert without == []

    def test_each_kind_shows_its_own_fields(self, browser: Client, marketer: User, now: datetime) -> None:
        context = browser.get(address(make_draft(marketer, now))).context
        shown = {each.formset.prefix: set(each.formset.empty_form.fields) for each in context["inline_admin_formsets"]}
        assert {"field", "operator", "values"} <= shown["fit"]
        assert not {"field", "operator", "values", "requires"} & shown["behaviour"]
        assert not {"activity_type", "measure", "requires"} & shown["fit"]
        assert not {"activity_type", "measure", "field", "values"} & shown["combination"]


class TestChangelist:
    def test_it_costs_the_same_however_many_versions(
        self,
        browser: Client,
        marketer: User,
        manager: User,
        now: datetime,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        make_published(marketer, manager, now)
        browser.get(CHANGELIST)
        with django_assert_num_queries(BUDGET):
            assert b"Mara Marketer (marketing), Mila Manager (sales)" in browser.get(CHANGELIST).content
        for _ in range(5):
            make_published(marketer, manager, now)
        with django_assert_num_queries(BUDGET):
            browser.get(CHANGELIST)


BUDGET = 8
