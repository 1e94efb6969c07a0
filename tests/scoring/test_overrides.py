"""Points by hand: who may give how many, why and until when; one decision at a time; told apart from the rules."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from handoff.models import Handoff
from leads.models import Lead, LeadEvent
from leads.timeline import timeline
from scoring.engine.batches import drain, request_due
from scoring.explain.arithmetic import of_override
from scoring.explain.breakdown import explain
from scoring.models import Override, Score, ScoreChange, ScoreRequest, Why
from scoring.overrides import NothingToTakeBack, NotYourPoints, OverrideRefused, current, give, most_points, take_back
from tests.conftest import make_person
from tests.handoff.promoting import drain_and_promote
from tests.scoring.building import DAY, score_leads
from tests.threads import at_once

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]
REASON = "Met them at the fair"


@pytest.fixture
def lead(make_lead: MakeLead, now: datetime) -> Lead:
    lead = make_lead(job_title="VP Sales")
    score_leads([lead.pk], now=now)
    ScoreRequest.objects.all().delete()
    return lead


def given(lead: Lead, actor: User, now: datetime, **said: Any) -> Override:
    said = {"points": 20, "reason": REASON, "expires_at": now + 30 * DAY, **said}
    return give(lead_id=lead.pk, actor=actor, now=now, **said)[0]


class TestGive:
    def test_they_are_added_to_what_the_rules_say(self, lead: Lead, marketer: User, now: datetime) -> None:
        given(lead, marketer, now)
        assert ScoreRequest.objects.get(lead=lead).why == Why.BY_HAND
        drain(now=now)
        score = Score.objects.get(lead=lead)
        assert (score.fit, score.engagement, score.by_hand, score.total) == (15, 0, 20, 35)
        assert (score.qualifies, score.qualified_by) == (True, Why.BY_HAND)
        assert ScoreChange.objects.filter(lead=lead).values_list("was", "total", "why")[0] == (15, 35, Why.BY_HAND)

    def test_what_was_decided_is_on_record(self, lead: Lead, marketer: User, now: datetime) -> None:
        given(lead, marketer, now)
        event = LeadEvent.objects.get(lead=lead, kind="score.given_by_hand")
        assert (event.actor, event.text, event.at) == (marketer, REASON, now)
        assert event.data == {"points": 20, "until": (now + 30 * DAY).isoformat()}
        assert timeline(lead)[0][0].detail == f"by {marketer} · +20 points · until 9 Apr 2026, 09:00 · {REASON}"

    def test_others_take_their_place(self, lead: Lead, marketer: User, administrator: User, now: datetime) -> None:
        first = given(lead, marketer, now)
        second = given(lead, administrator, now + DAY, points=-5)
        first.refresh_from_db()
        assert (first.ended_by, first.ended_at) == (administrator, now + DAY)
        assert current(lead.pk, now=now + DAY) == second
        kinds = LeadEvent.objects.filter(lead=lead, kind__startswith="score.").order_by("pk")
        assert [event.kind for event in kinds] == ["score.given_by_hand", "score.taken_back", "score.given_by_hand"]

    def test_what_has_expired_ended_by_itself(self, lead: Lead, marketer: User, now: datetime) -> None:
        first = given(lead, marketer, now, expires_at=now + DAY)
        given(lead, marketer, now + 2 * DAY, expires_at=now + 9 * DAY)
        first.refresh_from_db()
        assert (first.ended_by, first.ended_at) == (None, now + DAY)
        assert not LeadEvent.objects.filter(kind="score.taken_back").exists()

    def test_saying_the_same_once_more_changes_nothing(self, lead: Lead, marketer: User, now: datetime) -> None:
        said: dict[str, Any] = {"points": 20, "reason": REASON, "expires_at": now + DAY}
        assert give(lead_id=lead.pk, actor=marketer, now=now, **said)[1] is True
        assert give(lead_id=lead.pk, actor=marketer, now=now, **said)[1] is False
        assert Override.objects.count() == 1

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"points": 0}, "points"),
            ({"points": 51}, "points"),
            ({"points": -51}, "points"),
            ({"reason": "  just   so "}, "reason"),
            ({"reason": "x" * 501}, "reason"),
            ({"expires_at": timedelta(0)}, "expires_at"),
            ({"expires_at": timedelta(days=180, seconds=1)}, "expires_at"),
        ],
    )
    def test_what_cannot_be_given(
        self, lead: Lead, marketer: User, now: datetime, said: dict[str, Any], field: str
    ) -> None:
        if "expires_at" in said:
            said = {"expires_at": now + said["expires_at"]}
        with pytest.raises(OverrideRefused) as refused:
            given(lead, marketer, now, **said)
        assert refused.value.field == field
        assert not Override.objects.exists()
        assert not ScoreRequest.objects.exists()

    def test_the_longest_and_the_most_that_can_be_given(
        self, lead: Lead, marketer: User, administrator: User, now: datetime
    ) -> None:
        given(lead, marketer, now, points=-50, expires_at=now + 180 * DAY)
        given(lead, administrator, now, points=10_000)
        with pytest.raises(NotYourPoints):
            given(lead, administrator, now, points=10_001)


class TestWhoMay:
    def test_by_role(
        self, marketer: User, rep: User, manager: User, administrator: User, lead: Lead, now: datetime
    ) -> None:
        people = (marketer, rep, manager, administrator)
        assert [most_points(person) for person in people] == [50, 0, 0, 10_000]
        for person in (rep, manager):
            with pytest.raises(NotYourPoints):
                given(lead, person, now, points=1)

    def test_a_marketer_does_not_undo_what_only_an_administrator_may_give(
        self, lead: Lead, marketer: User, administrator: User, now: datetime
    ) -> None:
        first = given(lead, administrator, now, points=500)
        with pytest.raises(NotYourPoints):
            take_back(lead_id=lead.pk, actor=marketer, now=now)
        with pytest.raises(NotYourPoints):
            given(lead, marketer, now)
        assert current(lead.pk, now=now) == first


class TestEnd:
    def test_what_is_taken_back_no_longer_counts(self, lead: Lead, marketer: User, now: datetime) -> None:
        given(lead, marketer, now)
        drain(now=now)
        take_back(lead_id=lead.pk, actor=marketer, now=now + DAY)
        drain(now=now + DAY)
        assert Score.objects.get(lead=lead).total == 15
        assert timeline(lead)[0][0].detail == f"by {marketer} · +20 points · {REASON}"
        with pytest.raises(NothingToTakeBack):
            take_back(lead_id=lead.pk, actor=marketer, now=now + DAY)

    def test_it_ends_by_itself_at_its_moment(self, lead: Lead, marketer: User, now: datetime) -> None:
        until = now + 3 * DAY
        given(lead, marketer, now, expires_at=until)
        drain(now=now)
        assert Score.objects.get(lead=lead).next_change_at == until
        assert request_due(now=until - timedelta(seconds=1)) == 0
        assert request_due(now=until) == 1
        drain(now=until)
        assert Score.objects.get(lead=lead).total == 15
        newest = ScoreChange.objects.filter(lead=lead)[0]
        assert (newest.was, newest.total, newest.why) == (35, 15, Why.TIME)
        with pytest.raises(NothingToTakeBack):
            take_back(lead_id=lead.pk, actor=marketer, now=until)


class TestBreakdown:
    def test_a_line_of_its_own_that_adds_up(self, lead: Lead, marketer: User, now: datetime) -> None:
        given(lead, marketer, now, points=-20)
        drain(now=now)
        breakdown = explain(lead, now=now)
        last = breakdown.lines[-1]
        assert (last.kind, last.rule_id, last.points) == ("by_hand", None, -20)
        assert last.detail == f"“{REASON}”, {marketer}, until 9 Apr 2026, 09:00"
        assert sum(line.points for line in breakdown.lines) == breakdown.total == -5
        assert (breakdown.by_hand, breakdown.missing) == (-20, ("35 points to go",))

    def test_a_lead_without_any_has_no_such_line(self, lead: Lead, now: datetime) -> None:
        assert [line.kind for line in explain(lead, now=now).lines if line.kind == "by_hand"] == []

    def test_a_receipt_says_it(self, lead: Lead, marketer: User, rep: User) -> None:
        now = timezone.now()
        given(lead, marketer, now)
        drain_and_promote(now=now)
        receipt = Handoff.objects.get(lead=lead).receipt
        assert (receipt["total"], receipt["by_hand"], receipt["lines"][-1]["kind"]) == (35, 20, "by_hand")
        assert sum(line["points"] for line in receipt["lines"]) == 35


class TestTheDatabaseRefuses:
    @pytest.mark.parametrize(
        "columns",
        [
            {"points": 0},
            {"points": 10_001},
            {"points": -10_001},
            {"reason": ""},
            {"expires_at": timedelta(0)},
            {"ended_by": True},
        ],
    )
    def test_what_makes_no_sense(self, lead: Lead, marketer: User, now: datetime, columns: dict[str, Any]) -> None:
        row: dict[str, Any] = {"points": 5, "reason": REASON, "expires_at": DAY, **columns}
        row["expires_at"] = now + row["expires_at"]
        if row.pop("ended_by", None):
            row["ended_by"] = marketer
        with pytest.raises(IntegrityError), transaction.atomic():
            Override.objects.create(lead=lead, created_by=marketer, created_at=now, **row)

    def test_two_at_a_time(self, lead: Lead, marketer: User, now: datetime) -> None:
        given(lead, marketer, now)
        with pytest.raises(IntegrityError), transaction.atomic():
            Override.objects.create(
                lead=lead, points=1, reason=REASON, created_by=marketer, created_at=now, expires_at=now + DAY
            )


@pytest.fixture
def post(client: Client, lead: Lead) -> Callable[..., Any]:
    def send(person: User, name: str = "by_hand", **said: Any) -> Any:
        client.force_login(person)
        until = (timezone.localdate() + 30 * DAY).isoformat()
        said = {"points": "20", "reason": REASON, "until": until} | said
        return client.post(reverse(f"scoring:{name}", args=[lead.public_id]), said)

    return send


class TestPage:
    def test_the_last_day_counts_to_its_end_and_is_named_the_same_everywhere(
        self, client: Client, post: Callable[..., Any], lead: Lead, marketer: User
    ) -> None:
        until = timezone.localdate() + 7 * DAY
        answer = post(marketer, until=until.isoformat())
        assert (answer.status_code, answer.url) == (302, reverse("leads:detail", args=[lead.public_id]))
        override = Override.objects.get()
        assert (override.points, override.created_by) == (20, marketer)
        assert timezone.localtime(override.expires_at).isoformat()[:16] == f"{until + DAY}T00:00"
        last_day = date_format(until, "j M Y")
        assert f"until {last_day} ·" in str(timeline(lead)[0][0].detail)
        assert f"until {last_day}" in of_override(override)
        assert (
            f"until {date_format(until, 'j F Y')}."
            in client.get(reverse("scoring:by_hand", args=[lead.public_id])).content.decode()
        )

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"points": ""}, "Say how many points."),
            ({"points": "a few"}, "Write a whole number, such as 20 or -20."),
            ({"points": "9" * 5000}, "Write a whole number"),
            ({"points": "9" * 30}, "You may change a score by 50 points at most"),
            ({"points": "0"}, "0 points change nothing."),
            ({"reason": "  "}, "why the rules are wrong about this lead"),
            ({"reason": "x" * 501}, "at most 500 characters"),
            ({"until": ""}, "until which day"),
            ({"until": "soon"}, "Write the day like"),
            ({"until": "2020-01-01"}, "Choose a day from"),
            ({"until": "9999-12-31"}, "Choose a day from"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(
        self, post: Callable[..., Any], marketer: User, said: dict[str, str], words: str
    ) -> None:
        answer = post(marketer, **said)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert not Override.objects.exists()

    def test_it_is_text_to_whoever_reads_it(self, post: Callable[..., Any], client: Client, marketer: User) -> None:
        post(marketer, reason="<script>alert(1)</script> at the fair")
        drain(now=timezone.now())
        shown = client.get(reverse("scoring:panel", args=[Lead.objects.get().public_id])).content.decode()
        assert "<script>alert" not in shown
        assert shown.count("&lt;script&gt;alert(1)") == 2  # in the line of the score, and above the form

    @pytest.mark.parametrize("name", ["by_hand", "take_back"])
    def test_who_may_not(self, post: Callable[..., Any], rep: User, manager: User, name: str) -> None:
        assert [post(rep, name).status_code, post(manager, name).status_code] == [404, 403]
        assert not Override.objects.exists()

    def test_taking_back(self, post: Callable[..., Any], marketer: User, administrator: User) -> None:
        post(administrator, points="500")
        assert post(marketer, "take_back").status_code == 403
        assert post(administrator, "take_back").status_code == 302
        answer = post(administrator, "take_back")
        assert answer.status_code == 409
        assert "there is nothing to take back" in answer.content.decode()

    def test_the_panel_offers_it_to_who_may(self, client: Client, lead: Lead, marketer: User, manager: User) -> None:
        address = reverse("scoring:panel", args=[lead.public_id])
        offered = []
        for person in (marketer, manager):
            client.force_login(person)
            offered.append("Change the score by hand" in client.get(address).content.decode())
        assert offered == [True, False]

    def test_the_panel_says_that_the_score_is_on_its_way(
        self, post: Callable[..., Any], client: Client, lead: Lead, marketer: User
    ) -> None:
        post(marketer)
        shown = client.get(reverse("scoring:panel", args=[lead.public_id])).content.decode()
        assert "its score is being computed again" in shown
        assert "<textarea" not in shown  # the part is about to be replaced
        drain(now=timezone.now())
        shown = client.get(reverse("scoring:panel", args=[lead.public_id])).content.decode()
        assert "computed again" not in shown
        assert "not explained by rules" in shown


@pytest.mark.slow
@pytest.mark.usefixtures("transactional")
class TestAtOnce:
    def test_one_of_eight_holds_and_seven_ended(self, make_lead: MakeLead, now: datetime) -> None:
        lead, people = make_lead(), [make_person(f"m{n}@example.com", "marketing", f"M {n}") for n in range(8)]
        same: dict[str, Any] = {"lead_id": lead.pk, "reason": REASON, "expires_at": now + DAY, "now": now}
        for start in (1, 9, 17):  # nobody says the same again, which would change nothing
            calls = [partial(give, points=start + n, actor=person, **same) for n, person in enumerate(people)]
            answers = at_once(*calls)
            assert [answer for answer in answers if isinstance(answer, Exception)] == []
            assert Override.objects.filter(lead=lead, ended_at=None).count() == 1
        assert Override.objects.filter(ended_at__isnull=False).count() == 23

    def test_two_who_take_back_the_same(self, make_lead: MakeLead, now: datetime) -> None:
        lead, people = make_lead(), [make_person(f"m{n}@example.com", "marketing", f"M {n}") for n in range(2)]
        given(lead, people[0], now)
        answers = at_once(*(partial(take_back, lead_id=lead.pk, actor=person, now=now) for person in people))
        assert sorted(type(answer).__name__ for answer in answers) == ["NothingToTakeBack", "Override"]
        assert LeadEvent.objects.filter(kind="score.taken_back").count() == 1
