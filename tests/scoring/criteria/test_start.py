"""Where a draft comes from: what is in force, an older version, an example."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from leads.models import ActivityType, Asset, Lead, Page
from scoring.criteria.careful import propose_careful
from scoring.criteria.content import with_content
from scoring.criteria.examples import EXAMPLES, ExampleNeeds, draft_from_example
from scoring.criteria.publication import NotYourRole, propose
from scoring.criteria.refusals import problems_of
from scoring.lint.findings import findings
from scoring.models import Criteria
from tests.scoring.building import did, scored
from tests.scoring.shipped import in_force, make_published

pytestmark = pytest.mark.django_db
START = reverse("scoring:start")


class TestExamples:
    @pytest.mark.parametrize("key", EXAMPLES)
    def test_each_can_be_proposed_and_nothing_about_it_looks_odd(self, marketer: User, now: datetime, key: str) -> None:
        draft = draft_from_example(key, actor=marketer, now=now)
        assert problems_of(draft) == []
        read = with_content(Criteria.objects.filter(pk=draft.pk)).get()
        odd = [finding.sentence for finding in findings(read, published=in_force(), now=now)]
        assert key == "first" or odd == []
        assert propose(criteria_id=draft.pk, actor=marketer, now=now).state == "proposed"

    @pytest.mark.parametrize("key", EXAMPLES)
    def test_it_is_a_draft_and_nothing_changes(self, marketer: User, now: datetime, key: str) -> None:
        before = in_force()
        draft = draft_from_example(key, actor=marketer, now=now)
        assert (draft.state, draft.number, draft.created_by) == ("draft", 2, marketer)
        assert draft.rules.count() == len(EXAMPLES[key].rules)
        assert in_force() == before

    def test_only_marketing_starts_one(self, manager: User, now: datetime) -> None:
        with pytest.raises(NotYourRole):
            draft_from_example("careful", actor=manager, now=now)
        assert Criteria.objects.count() == 1

    def test_what_it_counts_has_to_be_known(self, client: Client, marketer: User, now: datetime) -> None:
        ActivityType.objects.filter(key="webinar_attended").update(key="webinar")
        with pytest.raises(ExampleNeeds, match="webinar_attended"):
            draft_from_example("careful", actor=marketer, now=now)
        client.force_login(marketer)
        answer = client.post(START, {"example": "careful"})
        assert answer.status_code == 409
        assert "Add them in the admin first" in answer.content.decode()
        assert Criteria.objects.count() == 1


class TestCarefulStart:
    """At least 50 points, three different behaviours within 90 days, and a webinar or a demo."""

    @pytest.fixture
    def draft(self, marketer: User, now: datetime) -> Criteria:
        return draft_from_example("careful", actor=marketer, now=now)

    def test_downloads_alone_are_not_enough_and_a_webinar_is(
        self, draft: Criteria, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        lead = make_lead(job_title="Founder", company="Acme", employees=120)
        prices = Page.objects.create(key="/p", category="pricing")
        for number in range(3):
            did(lead, "download", now - timedelta(days=9), asset=Asset.objects.create(key=f"a{number}", name="A"))
        did(lead, "page_view", now - timedelta(days=8), page=prices)
        did(lead, "email_clicked", now - timedelta(days=8))
        before = scored(draft, lead, now)
        assert before.total >= 50
        assert not before.qualifies
        did(lead, "webinar_attended", now - timedelta(days=1))
        assert scored(draft, lead, now).qualifies

    def test_whoever_asks_for_a_demo_is_one_at_once(
        self, draft: Criteria, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        lead = make_lead()
        did(lead, "demo_requested", now - timedelta(days=1))
        assert scored(draft, lead, now, fast_from=now - timedelta(days=1)).is_fast_track

    def test_a_student_never_is(self, draft: Criteria, make_lead: Callable[..., Lead], now: datetime) -> None:
        lead = make_lead(job_title="Student of marketing")
        did(lead, "demo_requested", now - timedelta(days=1))
        row = scored(draft, lead, now)
        assert (row.is_blocked, row.qualifies) == (True, False)

    def test_what_is_older_than_90_days_does_not_count(
        self, draft: Criteria, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        lead = make_lead()
        did(lead, "demo_requested", now - timedelta(days=91))
        assert not scored(draft, lead, now).qualifies


class TestLargeCompanies:
    def test_title_demo_and_size_together_are_an_mql_at_once(
        self, marketer: User, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        draft = draft_from_example("large", actor=marketer, now=now)
        small = make_lead(job_title="CEO", company="Small", employees=400)
        large = make_lead(job_title="CEO", company="Large", employees=4000)
        clerk = make_lead(job_title="Clerk", company="Large", employees=4000)
        for lead in (small, large, clerk):
            did(lead, "demo_requested", now - timedelta(days=1))
        since = now - timedelta(days=1)
        rows = [scored(draft, lead, now, fast_from=since) for lead in (small, large, clerk)]
        assert [row.is_fast_track for row in rows] == [False, True, False]


class TestPage:
    def test_it_offers_each_with_its_sentence_and_threshold(
        self, client: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        make_published(marketer, manager, now, sentence="They asked for a demo.", threshold=33)
        client.force_login(marketer)
        page = client.get(START).content.decode()
        assert "They asked for a demo." in page
        assert "33 points make a marketing qualified lead (MQL)" in page
        assert "50 points make a marketing qualified lead (MQL)" in page
        assert "A careful start" in page
        assert reverse("scoring:step", args=[2, "draft"]) in page
        assert reverse("scoring:step", args=[1, "draft"]) in page

    def test_a_draft_is_started_from_an_example(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        answer = client.post(START, {"example": "careful"}, follow=True)
        assert Criteria.objects.get(number=2).threshold == 50
        assert "Version 2 is a draft now." in answer.content.decode()

    @pytest.mark.parametrize("key", ["", "nothing", "__class__"])
    def test_what_is_no_example_starts_nothing(self, client: Client, marketer: User, key: str) -> None:
        client.force_login(marketer)
        assert client.post(START, {"example": key}).status_code == 400
        assert Criteria.objects.count() == 1

    def test_looking_starts_nothing(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        client.get(START, {"example": "careful"})
        assert Criteria.objects.count() == 1

    def test_it_works_when_nothing_is_in_force(self, client: Client, marketer: User) -> None:
        Criteria.objects.update(state="retired", retired_at=timezone.now())
        client.force_login(marketer)
        assert b"From an older version" in client.get(START).content

    @pytest.mark.parametrize("persona", ["rep", "manager"])
    def test_who_drafts_nothing_does_not_see_it(
        self, client: Client, request: pytest.FixtureRequest, persona: str
    ) -> None:
        client.force_login(request.getfixturevalue(persona))
        assert client.get(START).status_code == 403
        assert client.post(START, {"example": "careful"}).status_code == 403
        assert START not in client.get(reverse("scoring:agreement")).content.decode()


class TestGoingBack:
    def test_the_list_of_versions_leads_to_it(
        self, client: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        make_published(marketer, manager, now, threshold=45)
        client.force_login(marketer)
        page = client.get(reverse("scoring:agreement")).content.decode()
        assert "Go back to it" in page
        client.post(reverse("scoring:step", args=[1, "draft"]))
        draft = Criteria.objects.get(number=3)
        assert (draft.threshold, draft.based_on) == (30, Criteria.objects.get(number=1))


class TestTheCarefulVersionBesideTheExample:
    def test_it_is_proposed_from_the_page_and_says_why(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        assert "asking for a demo is worth nothing" in client.get(reverse("scoring:agreement")).content.decode()
        answer = client.post(START, {"example": "careful", "propose": ""}, follow=True)
        proposed = Criteria.objects.get(number=2)
        assert (proposed.state, proposed.rules.count()) == ("proposed", 14)
        assert "asking for a demo is worth nothing" in proposed.comments.get().text
        assert "Version 2 is proposed. Marketing and sales can sign it now." in answer.content.decode()
        assert in_force().number == 1
        page = client.get(reverse("scoring:agreement")).content.decode()
        assert "Propose the careful version" not in page

    def test_once(self, marketer: User, now: datetime) -> None:
        assert propose_careful(actor=marketer, now=now) is not None
        assert propose_careful(actor=marketer, now=now) is None
        assert Criteria.objects.count() == 2
