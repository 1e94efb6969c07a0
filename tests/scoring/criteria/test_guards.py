"""What the database itself refuses, whoever asks: raw SQL against the triggers and constraints of the criteria."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from leads.models import Channel
from scoring.criteria.publication import draft_from, propose, sign
from scoring.models import Criteria, Rule, SourceBar
from tests.scoring.shipped import (
    in_force,
    make_combination,
    make_draft,
    make_proposed,
    make_published,
    make_signed,
)

pytestmark = pytest.mark.django_db


def run(statement: str, *params: Any) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def refused(statement: str, *params: Any) -> bool:
    try:
        run(statement, *params)
    except DatabaseError:
        return True
    return False


@pytest.fixture
def published(marketer: User, manager: User, now: datetime) -> Criteria:
    """A signed version in force, with a combination and a higher bar."""
    draft = make_draft(marketer, now)
    make_combination(draft, *draft.rules.all()[:2])
    channel = Channel.objects.all()[0]
    SourceBar.objects.create(criteria=draft, channel=channel, extra_points=5, expires_at=now + timedelta(days=9))
    propose(criteria_id=draft.pk, actor=marketer, now=now)
    sign(criteria_id=draft.pk, side="marketing", actor=marketer, now=now)
    sign(criteria_id=draft.pk, side="sales", actor=manager, now=now)
    run("UPDATE scoring_criteria SET state = 'retired', retired_at = published_at WHERE state = 'published'")
    run("UPDATE scoring_criteria SET state = 'published', published_at = %s WHERE id = %s", now, draft.pk)
    return in_force()


class TestPublishedCriteria:
    @pytest.mark.parametrize(
        "assignment",
        [
            "threshold = 1",
            "sentence = 'Everybody.'",
            "required_fields = '{phone}'",
            "number = 77",
            "published_at = now()",
            "content_digest = 'x'",
            "created_by_id = NULL",
            "based_on_id = NULL",
            "public_id = gen_random_uuid()",
            "is_shipped = TRUE",
            "state = 'draft'",
            "state = 'proposed'",
            "state = 'retired', retired_at = now(), threshold = 1",
        ],
    )
    def test_no_column_changes(self, published: Criteria, assignment: str) -> None:
        for state in ("published", "retired"):
            pk = Criteria.objects.get(state=state).pk
            if assignment == "based_on_id = NULL" and state == "retired":
                continue  # the shipped one is based on nothing
            if assignment in ("created_by_id = NULL", "is_shipped = TRUE") and state == "retired":
                continue  # nor was it made by anybody, and it is the shipped one
            statement = f"UPDATE scoring_criteria SET {assignment} WHERE id = %s"  # noqa: S608 (assignments from above)
            assert refused(statement, pk), state

    def test_it_cannot_be_deleted(self, published: Criteria) -> None:
        assert refused("DELETE FROM scoring_criteria WHERE id = %s", published.pk)

    def test_what_is_retired_does_not_come_back(self, published: Criteria, now: datetime) -> None:
        shipped = Criteria.objects.get(is_shipped=True)
        run("UPDATE scoring_criteria SET state = 'retired', retired_at = %s WHERE id = %s", now, published.pk)
        assert refused("UPDATE scoring_criteria SET state = 'published' WHERE id = %s", shipped.pk)
        assert not Criteria.objects.filter(state="published").exists()

    @pytest.mark.parametrize(
        "table", ["scoring_rule", "scoring_sourcebar", "scoring_rule_requires", "scoring_signature"]
    )
    def test_its_parts_cannot_be_deleted(self, published: Criteria, table: str) -> None:
        assert refused(f"DELETE FROM {table}")  # noqa: S608 (a name from above)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE scoring_rule SET points = 99",
            "UPDATE scoring_rule SET is_enabled = FALSE",
            "UPDATE scoring_rule SET name = 'x' WHERE kind = 'fit'",
            "UPDATE scoring_sourcebar SET extra_points = 1",
            "UPDATE scoring_signature SET signed_at = now()",
            "UPDATE scoring_signature SET side = side",
            "UPDATE scoring_rule_requires SET to_rule_id = from_rule_id",
        ],
    )
    def test_its_parts_do_not_change(self, published: Criteria, statement: str) -> None:
        assert refused(statement)

    def test_no_rule_is_added_or_moved_in_or_out(self, published: Criteria, marketer: User, now: datetime) -> None:
        draft = draft_from(published, actor=marketer, now=now)
        inside, outside = published.rules.all()[0], draft.rules.all()[0]
        move = "UPDATE scoring_rule SET criteria_id = %s WHERE id = %s"
        assert refused(move, draft.pk, inside.pk)
        assert refused(move, published.pk, outside.pk)
        with pytest.raises(DatabaseError), transaction.atomic():
            Rule.objects.create(criteria=published, kind="behaviour", name="Late", points=100)
        move = "UPDATE scoring_sourcebar SET criteria_id = %s WHERE criteria_id = %s"
        assert refused(move, draft.pk, published.pk)
        assert refused(move, published.pk, draft.pk)

    def test_what_a_combination_needs_stays(self, published: Criteria, marketer: User, now: datetime) -> None:
        draft = draft_from(published, actor=marketer, now=now)
        [inside] = published.rules.filter(kind="combination")
        [outside] = draft.rules.filter(kind="combination")
        other = published.rules.all()[3]
        assert refused(
            "INSERT INTO scoring_rule_requires (from_rule_id, to_rule_id) VALUES (%s, %s)",
            inside.pk,
            other.pk,
        )
        move = "UPDATE scoring_rule_requires SET from_rule_id = %s WHERE from_rule_id = %s"
        assert refused(move, outside.pk, inside.pk)
        assert refused(move, inside.pk, outside.pk)

    def test_no_signature_is_added_later(self, published: Criteria, rep: User, now: datetime) -> None:
        insert = (
            "INSERT INTO scoring_signature (criteria_id, side, user_id, signed_at, content_digest) "
            "VALUES (%s, 'finance', %s, %s, %s)"
        )
        assert refused(insert, published.pk, rep.pk, now, published.content_digest)


class TestPublishing:
    PUBLISH = "UPDATE scoring_criteria SET state = 'published', published_at = now() WHERE id = %s"

    def retire(self, now: datetime) -> None:
        run("UPDATE scoring_criteria SET state = 'retired', retired_at = published_at WHERE state = 'published'")

    def test_not_a_draft(self, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        self.retire(now)
        assert refused(self.PUBLISH, draft.pk)

    def test_not_without_signatures_nor_with_one(self, marketer: User, now: datetime) -> None:
        criteria = make_proposed(marketer, now)
        self.retire(now)
        assert refused(self.PUBLISH, criteria.pk)
        sign(criteria_id=criteria.pk, side="marketing", actor=marketer, now=now)
        assert refused(self.PUBLISH, criteria.pk)

    def test_two_signatures_are_by_two_people_for_two_sides(self, marketer: User, manager: User, now: datetime) -> None:
        criteria = make_proposed(marketer, now)
        insert = (
            "INSERT INTO scoring_signature (criteria_id, side, user_id, signed_at, content_digest) "
            "VALUES (%s, %s, %s, %s, %s)"
        )
        digest = criteria.content_digest
        run(insert, criteria.pk, "marketing", marketer.pk, now, digest)
        assert refused(insert, criteria.pk, "sales", marketer.pk, now, digest)
        assert refused(insert, criteria.pk, "marketing", manager.pk, now, digest)
        run(insert, criteria.pk, "finance", manager.pk, now, digest)
        self.retire(now)
        assert refused(self.PUBLISH, criteria.pk)

    def test_only_what_is_proposed_can_be_signed(self, marketer: User, now: datetime) -> None:
        criteria = make_proposed(marketer, now)
        draft = make_draft(marketer, now)
        insert = (
            "INSERT INTO scoring_signature (criteria_id, side, user_id, signed_at, content_digest) "
            "VALUES (%s, 'marketing', %s, %s, %s)"
        )
        assert refused(insert, criteria.pk, marketer.pk, now, "0" * 64)
        assert refused(insert, draft.pk, marketer.pk, now, "")
        assert refused(insert, in_force().pk, marketer.pk, now, "")

    def test_not_with_signatures_under_another_content(self, marketer: User, manager: User, now: datetime) -> None:
        criteria = make_signed(marketer, manager, now)
        run("UPDATE scoring_criteria SET content_digest = 'other' WHERE id = %s", criteria.pk)
        self.retire(now)
        assert refused(self.PUBLISH, criteria.pk)

    def test_not_with_a_change_on_the_way(self, marketer: User, manager: User, now: datetime) -> None:
        criteria = make_signed(marketer, manager, now)
        self.retire(now)
        run(
            "UPDATE scoring_criteria SET state = 'published', published_at = now(), threshold = 1 WHERE id = %s",
            criteria.pk,
        )
        criteria.refresh_from_db()
        assert (criteria.state, criteria.signatures.count()) == ("draft", 0)

    def test_two_are_never_in_force(self, marketer: User, manager: User, now: datetime) -> None:
        assert refused(self.PUBLISH, make_signed(marketer, manager, now).pk)

    def test_nobody_else_is_shipped(self, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        self.retire(now)
        assert refused("UPDATE scoring_criteria SET is_shipped = TRUE WHERE id = %s", draft.pk)
        insert = (
            "INSERT INTO scoring_criteria (public_id, number, state, sentence, threshold, minimum_behaviours, "
            "required_fields, created_at, content_digest, is_shipped, published_at) "
            "VALUES (gen_random_uuid(), %s, %s, '', 1, 0, '{}', now(), %s, %s, now())"
        )
        assert refused(insert, 9, "draft", "", True)
        assert refused(insert, 9, "published", "x", False)
        assert refused(insert, 9, "proposed", "x", False)
        assert not refused(insert, 9, "draft", "", False)

    def test_what_never_was_in_force_is_not_retired(self, marketer: User, manager: User, now: datetime) -> None:
        retire = (
            "UPDATE scoring_criteria SET state = 'retired', content_digest = 'x', published_at = now(), "
            "retired_at = now() "
            "WHERE id = %s"
        )
        assert refused(retire, make_draft(marketer, now).pk)
        assert refused(retire, make_signed(marketer, manager, now).pk)

    def test_no_unknown_state(self, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        assert refused(
            "UPDATE scoring_criteria SET state = 'live', published_at = now(), content_digest = 'x' WHERE id = %s",
            draft.pk,
        )

    def test_retirement_comes_after_publication(self, now: datetime) -> None:
        retire = (
            "UPDATE scoring_criteria SET state = 'retired', retired_at = published_at - interval '1 day' WHERE id = %s"
        )
        assert refused(retire, in_force().pk)


class TestCombinations:
    def test_they_need_rules_of_their_own_version(self, marketer: User, now: datetime) -> None:
        one, two = make_draft(marketer, now), make_draft(marketer, now)
        combination = make_combination(one, one.rules.all()[0])
        insert = "INSERT INTO scoring_rule_requires (from_rule_id, to_rule_id) VALUES (%s, %s)"
        assert refused(insert, combination.pk, two.rules.all()[0].pk)


class TestHonestPaths:
    def test_drafts_change_and_go(self, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        combination = make_combination(draft, *draft.rules.all()[:2])
        run("UPDATE scoring_rule SET points = 99 WHERE id = %s", combination.pk)
        run("UPDATE scoring_criteria SET threshold = 5 WHERE id = %s", draft.pk)
        draft.delete()
        assert not Rule.objects.filter(criteria=draft.pk).exists()

    def test_a_proposal_can_be_withdrawn_and_deleted(self, marketer: User, manager: User, now: datetime) -> None:
        criteria = make_signed(marketer, manager, now)
        criteria.delete()
        assert not Criteria.objects.filter(state="proposed").exists()

    def test_a_version_is_retired(self, marketer: User, manager: User, now: datetime) -> None:
        make_published(marketer, manager, now)
        assert run("UPDATE scoring_criteria SET state = 'retired', retired_at = now() WHERE state = 'published'") == 1


class TestRules:
    @pytest.mark.parametrize(
        "fields",
        [
            {"kind": "magic"},
            {"gate": "maybe"},
            {"points": 10_001},
            {"at_least": 0},
            {"max_times": 0},
            {"max_times": 1001},
            {"kind": "fit", "operator": "is"},
            {"kind": "fit", "field": "job_title", "operator": "matches all"},
            {"measure": "days", "half_life_days": 10},
        ],
        ids=str,
    )
    def test_illegal_ones_cannot_be_stored(self, marketer: User, now: datetime, fields: dict[str, Any]) -> None:
        draft = make_draft(marketer, now)
        with pytest.raises(DatabaseError), transaction.atomic():
            Rule.objects.create(criteria=draft, **{"kind": "behaviour", "name": "Illegal", **fields})

    @pytest.mark.parametrize("sources", [(False, False), (True, True)], ids=["no source", "two sources"])
    def test_a_bar_has_one_source(
        self, marketer: User, now: datetime, sources: tuple[bool, bool], make_campaign: Callable[[], Any]
    ) -> None:
        channel = Channel.objects.all()[0] if sources[0] else None
        campaign = make_campaign() if sources[1] else None
        with pytest.raises(DatabaseError), transaction.atomic():
            SourceBar.objects.create(
                criteria=make_draft(marketer, now),
                channel=channel,
                campaign=campaign,
                extra_points=1,
                expires_at=now,
            )


@pytest.fixture
def make_campaign() -> Callable[[], Any]:
    from leads.models import Campaign

    return lambda: Campaign.objects.create(key="spring", name="Spring")
