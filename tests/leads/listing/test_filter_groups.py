"""Groups of filters: all of a group hold, and a lead of any group is meant."""

from collections.abc import Callable
from datetime import datetime
from itertools import combinations
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from leads import filter_groups
from leads.consent.ledger import Word, take_words
from leads.events import Agent
from leads.filter_groups import FilterGroups, leads_in
from leads.listing import saved_views
from leads.listing.sentence import words
from leads.models import Activity, BulkChange, Channel, Lead, Page, SavedView
from scoring.models import Score
from tests.leads.custom_fields.building import make_field
from tests.scoring.building import did
from tests.scoring.shipped import in_force

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]
EITHER = "stage=lead&country=DE&2-country=PT&2-custom=custom.visits&2-compare=min&2-value=5"


@pytest.fixture
def five(make_lead: MakeLead) -> None:
    make_field("number", "Visits")
    for name, country, visits in (("Berlin", "DE", 0), ("Lisboa", "PT", 9), ("Porto", "PT", 1), ("Roma", "IT", 9)):
        make_lead(last_name=name, country=country, custom={"visits": visits})
    make_lead(last_name="Bonn", country="DE")
    Lead.objects.filter(last_name="Bonn").update(do_not_contact=True)


def names(leads: Any) -> list[str]:
    return sorted(lead.last_name for lead in leads)


def page(client: Client, query: str) -> Any:
    return client.get(f"{reverse('leads:list')}?{query}").context


class TestList:
    def test_a_lead_of_any_group_is_shown_once(self, client: Client, marketer: User, five: None) -> None:
        client.force_login(marketer)
        assert names(page(client, EITHER)["page"]) == ["Berlin", "Bonn", "Lisboa"]
        assert names(page(client, "country=DE&3-country=Germany&9-q=Bonn")["page"]) == ["Berlin", "Bonn"]
        assert page(client, EITHER)["page"].paginator.count == 3

    def test_whoever_asks_sees_no_more_than_they_may(self, client: Client, rep: User, five: None) -> None:
        Lead.objects.filter(last_name="Porto").update(owner=rep)
        client.force_login(rep)
        assert names(page(client, "country=DE&2-country=PT")["page"]) == ["Porto"]

    def test_the_sentence_says_or_and_each_part_goes_by_itself(
        self, client: Client, marketer: User, five: None
    ) -> None:
        client.force_login(marketer)
        chips = page(client, f"{EITHER}&sort=name&group=2&page=1")["chips"]
        assert [(chip.text, chip.is_instead) for chip in chips] == [
            ("at the stage lead", False), ("from Germany", False), ("from Portugal", True),
            ("whose Visits is at least “5”", False),
        ]  # fmt: skip
        assert chips[3].remove_url == "?stage=lead&country=DE&2-country=PT&sort=name"
        left = page(client, "2-country=PT")
        assert [(chip.text, chip.is_instead) for chip in left["chips"]] == [("from Portugal", False)]
        assert names(left["page"]) == ["Lisboa", "Porto"]

    def test_what_says_nothing_adds_nobody(self, client: Client, marketer: User, five: None) -> None:
        client.force_login(marketer)
        for nothing in (
            "2-country=", "2-stage=none", "2-compare=min&2-value=3", "2-nothing=1", "12-country=IT",
            "2-custom=custom.visits&2-compare=min&2-value=x", "2-chosen=9", "2-country=Nowhere", "²-country=IT",
        ):  # fmt: skip
            assert names(page(client, f"country=PT&{nothing}")["page"]) == ["Lisboa", "Porto"], nothing
        assert len(page(client, "country=&2-stage=")["page"].object_list) == 5


class TestForm:
    def test_another_group_opens_with_what_was_typed_kept(self, client: Client, marketer: User, five: None) -> None:
        client.force_login(marketer)
        usual = client.get(reverse("leads:list"), {"country": "DE"})
        assert usual.context["another"] == "2"
        assert not usual.context["is_narrowing"]
        assert usual.context["groups"] == []
        asked = client.get(reverse("leads:list"), {"country": "DE", "sort": "name", "group": "2"})
        text = asked.content.decode()
        assert '<input type="hidden" name="country" value="DE">' in text
        assert 'name="2-country"' in text
        assert [(one.text, one.is_shown) for one in asked.context["groups"]] == [
            ("from Germany", False), ("not said yet", True)
        ]  # fmt: skip
        assert asked.context["groups"][0].url == "?country=DE&sort=name&group=1"
        assert asked.context["another"] == "3"

    def test_an_error_opens_its_group(self, client: Client, marketer: User, five: None) -> None:
        client.force_login(marketer)
        answer = client.get(reverse("leads:list"), {"country": "DE", "2-country": "Freedonia"})
        assert answer.context["is_narrowing"]
        assert "is no country Baton knows" in answer.content.decode()
        assert 'value="Freedonia"' in answer.content.decode()

    def test_there_are_nine_at_most(self, client: Client, marketer: User, five: None) -> None:
        client.force_login(marketer)
        full = "q=Berlin&" + "&".join(f"{number}-q=Berlin" for number in range(2, 10))
        assert page(client, full)["another"] == ""
        for odd in ("10", "0", "x", "", "2-q"):
            assert page(client, f"country=DE&group={odd}")["another"] == "2"


class TestElsewhere:
    def test_a_saved_view_keeps_its_groups_numbered_without_a_gap(
        self, client: Client, marketer: User, five: None, now: datetime
    ) -> None:
        query = saved_views.query_of(
            QueryDict("stage=&7-country=DE&4-q=Roma&4-compare=min&4-chosen=1&sort=name&3-chosen=2"), ["stage"]
        )
        assert query == "q=Roma&2-country=DE&sort=name&show=stage"
        view = saved_views.save(owner=marketer, name="Both", query=query, is_shared=True, now=now)
        assert saved_views.counts([view], marketer) == {view.public_id: 3}
        client.force_login(marketer)
        assert "found by “Roma”; or from Germany" in (
            client.get(reverse("leads:view_change", args=[view.public_id])).content.decode()
        )
        [tab] = page(client, "")["view_tabs"]
        opened = client.get(tab["url"]).context
        assert names(opened["page"]) == ["Berlin", "Bonn", "Roma"]
        assert not opened["is_changed"]

    def test_an_erasure_takes_what_names_the_person_out_of_every_group(self, marketer: User, now: datetime) -> None:
        saved_views.save(owner=marketer, name="V", query="q=Ada&2-q=Ada&2-stage=mql", is_shared=False, now=now)
        assert saved_views.forget([], ["Ada"], now=now) == 1
        assert SavedView.objects.get().query == "2-stage=mql"

    def test_all_that_match_are_chosen(self, client: Client, marketer: User, five: None) -> None:
        client.force_login(marketer)
        client.post(reverse("leads:bulk_choose"), {"doing": "leave_alone", "all": "1", "query": EITHER})
        chosen = Lead.objects.filter(pk__in=BulkChange.objects.get().lead_ids)
        assert names(chosen) == ["Berlin", "Bonn", "Lisboa"]

    def test_a_file_has_the_same_leads(self, client: Client, marketer: User, five: None) -> None:
        client.force_login(marketer)
        answer: Any = client.post(f"{reverse('exports:export', args=['leads'])}?{EITHER}", {"format": "csv"})
        lines = b"".join(answer.streaming_content).decode().strip().splitlines()
        assert len(lines) == 4

    def test_what_cannot_be_used_is_named(self, five: None) -> None:
        groups = FilterGroups(QueryDict("stage=x&2-country=Nowhere"), leads=Lead.objects.all(), user=None)
        assert groups.errors == ["stage", "2-country"]
        assert words(groups, QueryDict()) == ""


class TestMany:
    def test_every_pair_of_filters_is_what_both_leave(
        self, marketer: User, make_lead: MakeLead, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Groups of few leads are looked up, those of many become conditions: each pair both ways."""
        make_field("number", "Visits")
        known: tuple[dict[str, Any], ...] = (
            {"country": "DE"},
            {"company": "Acme"},
            {"company": "Acme"},
            {"custom": {"visits": 7}},
            {},
            {},
        )
        made = [
            make_lead(last_name=f"L{place}", email=f"l{place}@example.com", **details)
            for place, details in enumerate(known)
        ]
        did(made[4], "page_view", now, page=Page.objects.create(key="/prices", is_key=True))
        Score.objects.create(
            lead=made[1], criteria=in_force(), total=40, fit=0, engagement=40, grade="D1", matched=[], bar=30,
            qualifies=False, is_fast_track=False, is_blocked=False, scored_at=now,
        )  # fmt: skip
        word = Word(lead_id=made[0].pk, purpose="mailing", is_given=True, source="x", at=now)
        take_words([word], agent=Agent(name="test"), now=now)
        Lead.objects.filter(pk=made[5].pk).update(owner=marketer)
        asked = (
            "country=DE", "company_best=30", "custom=custom.visits&compare=min&value=5", "key_page=ever", "active=7",
            "consent=mailing:agreed", "consent=mailing:silent", "owner=me", "q=L3", "q=l2@example.com", "moved=7",
            f"channel={Channel.objects.values_list('key', flat=True)[0]}",
        )  # fmt: skip
        assert Activity.objects.exists()
        alone = {one: {*leads_in(QueryDict(one), leads=Lead.objects.all(), user=marketer)} for one in asked}
        assert len({frozenset(found) for found in alone.values()}) > 7
        for most in (10_000, 0):
            monkeypatch.setattr(filter_groups, "MOST_COUNTED", most)
            for one, other in combinations(asked, 2):
                query = QueryDict("&".join([one, *(f"2-{part}" for part in other.split("&"))]))
                both = list(leads_in(query, leads=Lead.objects.all(), user=marketer))
                assert {*both} == alone[one] | alone[other], (most, one, other)
                assert len(both) == len({*both}), (most, one, other)

    def test_a_group_more_costs_its_choices_and_a_look_for_its_leads(self, marketer: User, five: None) -> None:
        costs = []
        for query in ("country=DE", "country=DE&2-country=PT", "country=DE&2-country=PT&3-country=IT"):
            with CaptureQueriesContext(connection) as asked:
                list(leads_in(QueryDict(query), leads=Lead.objects.visible_to(marketer), user=marketer))
            costs.append(len(asked))
        assert costs == [3, 7, 10]
