"""Both teams hear that criteria are to be signed, that a signature is void, and what is in force."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from accounts.roles import MARKETING
from outbox.models import Delivery, Notice
from scoring.criteria import publication
from scoring.models import Criteria
from tests.conftest import make_person
from tests.scoring.shipped import make_draft, make_proposed, make_signed

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def told(kind: str) -> set[str]:
    """Whom the bell told; a mail is owed to the same people."""
    names = set(Notice.objects.filter(kind=kind).values_list("recipient__name", flat=True))
    assert names == set(Delivery.objects.filter(kind=kind).values_list("recipient__name", flat=True))
    return names


def test_a_proposal_asks_everybody_who_may_sign_but_the_proposer(
    marketer: User, manager: User, rep: User, now: datetime
) -> None:
    other = make_person("second@example.com", MARKETING, "Sara Second")
    draft = make_draft(marketer, now)
    publication.propose(criteria_id=draft.pk, actor=marketer, now=now)
    assert told("criteria.to_sign") == {other.name, manager.name}
    notice = Notice.objects.filter(kind="criteria.to_sign").latest("pk")
    assert notice.path == f"/criteria/{draft.number}/"


def test_whoever_may_put_it_into_force_hears_that_both_sides_signed(
    marketer: User, manager: User, rep: User, now: datetime
) -> None:
    proposed = make_proposed(marketer, now)
    publication.sign(criteria_id=proposed.pk, side="sales", actor=manager, now=now)
    assert told("criteria.signed") == set()
    other = make_person("second@example.com", MARKETING, "Sara Second")
    publication.sign(criteria_id=proposed.pk, side="marketing", actor=other, now=now + MINUTE)
    assert told("criteria.signed") == {marketer.name, manager.name}


def test_whoever_signed_hears_that_it_counts_no_more(marketer: User, manager: User, now: datetime) -> None:
    signed = make_signed(marketer, manager, now)
    publication.withdraw(criteria_id=signed.pk, actor=marketer, now=now + MINUTE)
    assert told("criteria.void") == {manager.name}


def test_taking_back_what_nobody_signed_is_no_news(marketer: User, manager: User, now: datetime) -> None:
    proposed = make_proposed(marketer, now)
    publication.withdraw(criteria_id=proposed.pk, actor=marketer, now=now + MINUTE)
    assert told("criteria.void") == set()


def test_both_teams_hear_what_is_in_force(marketer: User, manager: User, rep: User, now: datetime) -> None:
    signed = make_signed(marketer, manager, now)
    publication.publish(criteria_id=signed.pk, actor=manager, now=now + MINUTE)
    assert told("criteria.in_force") == {marketer.name, rep.name}
    assert Criteria.objects.get(pk=signed.pk).state == Criteria.State.PUBLISHED
