"""Every kind of mail: it is composed in text and HTML, its headers hold, and following its links decides nothing."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, Final

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from accounts.models import User
from handoff import news, news_kinds
from handoff.lifecycle import transitions
from handoff.models import Handoff, Hold, Reason
from handoff.news import enqueue_about
from leads.events import Agent
from leads.lead_tasks import writing
from leads.lead_tasks.reminding import remind_due
from leads.lead_tasks.writing import Plan
from leads.models import LeadTask
from nurture.news_kinds import TOLD, ToldFacts, subject_key
from outbox.digest_gathering import MOST_SINGLE
from outbox.enqueue import Subject, enqueue
from outbox.kinds import all_kinds
from outbox.models import Delivery
from outbox.news_kinds import TOGETHER, enqueue_paused
from outbox.sending import lease
from outbox.transports import mail
from outbox.transports.base import Overtaken
from outbox.transports.mail import MAIL
from reporting.review.dates import Due
from reporting.review.news import enqueue_review_due
from scoring.criteria.news import enqueue_in_force, enqueue_signatures_void, enqueue_signed, enqueue_to_sign
from scoring.models import Criteria, Signature
from tests.handoff.conftest import MakeHandoff
from tests.outbox.test_mail import HOSTILE
from tests.outbox.test_news import chat_of

PEOPLES_WORDS: Final = {"lead", "task", "work", "by", "to", "company", "reason", "reason_text", "name", "why"}
LINK: Final = re.compile(r'(?:href="|^|\s)(https?://[^\s"<>]+)', re.MULTILINE)


@pytest.fixture
def everything_owed(
    make_ready: MakeHandoff,
    make_waiting: MakeHandoff,
    rep: User,
    other_rep: User,
    manager: User,
    marketer: User,
    administrator: User,
    reason: Callable[[str], Reason],
    now: datetime,
    deadline: datetime,
) -> datetime:
    """A mail of every kind to everybody who can get it; answers the moment of the last."""
    waiting = make_waiting(first_name="Berta", job_title="CEO", company="Acme")
    news.enqueue_half_time(waiting, now=now)
    news.enqueue_deadline_moved(waiting, now=now)
    enqueue_about(news_kinds.NEARLY_LATE, waiting, [rep, manager], now=now)
    given = make_waiting(first_name="Clara", assignee=other_rep)
    transitions.reassign(handoff_id=given.pk, assignee=rep, agent=Agent(user=manager), now=now)
    transitions.breach(handoff_id=make_waiting(first_name="Dora").pk, now=deadline)
    news.enqueue_merged_away(make_waiting(first_name="Gerda", assignee=other_rep), now=now)
    refused = make_waiting(first_name="Emma")
    transitions.reject(handoff_id=refused.pk, actor=rep, reason=reason("not_icp"), text="They moved.", now=now)
    news.enqueue_to_review(make_ready(first_name="Fanny"), now=now)
    criteria = Criteria.objects.get(state="published")
    enqueue_to_sign(criteria, actor=administrator, now=now)
    enqueue_signed(criteria, actor=administrator, now=now)
    enqueue_in_force(criteria, actor=manager, now=now)
    signatures = [Signature(criteria=criteria, user=person) for person in (marketer, manager)]
    enqueue_signatures_void(criteria, signatures, actor=administrator, now=now)
    hold = Hold.objects.create(began_at=now, ended_at=now, due=1200, waiting=1500, why="?", boot="b", ticks=1.0)
    news.enqueue_clock_held(hold, now=now)
    plan = Plan(text="Call back.", due_on=now.date(), assignee=marketer)
    writing.add(lead=waiting.lead, plan=plan, actor=manager, now=now - timedelta(days=1))
    remind_due(now=now)
    given_on = writing.add(lead=waiting.lead, plan=plan, actor=manager, now=now)
    writing.give_on(LeadTask.objects.filter(pk=given_on.pk), to=rep, agent=Agent(user=manager), now=now)
    told: ToldFacts = {"lead": "Berta", "sequence": "After the fair", "text": "Call them."}
    about = Subject(key=subject_key(waiting.lead_id), path=f"/leads/{waiting.lead.public_id}/")
    enqueue(TOLD, about, told, key="1", recipients=[marketer], now=now)
    review = Due(criteria, now, date(2026, 3, 1), is_due=True)
    enqueue_review_due(review, recipients=[marketer, manager], now=now)
    enqueue_paused(chat_of(rep, last_error="410 gone", is_active=False), path="/notices/settings/", now=now)
    for number in range(MOST_SINGLE + 1):
        enqueue_about(news_kinds.BREACHED, waiting, [administrator], key=f"storm{number}", now=now)
    Delivery.objects.filter(recipient=administrator).update(next_try_at=now - timedelta(days=2))
    for number in range(2):
        enqueue_about(news_kinds.PASSED, waiting, [manager], key=f"at once {number}", now=now)
    before = now - timedelta(days=3)
    Delivery.objects.filter(recipient=manager, kind=news_kinds.PASSED.key).update(next_try_at=before)
    lease(MAIL, now=before)
    Delivery.objects.filter(kind=TOGETHER.key).update(next_try_at=now, lease_until=None)
    lease(MAIL, now=before + timedelta(days=1))
    return deadline


class TestEveryKind:
    def test_is_composed_with_its_headers(self, everything_owed: datetime) -> None:
        rows = list(Delivery.objects.exclude(state="gathered").select_related("recipient"))
        assert {row.kind for row in rows} == {kind.key for kind in all_kinds()}
        assert {row.kind for row, _message in messages_of(rows)} == {kind.key for kind in all_kinds()}
        for row, message in messages_of(rows):
            for part in (str(message.body), str(message.alternatives[0][0])):
                assert "/notices/settings/" in part
                assert not re.search(r"%\(|\{\{|\{%|None", part), (row.kind, part)
            assert "\n\n\n" not in str(message.body), row.kind
            assert message.extra_headers == {
                "Message-ID": mail.message_id(row.public_id),
                "Auto-Submitted": "auto-generated",
            }
            assert str(message.subject).strip()

    def test_following_every_link_changes_nothing(self, everything_owed: datetime) -> None:
        followed = set()
        with time_machine.travel(everything_owed - timedelta(hours=1), tick=False):
            for row, message in messages_of(Delivery.objects.exclude(state="gathered").select_related("recipient")):
                links = sorted(set(LINK.findall(f"{message.body}\n{message.alternatives[0][0]!s}")))
                assert links, row.kind
                followed |= set(links)
                assert row.recipient is not None
                follow(links, row.recipient)
        assert any("/accept/" in link for link in followed)
        assert any("/reject/" in link for link in followed)

    @pytest.mark.parametrize("name", HOSTILE[::7])
    def test_no_name_bends_a_header(self, everything_owed: datetime, name: str) -> None:
        User.objects.update(name=name)
        rows = list(Delivery.objects.exclude(state="gathered").select_related("recipient"))
        for row in rows:
            row.facts |= dict.fromkeys(row.facts.keys() & PEOPLES_WORDS, name)
        for _row, message in messages_of(rows):
            sent = message.message()
            assert sorted(header.lower() for header, _value in sent.items()) == [
                "auto-submitted", "content-type", "date", "from", "message-id", "mime-version", "subject", "to",
            ]  # fmt: skip
            assert len(str(message.subject)) <= 200


class TestOvertaken:
    def test_what_was_answered_meanwhile_says_so_and_asks_for_nothing(
        self, make_waiting: MakeHandoff, rep: User, now: datetime
    ) -> None:
        handoff = make_waiting()
        transitions.accept(handoff_id=handoff.pk, actor=rep, now=now)
        row = Delivery.objects.get(kind=news_kinds.PASSED.key)
        text = str(mail.compose(row).body)
        assert "Nobody has to answer it any more: accepted." in text
        assert "/reject/" not in text

    def test_a_breach_that_went_on_says_where(
        self, make_waiting: MakeHandoff, manager: User, now: datetime, deadline: datetime
    ) -> None:
        handoff = make_waiting()
        type(handoff.policy).objects.update(on_breach="reassign")
        transitions.breach(handoff_id=handoff.pk, now=deadline)
        row = Delivery.objects.get(kind=news_kinds.BREACHED.key)
        assert "It goes on to another rep." in str(mail.compose(row).body)
        assert Handoff.objects.filter(follows=handoff).exists()


def messages_of(rows: Iterable[Delivery]) -> Iterator[tuple[Delivery, EmailMultiAlternatives]]:
    """The mails that would be sent; not those about what was given to somebody else since."""
    for row in rows:
        with suppress(Overtaken):
            yield row, mail.compose(row)


def follow(links: list[str], recipient: User) -> None:
    """As a scanner that is nobody, and as the recipient's own browser."""
    for person in (None, recipient):
        client = Client()
        if person:
            client.force_login(person)
        before = everything()
        for link in links:
            assert link.startswith(settings.BASE_URL)
            path = link.removeprefix(settings.BASE_URL)
            assert client.get(path, follow=True).status_code == 200, (person, link)
            client.head(path)
        assert everything() == before


def everything() -> dict[str, list[Any]]:
    """Every row of our tables, but for when somebody signed in."""
    labels = ("outbox", "leads", "scoring", "handoff", "nurture", "reporting")
    models = [model for label in labels for model in apps.get_app_config(label).get_models() if not model._meta.proxy]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}
