"""What a person saw a lead do, written down on its page."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from capture.verdicts import decide
from leads import by_hand
from leads.by_hand import Doing, NotYours
from leads.events import Agent
from leads.forms.by_hand import LogForm
from leads.models import Activity, ActivityType, Asset, Campaign, Channel, Lead, LeadEvent, LoggedActivity, Machine
from leads.timeline import timeline
from scoring.models import ScoreRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def fair() -> Campaign:
    return Campaign.objects.create(key="fair_2026", name="Fair 2026", channel=Channel.objects.get(key="event"))


def doing(at: datetime, **said: object) -> Doing:
    kind = ActivityType.objects.get(key="met_in_person")
    return Doing(**{"message_id": "1", "type": kind, "at": at, "note": "At our stand.\nHer boss decides."} | said)  # type: ignore[arg-type]


def form(now: datetime, **said: str) -> LogForm:
    token = "5b0f0f43-2f44-4a7b-9d6e-0f9a1f0d1c11"
    return LogForm({"token": token, "type": "call_received", "when": "now", **said}, now=now)


class TestLog:
    def test_it_is_an_activity_of_the_lead_with_who_and_the_note(
        self, make_lead: Callable[..., Lead], rep: User, fair: Campaign, now: datetime
    ) -> None:
        lead = make_lead()
        assert by_hand.log(lead=lead, doing=doing(now, campaign=fair), person=rep, now=now)
        [entry] = [entry for entry in timeline(lead)[0] if entry.place.is_activity]
        assert entry.sentence == "Met us in person “Fair 2026”"
        assert (entry.detail, entry.note) == ("Fair 2026, Event, logged by Ana Rep", "At our stand.\nHer boss decides.")
        assert Lead.objects.get().last_touch.channel == fair.channel

    def test_one_without_a_campaign_leaves_the_source_that_is_known(
        self, make_lead: Callable[..., Lead], rep: User, now: datetime
    ) -> None:
        lead = make_lead(channel="paid_social")
        by_hand.log(lead=lead, doing=doing(now - timedelta(days=9)), person=rep, now=now)
        assert Lead.objects.get().first_channel == Channel.objects.get(key="paid_social")

    def test_the_same_form_counts_once(self, make_lead: Callable[..., Lead], rep: User, now: datetime) -> None:
        lead = make_lead()
        told = [by_hand.log(lead=lead, doing=doing(now), person=rep, now=now) for _ in range(2)]
        assert (told, Activity.objects.count(), LoggedActivity.objects.count()) == ([True, False], 1, 1)

    def test_a_lead_known_by_an_id_of_a_system_is_found(
        self, make_lead: Callable[..., Lead], rep: User, now: datetime
    ) -> None:
        lead = make_lead(external_id="4711", system="crm")
        by_hand.log(lead=lead, doing=doing(now), person=rep, now=now)
        assert Activity.objects.get().lead == lead

    def test_the_score_follows(self, make_lead: Callable[..., Lead], rep: User, now: datetime) -> None:
        lead = make_lead()
        ScoreRequest.objects.all().delete()
        by_hand.log(lead=lead, doing=doing(now), person=rep, now=now)
        assert ScoreRequest.objects.filter(lead=lead).exists()


class TestTakeBack:
    @pytest.fixture
    def logged(self, make_lead: Callable[..., Lead], rep: User, now: datetime) -> LoggedActivity:
        by_hand.log(lead=make_lead(), doing=doing(now), person=rep, now=now)
        ScoreRequest.objects.all().delete()
        return LoggedActivity.objects.select_related("activity__lead").get()

    def test_it_is_worth_nothing_from_then_on_and_stays_on_the_page(
        self, logged: LoggedActivity, rep: User, now: datetime
    ) -> None:
        lead = logged.activity.lead
        asked = [
            by_hand.take_back(lead_id=lead.pk, activity_id=logged.pk, person=rep, now=now) for _ in range(2)
        ]  # fmt: skip
        assert asked == [True, False]
        assert ScoreRequest.objects.filter(lead=lead).exists()
        assert LeadEvent.objects.filter(kind="activity.taken_back").count() == 1
        entries = timeline(lead, reader=rep, now=now)[0]
        assert entries[0].detail == "logged by Ana Rep, taken back"
        assert entries[1].detail == "by Ana Rep · met us in person"
        assert not any(entry.take_back_url for entry in entries)

    def test_it_is_not_sent_again_by_the_same_form(self, logged: LoggedActivity, rep: User, now: datetime) -> None:
        lead = logged.activity.lead
        by_hand.take_back(lead_id=lead.pk, activity_id=logged.pk, person=rep, now=now)
        assert not by_hand.log(lead=lead, doing=doing(now), person=rep, now=now)
        assert Activity.objects.get().machine == Machine.TAKEN_BACK

    def test_nobody_decides_that_a_person_did_it_after_all(
        self, logged: LoggedActivity, rep: User, marketer: User, now: datetime
    ) -> None:
        by_hand.take_back(lead_id=logged.activity.lead_id, activity_id=logged.pk, person=rep, now=now)
        assert not decide(activity_ids=[logged.pk], by_person=True, agent=Agent(user=marketer), now=now)

    def test_only_its_author_does_and_only_for_a_day(
        self, logged: LoggedActivity, rep: User, marketer: User, now: datetime
    ) -> None:
        lead_id = logged.activity.lead_id
        with pytest.raises(NotYours):
            by_hand.take_back(lead_id=lead_id, activity_id=logged.pk, person=marketer, now=now)
        with pytest.raises(NotYours):
            by_hand.take_back(lead_id=lead_id, activity_id=logged.pk, person=rep, now=now + timedelta(days=1))
        assert not by_hand.may_take_back(logged, person=marketer, now=now)


class TestMoment:
    def test_the_quick_choices(self, db: None, now: datetime) -> None:
        said = {
            ("now", "", ""): now,
            ("today", "", "08:15"): datetime(2026, 3, 10, 8, 15, tzinfo=UTC),
            ("yesterday", "", ""): datetime(2026, 3, 9, 12, tzinfo=UTC),
            ("yesterday", "", "23:30"): datetime(2026, 3, 9, 23, 30, tzinfo=UTC),
            ("other", "2026-02-01", ""): datetime(2026, 2, 1, 12, tzinfo=UTC),
            ("other", "2026-03-10", ""): now,  # its noon is yet to come
        }
        for (when, on, at), moment in said.items():
            written = form(now, when=when, on=on, at=at)
            assert written.is_valid(), written.errors
            assert written.moment == moment

    def test_a_time_is_read_off_the_clock_of_whoever_says_it(self, db: None, now: datetime) -> None:
        with timezone.override("Asia/Tokyo"):
            written = form(now, when="today", at="08:00")
            assert written.is_valid()
            assert written.moment == datetime(2026, 3, 9, 23, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("when", "on", "at", "field"),
        [
            ("today", "", "", "at"),
            ("today", "", "09:01", "at"),
            ("today", "", "25:00", "at"),
            ("other", "", "", "on"),
            ("other", "2026-03-11", "", "on"),
            ("other", "1999-12-31", "", "on"),
            ("other", "0001-01-01", "00:00", "at"),
            ("other", "32", "", "on"),
            ("tomorrow", "", "", "when"),
        ],
    )
    def test_what_cannot_be_is_told(self, when: str, on: str, at: str, field: str, db: None, now: datetime) -> None:
        assert list(form(now, when=when, on=on, at=at).errors) == [field]


class TestPages:
    def test_a_form_sent_twice_counts_once(
        self, client: Client, marketer: User, make_lead: Callable[..., Lead]
    ) -> None:
        lead = make_lead()
        Asset.objects.create(key="guide", name="Guide")
        client.force_login(marketer)
        address = reverse("leads:log", args=[lead.public_id])
        [token] = re.findall(r'name="token" value="([^"]+)"', client.get(address).content.decode())
        said = {"token": token, "type": "met_in_person", "when": "now", "asset": "guide", "note": "Tall <b>"}
        for _ in range(2):
            page = client.post(address, said, follow=True).content.decode()
        assert "it counts once" in page
        assert Activity.objects.count() == 1
        assert "Tall &lt;b&gt;" in page
        other = client.post(address, said | {"note": "Else"})
        assert (other.status_code, Activity.objects.count()) == (422, 1)
        assert "was sent before" in other.content.decode()
        [take_back] = re.findall(r'href="([^"]+take-back/)"', page)
        assert "Met us in person" in client.get(take_back).content.decode()
        assert "It is taken back." in client.post(take_back, follow=True).content.decode()

    def test_a_type_that_people_do_not_log_is_no_choice(
        self, client: Client, marketer: User, make_lead: Callable[..., Lead]
    ) -> None:
        client.force_login(marketer)
        address = reverse("leads:log", args=[make_lead().public_id])
        answer = client.post(address, {"token": "5b0f0f43-2f44-4a7b-9d6e-0f9a1f0d1c11", "type": "page_view"})
        assert (answer.status_code, Activity.objects.count()) == (422, 0)

    def test_what_nobody_logged_cannot_be_taken_back(
        self, client: Client, rep: User, marketer: User, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        lead, other = make_lead(), make_lead()
        by_hand.log(lead=other, doing=doing(now), person=marketer, now=now)
        client.force_login(marketer)
        activity = Activity.objects.get()
        assert client.post(reverse("leads:take_back", args=[lead.public_id, activity.pk])).status_code == 404
        client.force_login(rep)
        assert client.post(reverse("leads:take_back", args=[other.public_id, activity.pk])).status_code == 404
