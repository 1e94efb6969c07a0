"""Every kind of mail: it is composed in text and HTML, its headers hold, and following its links decides nothing."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.test import Client

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import Handoff, Reason
from leads.events import Agent
from leads.models import Lead
from outbox import deliveries, mail
from outbox.models import Delivery, News
from outbox.pacing import MOST_SINGLE
from outbox.sending import lease
from tests.handoff.conftest import MakeHandoff
from tests.outbox.test_mail import HOSTILE
from tests.outbox.test_news import chat_of

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
    deliveries.owe_half_time(waiting, now=now)
    deliveries.owe_moved(waiting, now=now)
    deliveries.owe(waiting, News.NEARLY_LATE, [rep, manager], now=now)
    given = make_waiting(first_name="Clara", assignee=other_rep)
    transitions.reassign(handoff_id=given.pk, assignee=rep, agent=Agent(user=manager), now=now)
    transitions.breach(handoff_id=make_waiting(first_name="Dora").pk, now=deadline)
    refused = make_waiting(first_name="Emma")
    transitions.reject(handoff_id=refused.pk, actor=rep, reason=reason("not_icp"), text="They moved.", now=now)
    deliveries.owe_review_of(make_ready(first_name="Fanny"), now=now)
    for kind in (News.TO_SIGN, News.SIGNATURE_VOID, News.IN_FORCE):
        deliveries.owe_criteria(
            kind, pk=1, version=1, path="/criteria/1/", by=manager, recipients=[marketer, manager], now=now
        )
    deliveries.owe_held(due=1200, waiting=1500, path="/queue/", key="1", now=now)
    deliveries.owe_review(
        version=1, due_on=date(2026, 3, 1), path="/reports/review/", key="1", recipients=[marketer, manager], now=now
    )
    deliveries.owe_paused(chat_of(rep, last_error="410 gone", is_active=False), path="/notices/settings/", now=now)
    for number in range(MOST_SINGLE + 1):
        deliveries.owe(waiting, News.BREACHED, [administrator], key=f"storm{number}", now=now)
    Delivery.objects.filter(recipient=administrator).update(next_try_at=now - timedelta(hours=1))
    lease(now=now)
    return deadline


class TestEveryKind:
    def test_is_composed_with_its_headers(self, everything_owed: datetime) -> None:
        rows = list(Delivery.objects.exclude(state="gathered").select_related("recipient"))
        assert {row.kind for row in rows} == {kind.value for kind in News}
        for row in rows:
            assert row.recipient is not None
            message = mail.compose(row, row.recipient)
            for part in (str(message.body), str(message.alternatives[0][0])):
                assert "/notices/settings/" in part
                assert not re.search(r"%\(|\{\{|\{%|None", part), (row.kind, part)
            assert "\n\n\n" not in str(message.body), row.kind
            assert message.extra_headers == {"Message-ID": mail.message_id(row), "Auto-Submitted": "auto-generated"}
            assert str(message.subject).strip()

    def test_following_every_link_changes_nothing(self, everything_owed: datetime) -> None:
        followed = set()
        with time_machine.travel(everything_owed - timedelta(hours=1), tick=False):
            for row in Delivery.objects.exclude(state="gathered").select_related("recipient"):
                try:
                    recipient = mail.recipient_of(row)
                except mail.Overtaken:  # given to somebody else since: this mail is not sent
                    continue
                assert recipient is not None
                message = mail.compose(row, recipient)
                links = sorted(set(LINK.findall(f"{message.body}\n{message.alternatives[0][0]!s}")))
                assert links, row.kind
                followed |= set(links)
                follow(links, recipient)
        assert any("/accept/" in link for link in followed)
        assert any("/reject/" in link for link in followed)

    @pytest.mark.parametrize("name", HOSTILE[::7])
    def test_no_name_bends_a_header(self, everything_owed: datetime, name: str) -> None:
        Lead.objects.update(first_name=name, last_name="", job_title=name)
        User.objects.update(name=name)
        Reason.objects.update(name=name[:100])
        for row in Delivery.objects.exclude(state="gathered").select_related("recipient"):
            assert row.recipient is not None
            message = mail.compose(row, row.recipient)
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
        row = Delivery.objects.get(kind=News.PASSED)
        text = str(mail.compose(row, rep).body)
        assert "No answer is waited for any more: accepted." in text
        assert "/reject/" not in text

    def test_a_breach_that_went_on_says_where(
        self, make_waiting: MakeHandoff, manager: User, now: datetime, deadline: datetime
    ) -> None:
        handoff = make_waiting()
        type(handoff.policy).objects.update(on_breach="reassign")
        transitions.breach(handoff_id=handoff.pk, now=deadline)
        row = Delivery.objects.get(kind=News.BREACHED)
        assert "It goes on to another rep." in str(mail.compose(row, manager).body)
        assert Handoff.objects.filter(follows=handoff).exists()


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
    labels = ("outbox", "leads", "scoring", "handoff", "reporting")
    models = [model for label in labels for model in apps.get_app_config(label).get_models() if not model._meta.proxy]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}
