"""The difference between two versions in words, and its pages."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from leads.models import Asset, Channel
from scoring.criteria.content import with_content
from scoring.criteria.difference import Difference, difference
from scoring.models import Criteria, Rule
from tests.scoring.building import DAY, kind, make_bar, make_criteria
from tests.scoring.shipped import in_force, make_combination, make_draft, make_published

pytestmark = pytest.mark.django_db

DOWNLOAD = {"name": "Downloaded", "type": "download", "points": 5}
TITLE = {"name": "Boss", "kind": "fit", "field": "job_title", "operator": "contains", "values": ["vp", "ceo"]}


def between(old: Criteria, new: Criteria) -> Difference:
    read = {row.pk: row for row in with_content(Criteria.objects.filter(pk__in=(old.pk, new.pk)))}
    return difference(old=read[old.pk], new=read[new.pk])


def page_of(new: Criteria, old: Criteria) -> str:
    return reverse("scoring:difference", args=[new.number, old.number])


class TestRules:
    def changes(self, now: datetime, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
        found = between(make_criteria(now, old), make_criteria(now, new))
        assert found.added == found.removed == []
        return [sentence for rule in found.changed for sentence in rule.sentences]

    @pytest.mark.parametrize(
        ("change", "sentences"),
        [
            ({}, []),
            ({"points": 10}, ["It is worth 10 points instead of 5."]),
            ({"points": 0}, ["It is worth no points instead of 5."]),
            ({"points": -1000}, ["It is worth -1,000 points instead of 5."]),
            ({"name": "Took content"}, ["It was called “Downloaded” before."]),
            ({"gate": "required"}, ["A match means “has to match to be an MQL” instead of “just points”."]),
            ({"is_enabled": False}, ["It is not in use any more."]),
            ({"at_least": 3}, ["A match for every 3 instead of every 1."]),
            ({"max_times": 4}, ["At most 4 matches instead of 1."]),
            ({"measure": "assets"}, ["It counts different assets instead of times."]),
            ({"half_life_days": 30}, ["It fades: it halves every 30 days."]),
            ({"within_days": 14},
             ["It matches when they downloaded content in the last 14 days, no longer when they downloaded content."]),
            ({"points": 7, "max_times": 2}, ["It is worth 7 points instead of 5.", "At most 2 matches instead of 1."]),
        ],
    )  # fmt: skip
    def test_behaviour(self, now: datetime, change: dict[str, Any], sentences: list[str]) -> None:
        assert self.changes(now, DOWNLOAD, DOWNLOAD | change) == sentences

    def test_what_went_from_a_behaviour(self, now: datetime) -> None:
        fading = DOWNLOAD | {"half_life_days": 30}
        assert self.changes(now, fading, DOWNLOAD) == ["It no longer fades; it halved every 30 days."]
        assert self.changes(now, fading, fading | {"half_life_days": 60}) == [
            "It halves every 60 days instead of every 30."
        ]
        assert self.changes(now, DOWNLOAD | {"is_enabled": False}, DOWNLOAD) == ["It is in use."]

    @pytest.mark.parametrize(
        ("change", "sentences"),
        [
            ({"values": ["CEO", "vp"]}, []),
            ({"values": ["ceo", "vp", "cfo"]}, ["It also looks for “cfo”."]),
            ({"values": ["cfo", "vp"]}, ["It also looks for “cfo”.", "It no longer looks for “ceo”."]),
            ({"operator": "is"},
             ["It matches when the job title is “vp” or “ceo”, no longer when the job title contains “vp” or “ceo”."]),
            ({"operator": "is_known", "values": []},
             ["It matches when the job title is known, no longer when the job title contains “vp” or “ceo”."]),
        ],
    )  # fmt: skip
    def test_fit(self, now: datetime, change: dict[str, Any], sentences: list[str]) -> None:
        assert self.changes(now, TITLE, TITLE | change) == sentences

    def test_what_a_rule_leaves_out(self, now: datetime) -> None:
        but = TITLE | {"operator": "is_not"}
        assert self.changes(now, but, but | {"values": ["vp", "intern"]}) == [
            "It also leaves out “intern”.",
            "It no longer leaves out “ceo”.",
        ]

    def test_the_last_of_many_values_is_told(self, now: datetime) -> None:
        many = [f"title {place}" for place in range(40)]
        assert self.changes(now, TITLE | {"values": many}, TITLE | {"values": [*many, "cfo"]}) == [
            "It also looks for “cfo”."
        ]

    def test_one_asset_and_another(self, now: datetime) -> None:
        one, other = (Asset.objects.create(key=name, name=name) for name in ("guide", "sheet"))
        [sentence] = self.changes(now, DOWNLOAD | {"asset": one}, DOWNLOAD | {"asset": other})
        assert "(“sheet”), no longer when they downloaded content (“guide”)" in sentence

    def test_those_that_look_at_the_same_are_one_rule_whatever_their_name(self, now: datetime) -> None:
        old = make_criteria(now, DOWNLOAD, {"name": "Opened", "type": "email_opened"})
        new = make_criteria(
            now, {"name": "Downloaded", "type": "email_opened"}, {"name": "Opened", "type": "download", "points": 5}
        )
        found = between(old, new)
        assert [(rule.name, rule.sentences) for rule in found.changed] == [
            ("Downloaded", ["It was called “Opened” before."]),
            ("Opened", ["It was called “Downloaded” before."]),
        ]
        assert found.conditions == ["The rules stand in another order."]

    def test_a_renamed_rule_is_the_one_that_counts_and_is_worth_the_same(self, now: datetime) -> None:
        often = DOWNLOAD | {"name": "Often", "at_least": 5, "points": 9}
        found = between(make_criteria(now, often, DOWNLOAD), make_criteria(now, DOWNLOAD | {"name": "Took content"}))
        assert [rule.name for rule in found.removed] == ["Often"]
        assert [(rule.name, rule.sentences) for rule in found.changed] == [
            ("Took content", ["It was called “Downloaded” before."])
        ]

    def test_two_that_count_the_same_are_told_apart_by_name(self, now: datetime) -> None:
        often = DOWNLOAD | {"name": "Often", "at_least": 5}
        found = between(make_criteria(now, DOWNLOAD, often), make_criteria(now, often | {"points": 9}, DOWNLOAD))
        assert [(rule.name, rule.sentences) for rule in found.changed] == [
            ("Often", ["It is worth 9 points instead of 5."])
        ]

    def test_those_with_nothing_in_common_came_and_went(self, now: datetime) -> None:
        found = between(make_criteria(now, DOWNLOAD), make_criteria(now, TITLE | {"points": 3, "is_enabled": False}))
        assert [(rule.name, rule.sentences) for rule in found.added] == [
            ("Boss", ["When the job title contains “vp” or “ceo”: 3 points.", "It is not in use."])
        ]
        assert [(rule.name, rule.sentences) for rule in found.removed] == [
            ("Downloaded", ["When they downloaded content: 5 points, once."])
        ]

    def test_a_combination_follows_its_rules(self, marketer: User, now: datetime) -> None:
        old = make_draft(marketer, now)
        first, second, third = old.rules.all()[:3]
        make_combination(old, first, second)
        new = make_draft(marketer, now)
        first, second, third = new.rules.all()[:3]
        both = make_combination(new, first, second)
        assert between(old, new).is_empty
        Rule.objects.filter(pk=first.pk).update(name="Took content", within_days=7)
        assert [rule.name for rule in between(old, new).changed] == ["Both at once"]
        Rule.objects.filter(pk=first.pk).update(name="Downloaded content")
        assert [rule.name for rule in between(old, new).changed] == ["Downloaded content"]
        both.requires.set([second, third])
        sentence = between(old, new).changed[-1].sentences[0]
        assert "“Opened an e-mail after a download”, “Visited the pricing page”, no longer when" in sentence


class TestTheRest:
    def test_conditions(self, marketer: User, now: datetime) -> None:
        new = make_draft(
            marketer, now, threshold=1040, fit_cap=20, minimum_behaviours=2, required_fields=["phone", "email"]
        )
        found = between(in_force(), new)
        assert found.conditions == [
            "1,040 points make an MQL instead of 30.",
            "The most points for fit: 20 instead of no limit.",
            "Different behaviours needed: 2 instead of 0.",
            "Before sales may call, this has to be known as well: Phone, E-mail.",
        ]
        back = between(new, in_force()).conditions
        assert "The most points for fit: no limit instead of 20." in back
        assert "Before sales may call, this need not be known any more: Phone, E-mail." in back

    def test_the_sentence(self, marketer: User, now: datetime) -> None:
        old = in_force()
        assert between(old, make_draft(marketer, now, sentence=f" {old.sentence}\n")).is_empty
        found = between(old, make_draft(marketer, now, sentence="When they ask."))
        assert found.sentences == (old.sentence, "When they ask.")

    def test_bars(self, now: datetime) -> None:
        social, email = (Channel.objects.get(key=key) for key in ("paid_social", "email"))
        old, new = make_criteria(now, DOWNLOAD), make_criteria(now, DOWNLOAD)
        make_bar(old, 10, now, channel=social)
        assert between(old, new).bars[0].startswith("No longer: Leads whose first touch was Paid social need 10 points")
        assert between(new, old).bars[0].startswith("New: Leads whose first touch was Paid social need 10 points")
        changed = make_bar(new, 15, now, channel=social)
        assert "need 15 points more, until 10 Mar 2026" in between(old, new).bars[0]
        assert "Before: Leads whose first touch was Paid social need 10 points" in between(old, new).bars[0]
        type(changed).objects.filter(pk=changed.pk).update(extra_points=10)
        assert between(old, new).is_empty
        type(changed).objects.filter(pk=changed.pk).update(channel=email, expires_at=now + DAY)
        assert [sentence.split(":")[0] for sentence in between(old, new).bars] == ["New", "No longer"]


class TestPage:
    def test_it_tells_the_difference(self, client: Client, rep: User, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now, threshold=40, sentence="When they <ask>.")
        draft.rules.filter(name="Downloaded content").update(points=10)
        draft.rules.filter(name="Joined a programme").delete()
        Rule.objects.create(criteria=draft, kind="behaviour", name="<b>Demo", activity_type=kind("demo_requested"))
        client.force_login(rep)
        page = client.get(page_of(draft, in_force())).content.decode()
        assert "It is worth 10 points instead of 5." in page
        assert '40 points make an <abbr title="marketing qualified lead">MQL</abbr> instead of 30.' in page
        assert "When they &lt;ask&gt;." in page
        assert "&lt;b&gt;Demo" in page
        assert page.index("Rules that changed") < page.index("Rules that came") < page.index("Rules that went")
        assert "It is worth 5 points instead of 10." in client.get(page_of(in_force(), draft)).content.decode()

    def test_it_says_so_when_nothing_is(self, client: Client, rep: User, marketer: User, now: datetime) -> None:
        client.force_login(rep)
        assert "Nothing is different" in client.get(page_of(make_draft(marketer, now), in_force())).content.decode()
        assert "Nothing is different" in client.get(page_of(in_force(), in_force())).content.decode()

    def test_a_version_links_to_what_is_in_force_and_what_it_came_from(
        self, client: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        draft = make_draft(marketer, now)
        second = make_published(marketer, manager, now)
        client.force_login(marketer)
        page = client.get(reverse("scoring:version", args=[draft.number])).content.decode()
        assert page_of(draft, second) in page
        assert page_of(draft, Criteria.objects.get(number=1)) in page
        page = client.get(reverse("scoring:version", args=[second.number])).content.decode()
        assert page_of(second, Criteria.objects.get(number=1)) in page
        assert page_of(second, second) not in page

    def test_two_versions_are_chosen_in_the_list(
        self, client: Client, rep: User, marketer: User, now: datetime
    ) -> None:
        client.force_login(rep)
        assert "id_against" not in client.get(reverse("scoring:agreement")).content.decode()
        draft = make_draft(marketer, now)
        assert "id_against" in client.get(reverse("scoring:agreement")).content.decode()
        chosen = client.get(reverse("scoring:compare"), {"version": draft.number, "against": 1})
        assert chosen.headers["Location"] == page_of(draft, in_force())

    @pytest.mark.parametrize(
        "query", [{}, {"version": "1"}, {"version": "²", "against": "1"}, {"version": "9" * 99, "against": "1"}]
    )
    def test_what_is_no_version_leads_back(self, client: Client, rep: User, query: dict[str, str]) -> None:
        client.force_login(rep)
        assert client.get(reverse("scoring:compare"), query).headers["Location"] == reverse("scoring:agreement")

    @pytest.mark.parametrize("numbers", [(1, 77), (77, 1), (1, 99999999999999999999), (0, 0)])
    def test_an_unknown_version_is_not_found(self, client: Client, rep: User, numbers: tuple[int, int]) -> None:
        client.force_login(rep)
        assert client.get(reverse("scoring:difference", args=numbers)).status_code == 404

    def test_it_costs_the_same_however_many_rules(
        self, client: Client, rep: User, marketer: User, now: datetime
    ) -> None:
        draft = make_draft(marketer, now)
        client.force_login(rep)
        make_combination(draft, *draft.rules.all()[:2])
        before = self.queries(client, draft)
        for place in range(20):
            make_combination(draft, *draft.rules.filter(kind="fit"), name=f"Both {place}")
            make_bar(draft, place + 1, now, channel=Channel.objects.get(key="email"))
        assert self.queries(client, draft) == before

    def queries(self, client: Client, draft: Criteria) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(page_of(draft, in_force()))
        return len(captured)
