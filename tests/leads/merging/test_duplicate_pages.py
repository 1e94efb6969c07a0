"""The pages on which people decide who is one person."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.events import Agent
from leads.merging.finding import find
from leads.merging.lead_duplicates import PEOPLE
from leads.merging.merging import merge
from leads.models import Duplicate, Lead, Merge

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(make_lead: Callable[..., Lead], now: datetime) -> Duplicate:
    for name, city in (("Ada", "Rome"), ("ada", "Bonn")):
        make_lead(first_name=name, last_name="<b>Lovelace", phone="030 1234567", city=city)
    find(PEOPLE, now=now)
    return Duplicate.objects.get()


class TestPages:
    def test_from_the_list_to_one_record_and_back(self, client: Client, marketer: User, pair: Duplicate) -> None:
        client.force_login(marketer)
        page = client.get(reverse("leads:duplicates")).content.decode()
        assert "same phone, same name" in page
        assert "&lt;b&gt;Lovelace" in page
        assert "<b>Lovelace" not in page
        address = reverse("leads:duplicate", args=[pair.public_id])
        assert 'name="city"' in client.get(address).content.decode()
        shown = client.post(address, {"city": "gone"}, follow=True).content.decode()
        assert (Lead.objects.get().city, "one record now" in shown) == ("Bonn", True)
        merged = Merge.objects.get()
        known_before = client.get(reverse("leads:detail", args=[merged.merged_public_id]))
        assert known_before["Location"] == reverse("leads:detail", args=[merged.survivor.public_id])
        undo = reverse("leads:undo_merge", args=[merged.public_id])
        assert undo in client.get(reverse("leads:duplicates")).content.decode()
        assert client.get(undo).status_code == 200
        client.post(undo)
        assert sorted(Lead.objects.values_list("city", flat=True)) == ["Bonn", "Rome"]

    def test_who_may_not_see_the_survivor_is_not_told_which_it_is(
        self, client: Client, rep: User, marketer: User, pair: Duplicate, now: datetime
    ) -> None:
        merged = merge(lead_ids=(pair.one_id, pair.other_id), agent=Agent(user=marketer), now=now)
        client.force_login(rep)
        Lead.objects.update(owner=marketer)
        assert not Lead.objects.visible_to(rep).exists()
        assert client.get(reverse("leads:detail", args=[merged.merged_public_id])).status_code == 404

    def test_the_page_of_a_lead_says_so(self, client: Client, marketer: User, pair: Duplicate) -> None:
        client.force_login(marketer)
        page = client.get(reverse("leads:detail", args=[pair.one.public_id])).content.decode()
        assert reverse("leads:duplicate", args=[pair.public_id]) in page

    def test_two_people_are_not_shown_again(self, client: Client, marketer: User, pair: Duplicate) -> None:
        client.force_login(marketer)
        client.post(reverse("leads:not_the_same", args=[pair.public_id]))
        assert (Lead.objects.count(), Duplicate.objects.get().dismissed_by) == (2, marketer)
        assert client.get(reverse("leads:duplicate", args=[pair.public_id])).status_code == 404

    def test_all_certain_ones_at_once(self, client: Client, marketer: User, pair: Duplicate) -> None:
        client.force_login(marketer)
        assert "Merge 1 pair?" in client.get(reverse("leads:merge_certain")).content.decode()
        page = client.post(reverse("leads:merge_certain"), follow=True).content.decode()
        assert ("1 pair was merged" in page, Lead.objects.count()) == (True, 1)

    def test_who_decides_is_not_the_rep(self, client: Client, rep: User, pair: Duplicate) -> None:
        client.force_login(rep)
        for address in ("leads:duplicate", "leads:not_the_same"):
            assert client.post(reverse(address, args=[pair.public_id])).status_code == 403
        assert client.post(reverse("leads:undo_merge", args=[pair.public_id])).status_code == 403
        assert Lead.objects.count() == 2
