"""A version tried out before it is signed says what its publication then does; estimates say how sure they are."""

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from leads.models import Channel, Lead
from scoring.analysis import analyses
from scoring.analysis.kinds import KINDS
from scoring.criteria.publication import propose, publish, sign
from scoring.engine.definition import load
from scoring.engine.rescore import score_chunk
from scoring.models import Analysis, Criteria, Override, Persona, PersonaCondition, Score, Signature
from scoring.whatif import version as whatif_version
from scoring.whatif.numbers import Numbers, moved
from scoring.whatif.numbers import ask as ask_numbers
from scoring.whatif.numbers import estimate as estimate_numbers
from scoring.whatif.sample import Sample, Scale, draw
from scoring.whatif.shown import foretold
from scoring.whatif.sources import computed
from scoring.whatif.sql import counting, tally_some
from scoring.whatif.tally import Tallies, Tally
from scoring.whatif.version import answer_of, asked, best_known
from tests.scoring.shipped import in_force, make_draft, make_signed
from tests.scoring.what_if import THRESHOLDS, changed, everybody, fill

pytestmark = pytest.mark.django_db


def signed(draft: Criteria, marketer: User, manager: User) -> Criteria:
    now = timezone.now()
    propose(criteria_id=draft.pk, actor=marketer, now=now)
    sign(criteria_id=draft.pk, side=Signature.Side.MARKETING, actor=marketer, now=now)
    sign(criteria_id=draft.pk, side=Signature.Side.SALES, actor=manager, now=now)
    return Criteria.objects.get(pk=draft.pk)


def counted(criteria: Criteria, actor: User) -> Analysis:
    """Asked, and answered by a worker."""
    whatif_version.ask(criteria, in_force(), actor=actor, now=timezone.now())
    while analyses.answer_next(KINDS, clock=timezone.now):
        pass
    return Analysis.objects.latest("pk")


class TestExact:
    def test_it_is_what_the_publication_then_does(self, marketer: User, manager: User) -> None:
        leads = fill(24)
        persona = Persona.objects.create(name="Romans")
        PersonaCondition.objects.create(persona=persona, field="city", operator="is", values=["Rome"])
        Score.objects.filter(lead__city="Rome").update(persona=persona, persona_share=100)
        Override.objects.create(
            lead=leads[0], points=500, reason="knows us", created_by=marketer, created_at=timezone.now(),
            expires_at=timezone.now() + timedelta(days=3),
        )  # fmt: skip
        before = dict(Score.objects.values_list("pk", "qualifies"))
        criteria = signed(changed(marketer), marketer, manager)
        answer = answer_of(counted(criteria, marketer))

        publish(criteria_id=criteria.pk, actor=marketer, now=timezone.now())
        while score_chunk(now=timezone.now()):
            pass
        after = {score.pk: score for score in Score.objects.select_related("lead")}
        assert all(score.criteria_id == criteria.pk for score in after.values())
        assert answer.counts.everybody[:5] == self.tally(before, list(after.values()))
        assert answer.counts.everybody.becomes > 0
        for key, tally in answer.counts.personas.items():
            of_persona = [score for score in after.values() if (key is not None) == (score.lead.city == "Rome")]
            assert tally[:5] == self.tally(before, of_persona)
        assert sorted(map(str, answer.counts.personas)) == sorted([str(persona.pk), "None"])
        for letter, tally in answer.counts.letters.items():
            of_letter = [score for score in after.values() if score.grade[0] == letter]
            assert tally[:5] == self.tally(before, of_letter)
        for channel, tally in answer.counts.channels.items():
            of_channel = [score for score in after.values() if score.lead.first_channel_id == channel]
            assert tally[:5] == self.tally(before, of_channel)
        for near in answer.counts.over + answer.counts.under:
            score = after[near.lead_id]
            assert (near.total, near.bar, near.after) == (score.total, score.bar, score.qualifies)
        assert dict(answer.sweep)[20] == sum(score.qualifies for score in after.values())

    def tally(self, before: dict[int, bool], scores: list[Score]) -> tuple[int, ...]:
        had, have = {s.pk for s in scores if before[s.pk]}, {s.pk for s in scores if s.qualifies}
        return len(scores), len(had), len(have), len(have - had), len(had - have)

    def test_it_agrees_with_the_stored_evidence_where_only_numbers_differ(self, marketer: User) -> None:
        fill(24)
        now = timezone.now()
        draft = make_draft(marketer, now, threshold=15, engagement_cap=14)
        old = load(in_force())
        rules = {rule.pk: other for rule, other in zip(old.rules, load(draft).rules, strict=True)}
        numbers = Numbers(
            threshold=15, fit_cap=None, engagement_cap=14, minimum_behaviours=draft.minimum_behaviours,
            points={key: other.points for key, other in rules.items()},
        )  # fmt: skip
        assert moved(old, numbers).criteria.threshold == 15
        stored = ask_numbers(old, numbers, Lead.objects.count(), now=now)
        new = load(draft)
        part = counting(computed(new, old, now=now), new, stored.thresholds)
        ids = list(Lead.objects.values_list("pk", flat=True))
        assert tally_some(part, stored.thresholds, lead_ids=ids, now=now) == stored.counts
        whole = Sample(lead_ids=ids, leads=len(ids))
        assert estimate_numbers(old, numbers, whole, now=now).counts == stored.counts

    def test_two_chunks_add_up_to_one(self, marketer: User) -> None:
        fill(30)
        draft, now = changed(marketer), timezone.now()
        new, old = load(draft), load(in_force())
        ids = list(Lead.objects.order_by("pk").values_list("pk", flat=True))
        part = counting(computed(new, old, now=now), new, THRESHOLDS, are_neighbours=True)
        one, other = (tally_some(part, THRESHOLDS, lead_ids=half, now=now) for half in (ids[:11], ids[11:]))
        assert one + other == Tallies() + everybody(draft, held=in_force(), now=now)
        assert Tallies.from_json((one + other).as_json()) == one + other

    def test_who_has_no_score_did_not_qualify(self, marketer: User) -> None:
        fill(8)
        Score.objects.all().delete()
        tally = everybody(changed(marketer, threshold=4), held=in_force(), now=timezone.now()).everybody
        assert (tally.leads, tally.before, tally.after, tally.becomes) == (8, 0, 8, 8)

    def test_a_channel_that_counts_as_another_is_that_other(self, marketer: User) -> None:
        fill(6)
        one, other = Channel.objects.filter(name__in=("channel 0", "channel 1")).order_by("pk")
        Channel.objects.filter(pk=other.pk).update(counts_as=one)
        channels = everybody(changed(marketer), held=in_force(), now=timezone.now()).channels
        assert other.pk not in channels
        assert channels[one.pk].leads == 4


class TestSample:
    def test_the_interval_holds_the_exact_number(self, marketer: User) -> None:
        fill(60)
        draft, now = changed(marketer), timezone.now()
        new, old = load(draft), load(in_force())
        exact = everybody(draft, held=in_force(), now=now).everybody
        held = 0
        part = counting(computed(new, old, now=now), new, THRESHOLDS)
        ids = list(Lead.objects.order_by("pk").values_list("pk", flat=True))
        for start in range(20):
            sample = Sample(lead_ids=ids[start::3], leads=60)
            tally = tally_some(part, THRESHOLDS, lead_ids=sample.lead_ids, now=now)
            low, high = sample.scale.between(tally.everybody.after)
            held += low <= exact.after <= high
        assert held >= 19

    @pytest.mark.parametrize(
        ("count", "about", "between"),
        [
            (0, 0, (0, 960)),
            (1, 250, (44, 1420)),
            (400, 100_000, (91_000, 110_000)),
            (4000, 1_000_000, (999_000, 10**6)),
        ],
    )
    def test_an_estimate_of_a_million_from_four_thousand(
        self, count: int, about: int, between: tuple[int, int]
    ) -> None:
        scale = Scale(sampled=4000, leads=1_000_000)
        assert scale.of(count) == about
        assert scale.between(count) == between

    def test_what_was_counted_is_no_estimate(self) -> None:
        scale = Scale(sampled=12_345, leads=12_345)
        assert (scale.of(1234), scale.between(1234)) == (1234, (1234, 1234))

    def test_few_leads_are_all_drawn(self) -> None:
        leads = fill(5)
        assert draw() == Sample(lead_ids=[lead.pk for lead in leads], leads=5)

    def test_the_same_leads_are_drawn_again_and_gaps_do_not_matter(self) -> None:
        now = timezone.now()
        keys = [1000 + 7 * number for number in range(200)]
        Lead.objects.bulk_create(Lead(pk=key, external_id=str(key), created_at=now, recorded_at=now) for key in keys)
        first = draw(40)
        assert first == draw(40)
        assert first.leads == 200
        assert 25 <= len(first.lead_ids) <= 60
        assert set(first.lead_ids) <= set(keys)

    def test_nobody_at_all(self) -> None:
        assert draw() == Sample(lead_ids=[], leads=0)


@pytest.mark.usefixtures("small")
class TestCounting:
    def test_a_worker_counts_in_chunks_and_says_how_far_it_is(self, marketer: User) -> None:
        fill(20)
        draft, now = changed(marketer), timezone.now()
        analysis = whatif_version.ask(draft, in_force(), actor=marketer, now=now)
        work = whatif_version.run(analysis, now=now)
        assert list(work) == [(7, 20), (14, 20), (20, 20)]

    def test_one_that_is_killed_in_the_middle_is_done_again(self, marketer: User) -> None:
        fill(20)
        draft, now = changed(marketer), timezone.now()
        analysis = whatif_version.ask(draft, in_force(), actor=marketer, now=now)

        class Killed(BaseException):
            pass

        def dies(analysis: Analysis, *, now: datetime) -> Generator[tuple[int, int], None, dict[str, Any]]:
            work = whatif_version.run(analysis, now=now)
            yield next(work)
            raise Killed

        with pytest.raises(Killed):
            analyses.answer_next({"what_if": dies}, clock=lambda: now)
        analysis.refresh_from_db()
        assert (analysis.done, analysis.finished_at) == (7, None)
        assert not analyses.answer_next(KINDS, clock=lambda: now)  # somebody seems to be at it
        assert analyses.answer_next(KINDS, clock=lambda: now + analyses.LEASE + timedelta(seconds=1))
        analysis.refresh_from_db()
        assert answer_of(analysis).counts.everybody == everybody(draft, held=in_force(), now=now).everybody

    def test_an_edit_is_another_question(self, marketer: User) -> None:
        fill(20)
        draft = changed(marketer)
        counted(draft, marketer)
        assert asked(draft, in_force())[1] is not None
        draft.rules.filter(page_category="pricing").update(points=5)
        assert asked(Criteria.objects.get(pk=draft.pk), in_force()) == (None, None)

    def test_so_are_other_criteria_in_force(self, marketer: User) -> None:
        fill(20)
        draft = changed(marketer)
        counted(draft, marketer)
        assert asked(draft, None) == (None, None)


class TestForetold:
    def test_who_publishes_reads_what_it_would_do(self, client: Client, marketer: User, manager: User) -> None:
        fill(24)
        criteria = make_signed(marketer, manager, timezone.now(), threshold=20)
        client.force_login(marketer)
        page = client.get(reverse("scoring:step", args=[criteria.number, "publish"])).content.decode()
        tally = everybody(criteria, held=in_force(), now=timezone.now()).everybody
        assert tally.becomes > 0
        assert f"Leads that newly qualify: {tally.becomes}. Of those, {tally.arrives} can go to sales." in page
        assert "drawn at random" not in page

    def test_who_proposes_or_signs_is_led_to_the_same_numbers(
        self, client: Client, marketer: User, manager: User
    ) -> None:
        fill(24)
        draft = changed(marketer)
        client.force_login(marketer)
        address = reverse("scoring:meaning", args=[draft.number])
        assert address in client.get(reverse("scoring:step", args=[draft.number, "propose"])).content.decode()
        tally = everybody(draft, held=in_force(), now=timezone.now()).everybody
        sentence = f"Leads that newly qualify: {tally.becomes}. Of those, {tally.arrives} can go to sales."
        assert sentence in client.get(address).content.decode()
        draft = propose(criteria_id=draft.pk, actor=marketer, now=timezone.now())
        client.force_login(manager)
        assert address in client.get(reverse("scoring:step", args=[draft.number, "sign-sales"])).content.decode()
        assert sentence in client.get(address).content.decode()

    def test_without_any_lead_the_pages_say_so(self, client: Client, marketer: User) -> None:
        draft = changed(marketer)
        client.force_login(marketer)
        for name in ("scoring:meaning", "scoring:margin"):
            answer = client.get(reverse(name, args=[draft.number]))
            assert answer.status_code == 200
            assert "There are no leads yet." in answer.content.decode()

    @pytest.mark.usefixtures("small")
    def test_an_estimate_says_so_until_everybody_was_counted(self, marketer: User, manager: User) -> None:
        fill(24)
        now = timezone.now()
        criteria = make_signed(marketer, manager, now, threshold=20)
        assert "drawn at random" in foretold(best_known(criteria, leads=24, now=now))[-1]
        counted(criteria, marketer)
        assert not any("drawn at random" in sentence for sentence in foretold(best_known(criteria, leads=24, now=now)))


class TestPage:
    def address(self, criteria: Criteria) -> str:
        return reverse("scoring:version_what_if", args=[criteria.number])

    @pytest.fixture
    def asking(self, client: Client, marketer: User) -> Client:
        client.force_login(marketer)
        return client

    def test_few_leads_are_counted_at_once(self, asking: Client, marketer: User) -> None:
        fill(24)
        draft = changed(marketer)
        answer = asking.get(self.address(draft))
        tally = everybody(draft, held=in_force(), now=timezone.now()).everybody
        assert answer.context["answer"].counts.everybody == tally
        assert "24 leads were counted just now" in answer.content.decode()
        assert not Analysis.objects.exists()
        assert answer.context["starts_by_itself"] is False

    @pytest.mark.usefixtures("small")
    def test_many_are_estimated_then_counted(self, asking: Client, marketer: User) -> None:
        fill(24)
        draft = changed(marketer)
        first = asking.get(self.address(draft)).content.decode()
        assert "drawn at random" in first
        assert 'hx-trigger="load, submit"' in first
        asked_for = asking.post(self.address(draft))
        assert asked_for.headers["Location"] == self.address(draft)
        running = asking.get(self.address(draft))
        assert reverse("scoring:analysis", args=[Analysis.objects.get().public_id]) in running.content.decode()
        assert "drawn at random" in running.content.decode()
        while analyses.answer_next(KINDS, clock=timezone.now):
            pass
        exact = asking.get(self.address(draft))
        assert "24 leads were counted" in exact.content.decode()
        assert (
            exact.context["answer"].counts.everybody == everybody(draft, held=in_force(), now=timezone.now()).everybody
        )
        assert "Count every lead again" in exact.content.decode()

    @pytest.mark.usefixtures("small")
    def test_after_a_failure_somebody_has_to_ask_again(self, asking: Client, marketer: User) -> None:
        fill(24)
        draft, now = changed(marketer), timezone.now()
        analysis = whatif_version.ask(draft, in_force(), actor=marketer, now=now)
        Analysis.objects.filter(pk=analysis.pk).update(problem="It took too long.", finished_at=now)
        page = asking.get(self.address(draft)).content.decode()
        assert "It took too long." in page
        assert 'hx-trigger="load, submit"' not in page
        asking.post(self.address(draft))
        assert Analysis.objects.filter(finished_at=None).count() == 1

    def test_no_leads(self, asking: Client, marketer: User) -> None:
        assert b"There are no leads yet" in asking.get(self.address(changed(marketer))).content

    def test_no_criteria_in_force(self, asking: Client, marketer: User) -> None:
        fill(4)
        draft = changed(marketer, threshold=4)
        Criteria.objects.filter(state="published").update(state="retired", retired_at=timezone.now())
        answer = asking.get(self.address(draft))
        assert answer.context["answer"].counts.everybody[:5] == (4, 0, 4, 4, 0)
        assert "No criteria are in force" in answer.content.decode()

    def test_a_draft_that_cannot_be_evaluated_says_why(self, asking: Client, marketer: User) -> None:
        fill(4)
        draft = changed(marketer)
        draft.rules.filter(name="city").update(field="shoe_size")
        answer = asking.get(self.address(draft))
        assert "It cannot be tried out yet" in answer.content.decode()
        asking.post(self.address(draft))
        assert not Analysis.objects.exists()

    def test_a_draft_without_rules(self, asking: Client, marketer: User) -> None:
        fill(4)
        draft = make_draft(marketer, timezone.now())
        draft.rules.all().delete()
        assert asking.get(self.address(draft)).status_code == 200

    def test_what_is_in_force_has_its_own_page(self, asking: Client) -> None:
        assert asking.get(self.address(in_force())).headers["Location"] == reverse("scoring:what_if")
        assert asking.post(self.address(in_force())).status_code == 405

    def test_it_costs_the_same_however_many_leads(self, asking: Client, marketer: User) -> None:
        draft = changed(marketer)
        costs = []
        for rows in (8, 30):
            fill(rows)
            with CaptureQueriesContext(connection) as captured:
                asking.get(self.address(draft))
            costs.append(len(captured))
        assert costs[0] == costs[1] <= 45


class TestManyLeads:
    def test_moved_numbers_are_estimated_first(
        self, client: Client, marketer: User, monkeypatch: pytest.MonkeyPatch, small: None
    ) -> None:
        monkeypatch.setattr("scoring.views.whatif.COUNTED_AT_ONCE", 20)
        client.force_login(marketer)
        fill(24)
        page = reverse("scoring:what_if")
        first = client.get(page, {"threshold": "15"})
        assert first.context["scale"].is_exact is False
        assert first.context["exact_url"] in first.content.decode().replace("&amp;", "&")
        exact = client.get(first.context["exact_url"])
        assert exact.context["scale"].is_exact
        assert exact.context["exact_url"] is None
        low, high = first.context["scale"].between(first.context["answer"].counts.everybody.after)
        assert low <= exact.context["answer"].counts.everybody.after <= high


def test_a_tally_of_nothing_is_nothing() -> None:
    assert Tallies() + Tallies() == Tallies(everybody=Tally())
