from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from leads.models import Channel, Lead
from scoring.criteria.content import content_digest
from scoring.criteria.publication import (
    AlreadySigned,
    ContentChanged,
    NotYourRole,
    SamePerson,
    SignaturesMissing,
    Unsound,
    WrongState,
    draft_from,
    propose,
    publish,
    sign,
    withdraw,
)
from scoring.engine.rescore import score_chunk
from scoring.models import Criteria, Rule, Score, Signature, SourceBar
from tests.scoring.shipped import (
    in_force,
    make_combination,
    make_draft,
    make_proposed,
    make_published,
    make_signed,
)

pytestmark = pytest.mark.django_db
MARKETING, SALES = Signature.Side.MARKETING, Signature.Side.SALES


class TestDigest:
    def test_a_copy_says_the_same(self, marketer: User, now: datetime) -> None:
        assert content_digest(make_draft(marketer, now)) == content_digest(in_force())

    @pytest.mark.parametrize(
        "change",
        [
            {"sentence": "Another sentence."},
            {"threshold": 31},
            {"fit_cap": 20},
            {"engagement_cap": 20},
            {"minimum_behaviours": 1},
            {"required_fields": ["phone"]},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_every_field_of_the_version_counts(self, marketer: User, now: datetime, change: dict[str, Any]) -> None:
        draft = make_draft(marketer, now)
        before = content_digest(draft)
        Criteria.objects.filter(pk=draft.pk).update(**change)
        assert content_digest(Criteria.objects.get(pk=draft.pk)) != before

    @pytest.mark.parametrize(
        "change",
        [
            {"name": "Another name"},
            {"points": 6},
            {"gate": "required"},
            {"is_enabled": False},
            {"within_days": 30},
            {"measure": "days"},
            {"at_least": 2},
            {"max_times": 4},
            {"half_life_days": 30, "measure": "activities"},
            {"page_category": "blog"},
            {"on_key_page": True},
            {"asset_kind": "ebook"},
            {"activity_type": None},
            {"position": 99},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_every_field_of_a_rule_counts(self, marketer: User, now: datetime, change: dict[str, Any]) -> None:
        draft = make_draft(marketer, now)
        before = content_digest(draft)
        first = draft.rules.order_by("position")[0]
        Rule.objects.filter(pk=first.pk).update(**change)
        assert content_digest(draft) != before

    def test_what_a_combination_needs_counts(self, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        first, second, third = draft.rules.all()[:3]
        combination = make_combination(draft, first, second)
        before = content_digest(draft)
        combination.requires.set([first, third])
        assert content_digest(draft) != before

    def test_a_bar_counts(self, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        before = content_digest(draft)
        SourceBar.objects.create(
            criteria=draft,
            channel=Channel.objects.all()[0],
            extra_points=5,
            expires_at=now + timedelta(days=9),
        )
        assert content_digest(draft) != before


class TestDraft:
    def test_it_takes_the_next_number_and_the_whole_content(self, marketer: User, now: datetime) -> None:
        draft = draft_from(in_force(), actor=marketer, now=now)
        assert (draft.number, draft.state, draft.based_on, draft.created_by) == (
            2,
            "draft",
            in_force(),
            marketer,
        )
        assert draft.created_at == now
        assert not draft.is_shipped
        assert draft.rules.count() == in_force().rules.count() == 6

    def test_combinations_point_at_the_copies(self, marketer: User, now: datetime) -> None:
        first = make_draft(marketer, now)
        make_combination(first, *first.rules.all()[:2])
        second = draft_from(first, actor=marketer, now=now)
        [combination] = second.rules.filter(kind="combination")
        assert {rule.criteria_id for rule in combination.requires.all()} == {second.pk}
        assert content_digest(second) == content_digest(first)

    def test_expired_bars_stay_behind(self, marketer: User, now: datetime) -> None:
        first = make_draft(marketer, now)
        channel = Channel.objects.all()[0]
        for days in (-1, 1):
            SourceBar.objects.create(
                criteria=first, channel=channel, extra_points=5, expires_at=now + timedelta(days=days)
            )
        second = draft_from(first, actor=marketer, now=now)
        assert [bar.expires_at for bar in second.source_bars.all()] == [now + timedelta(days=1)]

    def test_an_administrator_may_prepare_one(self, administrator: User, now: datetime) -> None:
        assert draft_from(in_force(), actor=administrator, now=now).number == 2

    def test_sales_does_not_write_drafts(self, manager: User, rep: User, now: datetime) -> None:
        for person in (manager, rep):
            with pytest.raises(NotYourRole):
                draft_from(in_force(), actor=person, now=now)


class TestPropose:
    def test_it_freezes_the_content(self, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        proposed = propose(criteria_id=draft.pk, actor=marketer, now=now)
        assert (proposed.state, proposed.proposed_at) == ("proposed", now)
        assert proposed.content_digest == content_digest(Criteria.objects.get(pk=draft.pk))

    def test_only_a_draft(self, marketer: User, now: datetime) -> None:
        proposed = make_proposed(marketer, now)
        for criteria in (proposed, in_force()):
            with pytest.raises(WrongState, match="only a draft"):
                propose(criteria_id=criteria.pk, actor=marketer, now=now)

    def test_not_by_sales(self, marketer: User, manager: User, now: datetime) -> None:
        with pytest.raises(NotYourRole):
            propose(criteria_id=make_draft(marketer, now).pk, actor=manager, now=now)

    def test_not_without_a_rule_in_use(self, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        draft.rules.update(is_enabled=False)
        with pytest.raises(Unsound, match="no rule in use"):
            propose(criteria_id=draft.pk, actor=marketer, now=now)

    def test_not_without_a_sentence(self, marketer: User, now: datetime) -> None:
        with pytest.raises(Unsound, match="in one sentence"):
            make_proposed(marketer, now, sentence="  ")

    def test_not_with_a_threshold_nobody_can_reach(self, marketer: User, now: datetime) -> None:
        # 5 x 3 + 2 x 5 + 10 + 20 for what they do, 15 + 10 for who they are.
        make_proposed(marketer, now, threshold=80)
        with pytest.raises(Unsound, match="No lead can reach 81 points"):
            make_proposed(marketer, now, threshold=81)
        with pytest.raises(Unsound, match="No lead can reach 80 points"):
            make_proposed(marketer, now, threshold=80, fit_cap=24)

    def test_a_fast_track_needs_no_points(self, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now, threshold=1000)
        Rule.objects.filter(pk=draft.rules.all()[0].pk).update(gate="fast_track")
        assert propose(criteria_id=draft.pk, actor=marketer, now=now).state == "proposed"

    def test_not_with_a_rule_that_cannot_be_evaluated(self, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        draft.rules.filter(field="job_title").update(field="shoe_size")
        with pytest.raises(Unsound, match=r"executive title.*shoe_size"):
            propose(criteria_id=draft.pk, actor=marketer, now=now)

    def test_not_with_a_combination_of_a_rule_not_in_use(self, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        first, second = draft.rules.all()[:2]
        make_combination(draft, first, second)
        Rule.objects.filter(pk=second.pk).update(is_enabled=False)
        with pytest.raises(Unsound, match="not in use"):
            propose(criteria_id=draft.pk, actor=marketer, now=now)


class TestSign:
    def test_each_side_signs_what_is_proposed(self, marketer: User, manager: User, now: datetime) -> None:
        criteria = make_signed(marketer, manager, now)
        signed = {(row.side, row.user, row.signed_at, row.content_digest) for row in criteria.signatures.all()}
        digest = criteria.content_digest
        assert signed == {("marketing", marketer, now, digest), ("sales", manager, now, digest)}

    def test_nobody_signs_for_another_team(
        self, marketer: User, manager: User, rep: User, administrator: User, now: datetime
    ) -> None:
        criteria = make_proposed(marketer, now)
        refused = [(MARKETING, manager), (MARKETING, rep), (MARKETING, administrator)]
        refused += [(SALES, marketer), (SALES, rep), (SALES, administrator)]
        for side, person in refused:
            with pytest.raises(NotYourRole):
                sign(criteria_id=criteria.pk, side=side, actor=person, now=now)
        with pytest.raises(NotYourRole):
            sign(criteria_id=criteria.pk, side="finance", actor=marketer, now=now)
        assert not criteria.signatures.exists()

    def test_a_superuser_has_no_side(self, marketer: User, now: datetime) -> None:
        criteria = make_proposed(marketer, now)
        root = User.objects.create_superuser("root@example.com")
        with pytest.raises(NotYourRole):
            sign(criteria_id=criteria.pk, side=MARKETING, actor=root, now=now)

    def test_a_side_signs_once(self, marketer: User, now: datetime) -> None:
        criteria = make_proposed(marketer, now)
        sign(criteria_id=criteria.pk, side=MARKETING, actor=marketer, now=now)
        with pytest.raises(AlreadySigned, match="Mara Marketer has signed"):
            sign(criteria_id=criteria.pk, side=MARKETING, actor=marketer, now=now)

    def test_one_person_with_both_roles_signs_for_one_side(self, marketer: User, manager: User, now: datetime) -> None:
        User.objects.filter(pk=marketer.pk).update(roles=[*marketer.roles, *manager.roles])
        both = User.objects.get(pk=marketer.pk)
        criteria = make_proposed(both, now)
        sign(criteria_id=criteria.pk, side=MARKETING, actor=both, now=now)
        with pytest.raises(SamePerson):
            sign(criteria_id=criteria.pk, side=SALES, actor=both, now=now)

    def test_a_draft_cannot_be_signed(self, marketer: User, now: datetime) -> None:
        with pytest.raises(WrongState, match="is a draft"):
            sign(criteria_id=make_draft(marketer, now).pk, side=MARKETING, actor=marketer, now=now)

    def test_nothing_is_signed_that_was_not_seen(self, marketer: User, manager: User, now: datetime) -> None:
        criteria = make_proposed(marketer, now)
        seen = criteria.content_digest
        Criteria.objects.filter(pk=criteria.pk).update(threshold=20)
        propose(criteria_id=criteria.pk, actor=marketer, now=now)
        with pytest.raises(ContentChanged):
            sign(criteria_id=criteria.pk, side=SALES, actor=manager, now=now, seen_digest=seen)
        assert not criteria.signatures.exists()


class TestEditing:
    """Any edit of what is proposed makes it a draft again and voids what was signed."""

    def edits(self, criteria: Criteria, now: datetime) -> list[Callable[[], object]]:
        rule = criteria.rules.all()[0]
        bar = {"channel": Channel.objects.all()[0], "extra_points": 5, "expires_at": now}
        return [
            lambda: Criteria.objects.filter(pk=criteria.pk).update(threshold=29),
            lambda: Rule.objects.filter(pk=rule.pk).update(points=7),
            lambda: Rule.objects.create(criteria=criteria, kind="behaviour", name="New", points=1),
            lambda: make_combination(criteria, rule),
            lambda: SourceBar.objects.create(criteria=criteria, **bar),
            lambda: SourceBar.objects.filter(criteria=criteria).delete(),
            lambda: Rule.objects.filter(pk=rule.pk).delete(),
        ]

    def test_it_voids_the_signatures(self, marketer: User, manager: User, now: datetime) -> None:
        criteria = make_signed(marketer, manager, now)
        for edit in self.edits(criteria, now):
            edit()
            criteria.refresh_from_db()
            assert (criteria.state, criteria.content_digest) == ("draft", "")
            assert not criteria.signatures.exists()
            criteria.rules.filter(kind="combination").delete()
            propose(criteria_id=criteria.pk, actor=marketer, now=now)
            sign(criteria_id=criteria.pk, side=MARKETING, actor=marketer, now=now)
            sign(criteria_id=criteria.pk, side=SALES, actor=manager, now=now)

    def test_what_was_edited_cannot_be_published(self, marketer: User, manager: User, now: datetime) -> None:
        criteria = make_signed(marketer, manager, now)
        Criteria.objects.filter(pk=criteria.pk).update(threshold=29)
        with pytest.raises(WrongState):
            publish(criteria_id=criteria.pk, actor=marketer, now=now)


class TestPublish:
    def test_it_replaces_what_was_in_force(self, marketer: User, manager: User, now: datetime) -> None:
        shipped = in_force()
        criteria = make_published(marketer, manager, now)
        shipped.refresh_from_db()
        assert (criteria.state, criteria.published_at) == ("published", now)
        assert shipped.state == "retired"
        assert in_force() == criteria

    def test_everybody_is_scored_again(
        self, marketer: User, manager: User, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        leads = [make_lead(), make_lead()]
        criteria = make_signed(marketer, manager, now)
        publish(criteria_id=criteria.pk, actor=manager, now=now)
        assert score_chunk(now=now) == 2
        assert set(Score.objects.values_list("lead_id", "criteria_id")) == {(lead.pk, criteria.pk) for lead in leads}

    def test_it_is_kept_who_proposed_and_who_published(self, marketer: User, manager: User, now: datetime) -> None:
        criteria = make_signed(marketer, manager, now)
        publish(criteria_id=criteria.pk, actor=manager, now=now)
        criteria.refresh_from_db()
        assert (criteria.proposed_by, criteria.published_by) == (marketer, manager)

    def test_a_second_publication_replaces_the_first(self, marketer: User, manager: User, now: datetime) -> None:
        first = make_published(marketer, manager, now)
        second = make_published(marketer, manager, now + timedelta(hours=1))
        first.refresh_from_db()
        assert (first.state, first.retired_at) == ("retired", now + timedelta(hours=1))
        assert in_force() == second

    def test_a_clock_set_back_does_not_keep_the_old_one(self, marketer: User, manager: User, now: datetime) -> None:
        first = make_published(marketer, manager, now)
        make_published(marketer, manager, now - timedelta(days=1))
        first.refresh_from_db()
        assert first.retired_at == first.published_at

    def test_it_needs_both_signatures(self, marketer: User, manager: User, now: datetime) -> None:
        criteria = make_proposed(marketer, now)
        with pytest.raises(SignaturesMissing, match="marketing and of sales"):
            publish(criteria_id=criteria.pk, actor=marketer, now=now)
        sign(criteria_id=criteria.pk, side=MARKETING, actor=marketer, now=now)
        with pytest.raises(SignaturesMissing, match="signature of sales"):
            publish(criteria_id=criteria.pk, actor=marketer, now=now)
        assert in_force().is_shipped

    def test_either_side_publishes_and_nobody_else(
        self, marketer: User, manager: User, rep: User, administrator: User, now: datetime
    ) -> None:
        criteria = make_signed(marketer, manager, now)
        for person in (rep, administrator):
            with pytest.raises(NotYourRole):
                publish(criteria_id=criteria.pk, actor=person, now=now)
        assert publish(criteria_id=criteria.pk, actor=manager, now=now).state == "published"

    def test_twice_is_refused(self, marketer: User, manager: User, now: datetime) -> None:
        criteria = make_published(marketer, manager, now)
        with pytest.raises(WrongState, match="is published already"):
            publish(criteria_id=criteria.pk, actor=marketer, now=now)


class TestWithdraw:
    def test_it_is_a_draft_again_that_says_the_same(self, marketer: User, manager: User, now: datetime) -> None:
        before = content_digest(make_draft(marketer, now))
        criteria = make_signed(marketer, manager, now)
        withdraw(criteria_id=criteria.pk, actor=marketer, now=now)
        criteria.refresh_from_db()
        assert (criteria.state, criteria.content_digest, criteria.proposed_at) == ("draft", "", None)
        assert not criteria.signatures.exists()
        assert content_digest(criteria) == before
        assert propose(criteria_id=criteria.pk, actor=marketer, now=now).state == "proposed"

    def test_each_signature_that_is_void_leaves_a_comment(self, marketer: User, manager: User, now: datetime) -> None:
        criteria = make_signed(marketer, manager, now)
        withdraw(criteria_id=criteria.pk, actor=marketer, now=now)
        assert [(said.author, said.text) for said in criteria.comments.all()] == [
            (marketer, "I took the proposal back. The signature of Mara Marketer for marketing is void."),
            (marketer, "I took the proposal back. The signature of Mila Manager for sales is void."),
        ]

    def test_only_its_editors_take_it_back(
        self, marketer: User, manager: User, administrator: User, rep: User, now: datetime
    ) -> None:
        criteria = make_signed(marketer, manager, now)
        for person in (manager, rep):
            with pytest.raises(NotYourRole):
                withdraw(criteria_id=criteria.pk, actor=person, now=now)
        assert withdraw(criteria_id=criteria.pk, actor=administrator, now=now).state == "draft"

    def test_only_a_proposal_is_taken_back(self, marketer: User, manager: User, now: datetime) -> None:
        draft, published = make_draft(marketer, now), make_published(marketer, manager, now)
        for criteria in (draft, published):
            with pytest.raises(WrongState):
                withdraw(criteria_id=criteria.pk, actor=marketer, now=now)


class TestWhoAndWhen:
    def test_who_proposed_and_who_published_is_kept(self, marketer: User, manager: User, now: datetime) -> None:
        criteria = make_signed(marketer, manager, now)
        assert (criteria.proposed_by, criteria.proposed_at) == (marketer, now)
        later = now + timedelta(hours=1)
        published = publish(criteria_id=criteria.pk, actor=manager, now=later)
        published.refresh_from_db()
        assert (published.published_by, published.published_at) == (manager, later)
