"""The pages of segments and lists, and the API."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ApiKey, User
from leads.bulk import changing
from leads.models import Lead
from nurture.models import Segment
from nurture.segments import editing, lists
from tests.nurture.test_segments import MakeLead, inside, look, segment_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketing(marketer: User) -> Client:
    client = Client()
    client.force_login(marketer)
    return client


class TestSegmentPages:
    def test_it_is_counted_first_then_made_and_shows_its_leads(
        self, marketing: Client, make_lead: MakeLead, now: datetime
    ) -> None:
        make_lead(email="pt@example.com", country="PT")
        make_lead(email="de@example.com", country="DE")
        said = {"segment_name": "Portugal", "country": "Portugal"}
        answer = marketing.post(reverse("nurture:new"), said | {"count": "1"})
        assert answer.status_code == 200
        assert "1 lead meets them now." in answer.text
        assert 'value="Portugal"' in answer.text
        assert not Segment.objects.exists()
        answer = marketing.post(reverse("nurture:new"), said, follow=True)
        segment = Segment.objects.get()
        assert segment.next_query is not None
        assert 'hx-trigger="every 2s"' in answer.text
        look(now)
        answer = marketing.get(reverse("nurture:detail", args=[segment.public_id]))
        assert "Leads from Portugal." in answer.text
        assert 'hx-trigger="every 2s"' not in answer.text
        listed = marketing.get(reverse("leads:list"), {"segment": str(segment.public_id)})
        assert "pt@example.com" in listed.text
        assert "de@example.com" not in listed.text
        assert "in “Portugal”" in listed.text
        assert "Portugal" in marketing.get(reverse("nurture:list")).text

    def test_another_group_is_asked_for_and_saved(self, marketing: Client) -> None:
        said = {"segment_name": "Both", "country": "PT"}
        answer = marketing.post(reverse("nurture:new"), said | {"or": "1"})
        assert 'name="2-country"' in answer.text
        marketing.post(reverse("nurture:new"), said | {"2-country": "DE"})
        segment = Segment.objects.get()
        assert segment.next_query == "country=PT&2-country=DE"
        answer = marketing.get(reverse("nurture:change", args=[segment.public_id]))
        assert 'name="2-country"' in answer.text

    def test_the_list_of_leads_begins_one(self, marketing: Client, marketer: User) -> None:
        answer = marketing.get(reverse("leads:list"), {"country": "PT", "q": "x"})
        assert f"{reverse('nurture:new')}?" in answer.text
        answer = marketing.get(reverse("nurture:new"), {"country": "PT", "q": "maria", "sort": "name", "owner": "me"})
        assert "Leads from Portugal." in answer.text
        assert "maria" not in answer.context["sentence"]
        assert "no condition of a segment: Search." in answer.text

    def test_bad_input_stays_on_the_page_with_what_is_wrong(
        self, marketing: Client, marketer: User, now: datetime
    ) -> None:
        editing.make_list(name="Fair", actor=marketer, now=now)
        for said, words in (
            ({"segment_name": "", "country": "PT"}, "required"),
            ({"segment_name": "X"}, "at least one condition"),
            ({"segment_name": "fair", "country": "PT"}, "There is a segment or a list of this name."),
            ({"segment_name": "X", "country": "Nowhere at all"}, "Nowhere at all"),
            ({"segment_name": "X", "segment": "no-uuid"}, "not"),
            ({"segment_name": "X", "score_from": "many"}, "many"),
        ):
            answer = marketing.post(reverse("nurture:new"), said)
            assert (answer.status_code, words in answer.text) == (422, True), said
        assert Segment.objects.count() == 1

    def test_it_is_changed_by_who_saw_it_as_it_is(self, marketing: Client, marketer: User, now: datetime) -> None:
        segment = segment_of("country=PT", by=marketer, now=now)
        address = reverse("nurture:change", args=[segment.public_id])
        assert 'value="PT"' in marketing.get(address).text
        said = {"segment_name": "North", "country": "NO", "seen_at": segment.changed_at.isoformat()}
        assert marketing.post(address, said).status_code == 302
        answer = marketing.post(address, said | {"segment_name": "South"})
        assert (answer.status_code, "Somebody changed it meanwhile." in answer.text) == (422, True)
        look(now)
        segment.refresh_from_db()
        assert (segment.name, segment.query) == ("North", "country=NO")

    def test_it_is_deleted_after_the_question(self, marketing: Client, marketer: User, now: datetime) -> None:
        fair = editing.make_list(name="Fair", actor=marketer, now=now)
        segment = segment_of(f"segment={fair.public_id}", by=marketer, now=now)
        refused = marketing.post(reverse("nurture:delete", args=[fair.public_id]), follow=True)
        assert "asks for this list" in refused.text
        address = reverse("nurture:delete", args=[segment.public_id])
        assert (
            "stays as it is otherwise" in marketing.get(address).text
            or "stay as they are" in marketing.get(address).text
        )
        marketing.post(address)
        marketing.post(reverse("nurture:delete", args=[fair.public_id]))
        assert not Segment.objects.exists()

    def test_the_list_costs_the_same_at_any_length(self, marketing: Client, marketer: User, now: datetime) -> None:
        costs = []
        for start in (0, 3):
            for number in range(start, start + 3):
                editing.make_list(name=f"List {number}", actor=marketer, now=now)
            with CaptureQueriesContext(connection) as queries:
                assert marketing.get(reverse("nurture:list")).status_code == 200
            costs.append(len(queries))
        assert costs[0] == costs[1] <= 5

    def test_all_leads_are_looked_at_again(
        self, marketing: Client, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        lead = make_lead(country="PT")
        segment = segment_of("country=DE", by=marketer, now=now)
        Lead.objects.filter(pk=lead.pk).update(country="DE")  # told to nobody
        look(now)
        assert inside(segment) == set()
        marketing.post(reverse("nurture:build", args=[segment.public_id]))
        look(now)
        assert inside(segment) == {lead.email}


class TestListPages:
    def test_chosen_leads_are_put_on_a_new_list_then_taken_off(
        self, marketing: Client, make_lead: MakeLead, marketer: User, now: datetime
    ) -> None:
        leads = [make_lead() for _number in range(3)]
        answer = marketing.post(
            reverse("leads:bulk_choose"),
            {"doing": "add_to_list", "lead": [str(lead.public_id) for lead in leads[:2]], "query": ""},
        )
        assert answer.status_code == 302
        assert marketing.post(answer["Location"], {"new_name": ""}).status_code == 422
        done = marketing.post(answer["Location"], {"new_name": "Fair"}, follow=True)
        assert "2 leads are new on the list." in done.text
        fair = Segment.objects.get()
        assert (fair.is_list, inside(fair)) == (True, {leads[0].email, leads[1].email})
        choice = changing.choose([leads[0].pk, leads[2].pk], actor=marketer, now=now)
        off = reverse("nurture:take_off", args=[choice.public_id])
        done = marketing.post(off, {"on_list": str(fair.public_id)}, follow=True)
        assert "1 lead was taken off." in done.text
        on = reverse("nurture:add", args=[choice.public_id])
        done = marketing.post(on, {"on_list": str(fair.public_id)}, follow=True)
        assert "2 leads are new on the list." in done.text

    def test_the_page_of_a_lead_says_what_it_is_in(
        self, marketing: Client, make_lead: MakeLead, marketer: User, now: datetime
    ) -> None:
        lead = make_lead()
        fair = editing.make_list(name="The fair", actor=marketer, now=now)
        lists.add_to_list(fair.pk, [lead.pk], actor=marketer, now=now)
        answer = marketing.get(reverse("leads:detail", args=[lead.public_id]))
        assert reverse("nurture:detail", args=[fair.public_id]) in answer.text
        assert "list “The fair”" in answer.text

    def test_a_list_is_made_empty(self, marketing: Client) -> None:
        assert marketing.post(reverse("nurture:list_new"), {"segment_name": ""}).status_code == 422
        answer = marketing.post(reverse("nurture:list_new"), {"segment_name": "Fair"}, follow=True)
        assert "People put leads on this list" in answer.text

    def test_a_rep_sees_the_changes_of_their_leads_alone(
        self, rep: User, make_lead: MakeLead, marketer: User, now: datetime
    ) -> None:
        lead = make_lead(email="secret@example.com")
        fair = editing.make_list(name="Fair", actor=marketer, now=now)
        lists.add_to_list(fair.pk, [lead.pk], actor=marketer, now=now)
        client = Client()
        client.force_login(rep)
        answer = client.get(reverse("nurture:detail", args=[fair.public_id]))
        assert (answer.status_code, "secret@example.com" in answer.text) == (200, False)


def told(api_key: tuple[ApiKey, str], address: str) -> Any:
    return Client().get(address, headers={"Authorization": f"Bearer {api_key[1]}"}).json()


class TestApi:
    def test_segments_and_what_a_lead_is_in_are_read(
        self, api_key: tuple[ApiKey, str], make_lead: MakeLead, marketer: User, now: datetime
    ) -> None:
        lead = make_lead()
        fair = editing.make_list(name="Fair", actor=marketer, now=now)
        segment_of("country=PT", by=marketer, now=now)
        lists.add_to_list(fair.pk, [lead.pk], actor=marketer, now=now)
        both = told(api_key, "/api/v1/segments")
        assert [one["name"] for one in both["results"]] == ["Warm", "Fair"]
        one = told(api_key, f"/api/v1/segments/{fair.public_id}")
        assert (one["is_list"], one["members"], one["is_building"]) == (True, 1, False)
        one_lead = told(api_key, f"/api/v1/leads/{lead.public_id}")
        assert [(each["id"], each["name"]) for each in one_lead["segments"]] == [(str(fair.public_id), "Fair")]
