"""Criteria that cannot be, through the form of the admin and around it: a clear error, nothing stored by half, no 500.

The threats are those of rules: names that are no fields, regular expressions, trees without end, loops, edits while
everybody is scored, templates in texts, and points without bound. What matches everybody is held by the ration.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.models import Lead
from scoring.criteria.comments import comment
from scoring.criteria.content import content_digest
from scoring.criteria.publication import Unsound, propose
from scoring.criteria.refusals import problems_of
from scoring.engine import rescore, sql
from scoring.engine.definition import load
from scoring.engine.rescore import score_chunk
from scoring.models import Criteria, Rule, Score, SourceBar
from scoring.models.criteria import MOST_RULES
from scoring.registry import fit_fields
from scoring.registry.operators import OPERATORS
from tests.scoring.building import computed, did, make_criteria, scored
from tests.scoring.criteria.test_criteria_admin import CHANGELIST, add, address, errors, filled
from tests.scoring.shipped import in_force, make_combination, make_draft, make_published

pytestmark = pytest.mark.django_db

NO_FIELDS = [
    "owner__password__startswith", "_negated", "_connector", 'lead"; DROP TABLE leads_lead; --', "__class__", "pk",
    "email_key", "job_title__regex", "JOB_TITLE", "score", "total", "stage",
]  # fmt: skip
EXPLOSIVE = "(a+)+$"


def refused(browser: Client, draft: Criteria, data: dict[str, Any]) -> dict[str, list[str]]:
    """What the form says, after making sure that nothing of it was stored."""
    before = content_digest(Criteria.objects.get(pk=draft.pk))
    found = errors(browser, draft, data)
    assert content_digest(Criteria.objects.get(pk=draft.pk)) == before
    return found


def unsound(draft: Criteria, actor: User, now: datetime) -> str:
    """Why it is not proposed; it stays a draft nobody scores by."""
    with pytest.raises(Unsound) as caught:
        propose(criteria_id=draft.pk, actor=actor, now=now)
    draft.refresh_from_db()
    assert (draft.state, draft.content_digest) == ("draft", "")
    return str(caught.value)


class TestNamesThatAreNoFields:
    """C31: only names of the registry; what people write never becomes an identifier or a keyword."""

    @pytest.mark.parametrize("name", NO_FIELDS)
    def test_the_form_names_the_field(self, browser: Client, draft: Criteria, name: str) -> None:
        data = filled(browser, draft) | {"threshold": "31"}
        add(data, "fit", field=name, operator="is", values="x")
        found = refused(browser, draft, data)
        assert list(found) == ["field"]
        assert "Select a valid choice" in found["field"][0]

    @pytest.mark.parametrize("name", NO_FIELDS)
    def test_what_got_around_the_form_is_neither_proposed_nor_compiled(
        self, draft: Criteria, marketer: User, now: datetime, name: str
    ) -> None:
        Rule.objects.create(criteria=draft, kind="fit", name="Odd", field=name, operator="is", values=["x"])
        assert "“Odd”" in unsound(draft, marketer, now)
        assert "Choose one from the list." in unsound(draft, marketer, now)
        with pytest.raises(fit_fields.UnknownField):
            sql.statement(load(draft))

    @pytest.mark.parametrize("operator", ["regex", "iregex", "__lt", "is; --", "IS"])
    def test_operators_are_a_list_too(self, browser: Client, draft: Criteria, operator: str) -> None:
        data = filled(browser, draft)
        add(data, "fit", field="job_title", operator=operator, values="x")
        assert list(refused(browser, draft, data)) == ["operator"]

    @pytest.mark.parametrize("operator", ["__lt", "lt__", "is; --", "IS", "is not", "a'b", "é"])
    def test_what_is_no_word_is_not_stored(self, draft: Criteria, operator: str) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Rule.objects.create(criteria=draft, kind="fit", name="Odd", field="job_title", operator=operator)

    @pytest.mark.parametrize("operator", ["regex", "iregex", "lt", "in"])
    def test_another_word_is_neither_proposed_nor_compiled(
        self, browser: Client, draft: Criteria, marketer: User, now: datetime, operator: str
    ) -> None:
        columns = {"field": "job_title", "operator": operator, "values": ["x"]}
        Rule.objects.create(criteria=draft, kind="fit", name="Odd", **columns)
        assert "“Odd”: This condition does not suit the field." in unsound(draft, marketer, now)
        with pytest.raises(fit_fields.UnfitCondition):
            sql.statement(load(draft))
        page = browser.get(reverse("scoring:version", args=[draft.number])).content.decode()
        assert "fulfils a condition that cannot be evaluated" in page

    @pytest.mark.parametrize(
        "values", [[{"$ne": 1}], [["x"]], [None], [True], [1.5], [""], ["a\\u0000b"[:1] + "\x00"], {"a": 1}, "text", 7]
    )
    def test_values_are_a_flat_list_of_texts(
        self, draft: Criteria, marketer: User, now: datetime, values: object
    ) -> None:
        rule = Rule(criteria=draft, kind="fit", name="Odd", field="job_title", operator="is", values=values)
        if "\\u0000" not in repr(values) and "\\x00" not in repr(values):
            rule.save()
            assert "“Odd”" in unsound(draft, marketer, now)
        with pytest.raises(fit_fields.UnfitCondition):
            fit_fields.clean_condition(rule.field, rule.operator, values)

    @pytest.mark.parametrize("name", ["owner__password", "first_channel", "email; --", "budget__gt"])
    def test_what_sales_needs_is_a_list_too(
        self, browser: Client, draft: Criteria, marketer: User, now: datetime, name: str
    ) -> None:
        data = filled(browser, draft) | {"required_fields": ["phone", name]}
        assert list(refused(browser, draft, data)) == ["required_fields"]
        Criteria.objects.filter(pk=draft.pk).update(required_fields=[name])
        assert f"“{name}” cannot be needed before sales may call." in unsound(draft, marketer, now)

    def test_columns_nobody_offered_are_not_taken(self, browser: Client, draft: Criteria) -> None:
        data = filled(browser, draft) | {
            "state": "published", "number": "99", "is_shipped": "on", "content_digest": "x", "proposed_by": "1",
            "behaviour-0-kind": "fit", "behaviour-0-criteria_id": "1",
        }  # fmt: skip
        assert browser.post(address(draft), data).status_code == 302
        after = Criteria.objects.get(pk=draft.pk)
        assert (after.state, after.number, after.is_shipped, after.content_digest) == ("draft", 2, False, "")
        assert [rule.kind for rule in after.rules.all()].count("behaviour") == 4

    def test_a_rule_is_not_taken_from_another_version(
        self, browser: Client, draft: Criteria, marketer: User, now: datetime
    ) -> None:
        other = make_draft(marketer, now)
        data = filled(browser, draft) | {"behaviour-0-id": str(other.rules.all()[0].pk), "behaviour-0-points": "9"}
        before = [content_digest(each) for each in (draft, other)]
        browser.post(address(draft), data)
        assert [content_digest(Criteria.objects.get(pk=each.pk)) for each in (draft, other)] == before


class TestLists:
    """C32: what the list of versions is sorted and filtered by."""

    @pytest.mark.parametrize(
        "query",
        [
            "o=-owner__password", "o=9999999999999999999", "o=created_by__password", "state__regex=(a%2B)%2B$",
            "created_by__password__startswith=x", "rules__criteria__created_by__email=x", "state__exact=%00",
            "q=%00", "p=x", "all=1",
        ],
    )  # fmt: skip
    def test_no_question_reaches_further(self, browser: Client, query: str) -> None:
        assert browser.get(f"{CHANGELIST}?{query}").status_code in (200, 302, 400)

    def test_a_lookup_nobody_offered_is_not_asked(self, browser: Client) -> None:
        answer = browser.get(f"{CHANGELIST}?created_by__password__startswith=x")
        assert answer.status_code in (302, 400)


class TestRegularExpressions:
    """C33: there are none; what looks like one is a text like any other."""

    def test_no_operator_is_one(self) -> None:
        assert not [operator for operator in OPERATORS if "regex" in operator or "like" in operator]

    def test_what_looks_like_one_is_compared_letter_by_letter(
        self, browser: Client, draft: Criteria, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        data = filled(browser, draft)
        add(data, "fit", name="Odd", field="job_title", operator="contains", values=EXPLOSIVE)
        add(data, "fit", name="Same", field="city", operator="is", values=EXPLOSIVE)
        assert browser.post(address(draft), data).status_code == 302
        bomb, same = make_lead(job_title="a" * 100 + "!"), make_lead(job_title="a", city=EXPLOSIVE)
        row = scored(draft, bomb, now)
        assert row.matched[6:] == [0, 0]
        assert scored(draft, same, now).matched[6:] == [1, 1]  # "(a+)+$" is the one word "a"


class TestSize:
    """C34: 200 rules of a flat kind, 1,000 values each of 200 characters, and numbers with an end."""

    def test_too_many_values(self, browser: Client, draft: Criteria, marketer: User, now: datetime) -> None:
        many = [str(number) for number in range(100_000)]
        data = filled(browser, draft)
        add(data, "fit", field="city", operator="is", values="\n".join(many))
        [sentence] = refused(browser, draft, data)["values"]
        assert "at most 1000 values; these are 100000. Make two rules." in sentence
        Rule.objects.create(criteria=draft, kind="fit", name="Odd", field="city", operator="is", values=many)
        assert "between 1 and 1000 values" in unsound(draft, marketer, now)

    def test_a_value_too_long(self, browser: Client, draft: Criteria) -> None:
        data = filled(browser, draft)
        add(data, "fit", field="city", operator="is", values="x" * 201)
        assert "200 characters" in refused(browser, draft, data)["values"][0]

    def test_too_many_rules(self, browser: Client, draft: Criteria, marketer: User, now: datetime) -> None:
        data = filled(browser, draft)
        for _ in range(MOST_RULES - 5):
            add(data, "behaviour")
        found = refused(browser, draft, data)
        assert "at most 200 rules; these are 201. Delete some." in " ".join(found[""])
        Rule.objects.bulk_create(
            Rule(criteria=draft, kind="behaviour", name="More", position=number) for number in range(10_000)
        )
        assert "at most 200 rules; these are 10006" in unsound(draft, marketer, now)

    def test_more_forms_than_a_page_can_hold(self, browser: Client, draft: Criteria) -> None:
        data = filled(browser, draft) | {f"behaviour-{number}-name": "x" for number in range(7000)}
        before = content_digest(draft)
        assert browser.post(address(draft), data).status_code in (400, 413)
        assert content_digest(Criteria.objects.get(pk=draft.pk)) == before

    HUGE = ("1000000000000", "99999999999999999999", "9" * 5000, "-1000000000000", "1e400", "NaN", "٣x", "1.5")

    FIELDS = (
        "threshold", "fit_cap", "engagement_cap", "minimum_behaviours", "behaviour-0-points", "behaviour-0-at_least",
        "behaviour-0-max_times", "behaviour-0-within_days", "behaviour-0-half_life_days", "behaviour-0-position",
    )  # fmt: skip

    @pytest.mark.parametrize("number", HUGE, ids=lambda text: text[:12])
    def test_huge_numbers_name_their_fields(self, browser: Client, draft: Criteria, number: str) -> None:
        found = refused(browser, draft, filled(browser, draft) | dict.fromkeys(self.FIELDS, number))
        assert set(found) == {field.rpartition("-")[2] for field in self.FIELDS}

    @pytest.mark.parametrize("number", ["9" * 17, "9" * 30, "9" * 5000])
    def test_huge_values_name_theirs(self, browser: Client, draft: Criteria, number: str) -> None:
        data = filled(browser, draft)
        add(data, "fit", field="budget", operator="at_least", values=number)
        assert list(refused(browser, draft, data)) == ["values"]
        with pytest.raises(fit_fields.UnfitCondition):
            fit_fields.clean_condition("budget", "at_least", [10**16])

    def test_a_huge_bar(self, browser: Client, draft: Criteria) -> None:
        data = filled(browser, draft)
        data |= {"source_bars-TOTAL_FORMS": "1", "source_bars-0-extra_points": "10001", "source_bars-0-channel": "1",
                 "source_bars-0-expires_at_0": "9999-12-31", "source_bars-0-expires_at_1": "23:59"}  # fmt: skip
        assert "extra_points" in refused(browser, draft, data)
        assert not SourceBar.objects.exists()

    @pytest.mark.parametrize("field", ["sentence", "behaviour-0-name", "fit-0-values"])
    def test_what_cannot_be_stored(self, browser: Client, draft: Criteria, field: str) -> None:
        before = content_digest(draft)
        answer = browser.post(address(draft), filled(browser, draft) | {field: "a\0b"})
        assert answer.status_code in (200, 400)
        assert content_digest(Criteria.objects.get(pk=draft.pk)) == before

    def test_texts_have_an_end(self, browser: Client, draft: Criteria) -> None:
        data = filled(browser, draft) | {"sentence": "x" * 1001, "behaviour-0-name": "x" * 121}
        assert set(refused(browser, draft, data)) == {"sentence", "name"}


class TestDepthAndLoops:
    """C34 and C35: combinations name plain rules only; scores are made of what happened, never of scores."""

    def test_a_combination_of_combinations_is_not_offered(
        self, browser: Client, draft: Criteria, marketer: User, now: datetime
    ) -> None:
        first = make_combination(draft, *draft.rules.all()[:2])
        data = filled(browser, draft)
        add(data, "combination", requires=[str(first.pk), str(draft.rules.all()[0].pk)])
        assert list(refused(browser, draft, data)) == ["requires"]
        make_combination(draft, first, draft.rules.all()[0], name="Deep")
        assert "“Deep”: Choose behaviour and fit rules of this version only." in unsound(draft, marketer, now)

    def test_a_loop_ends(self, draft: Criteria, marketer: User, make_lead: Callable[..., Lead], now: datetime) -> None:
        plain = draft.rules.all()[0]
        one, other = make_combination(draft, plain, name="One"), make_combination(draft, plain, name="Other")
        one.requires.add(other)
        other.requires.add(one, other)
        sentence = unsound(draft, marketer, now)
        assert "“One”" in sentence
        assert "“Other”" in sentence
        lead = make_lead()
        did(lead, "download", now - timedelta(days=1))
        assert scored(draft, lead, now).matched[-2:] == [0, 0]

    def test_no_rule_reads_a_score_or_where_a_lead_stands(self) -> None:
        paths = {field.path for field in fit_fields.FIELDS.values()}
        assert not [path for path in paths if path.split("__")[0] in ("score", "stage", "status", "owner", "handoffs")]


class TestEditsWhileEverybodyIsScored:
    """C36: what is in force never changes; a publication in between leaves what a fresh computation would."""

    @pytest.fixture
    def leads(self, make_lead: Callable[..., Lead], now: datetime, monkeypatch: pytest.MonkeyPatch) -> list[Lead]:
        monkeypatch.setattr(rescore, "CHUNK", 2)
        leads = [make_lead(job_title="Founder" if number % 2 else "") for number in range(6)]
        for lead in leads[::3]:
            did(lead, "programme_joined", now - timedelta(days=1))
        return leads

    def test_the_last_publication_wins_for_everybody(
        self, marketer: User, manager: User, leads: list[Lead], now: datetime
    ) -> None:
        make_published(marketer, manager, now, threshold=10)
        assert score_chunk(now=now) == 2
        newest = make_published(marketer, manager, now, threshold=20, fit_cap=7)
        while score_chunk(now=now):
            pass
        kept = {row.lead_id: computed(row) for row in Score.objects.filter(criteria=newest)}
        assert len(kept) == 6
        Score.objects.all().delete()
        assert {lead.pk: computed(scored(newest, lead, now)) for lead in leads} == kept

    def test_an_edit_in_between_is_refused_or_is_of_a_draft(
        self, browser: Client, marketer: User, manager: User, leads: list[Lead], now: datetime
    ) -> None:
        published = make_published(marketer, manager, now, threshold=10)
        other = make_draft(marketer, now)
        score_chunk(now=now)
        assert browser.post(address(published), {"threshold": "1"}).status_code == 403
        with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
            Rule.objects.filter(criteria=published).update(points=9)
        assert browser.post(address(other), filled(browser, other) | {"behaviour-0-points": "9"}).status_code == 302
        while score_chunk(now=now):
            pass
        assert set(Score.objects.values_list("criteria", flat=True)) == {published.pk}


class TestTemplates:
    """C37: texts are texts."""

    HOSTILE = "{{ request.user.password }}{% load i18n %}<script>alert(1)</script>\"'%(name)s %s"

    def test_they_are_shown_as_they_were_written(
        self, client: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        draft = make_draft(marketer, now, sentence=self.HOSTILE)
        first, second = draft.rules.all()[:2]
        Rule.objects.filter(pk=first.pk).update(name=self.HOSTILE[:120])
        make_combination(draft, first, second, name=self.HOSTILE[:120])
        draft.rules.filter(field="job_title").update(values=[self.HOSTILE[:120]])
        comment(criteria_id=draft.pk, text=self.HOSTILE, actor=manager, now=now)
        propose(criteria_id=draft.pk, actor=marketer, now=now)
        client.force_login(marketer)
        pages = [
            reverse("scoring:version", args=[2]), reverse("scoring:difference", args=[2, 1]), address(draft),
            reverse("scoring:step", args=[2, "sign-marketing"]), CHANGELIST,
        ]  # fmt: skip
        for url in pages:
            page = client.get(url).content.decode()
            assert "<script>alert(1)" not in page, url
            assert marketer.password not in page, url
        assert "{{ request.user.password }}" in client.get(pages[0]).content.decode()


class TestPoints:
    """B28: sums do not overflow, single numbers have an end."""

    @pytest.mark.parametrize("points", [10_001, -10_001, 2**31 - 1, 10**12])
    def test_a_rule_is_worth_no_more_than_ten_thousand(self, browser: Client, draft: Criteria, points: int) -> None:
        found = refused(browser, draft, filled(browser, draft) | {"fit-0-points": str(points)})
        assert list(found) == ["points"]
        with pytest.raises(DatabaseError), transaction.atomic():
            Rule.objects.filter(pk=draft.rules.all()[0].pk).update(points=points)

    @pytest.mark.parametrize("points", [10_000, -10_000])
    def test_the_most_there_can_be_is_exact(self, make_lead: Callable[..., Lead], now: datetime, points: int) -> None:
        rule = {"points": points, "measure": "seconds", "max_times": 1000}
        criteria = make_criteria(now, *[rule] * MOST_RULES, engagement_cap=2**31 - 1, threshold=1_000_000)
        lead = make_lead()
        did(lead, "page_view", now - timedelta(days=1), seconds=86_400)
        row = scored(criteria, lead, now)
        assert row.total == points * 1000 * MOST_RULES
        assert row.qualifies == (points > 0)

    def test_many_bars_for_one_source_add_up(
        self, marketer: User, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        criteria = make_criteria(now, {"points": 5}, threshold=1_000_000)
        lead = make_lead(channel="Paid social")
        channel = lead.first_channel
        assert channel is not None
        SourceBar.objects.bulk_create(
            SourceBar(criteria=criteria, channel=channel, extra_points=10_000, expires_at=now + timedelta(days=1))
            for _ in range(200)
        )
        assert scored(criteria, lead, now).bar == 3_000_000

    def test_what_is_proposed_can_be_evaluated(self) -> None:
        assert problems_of(in_force()) == []
