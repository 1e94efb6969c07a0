"""News is told once, to each person by the ways they chose, at the same cost for one and for a hundred."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.template.loader import get_template
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import roles
from accounts.models import User
from handoff import news_kinds
from handoff.lifecycle import transitions
from handoff.models import Reason
from handoff.news import enqueue_about, enqueue_passed
from leads.events import Agent
from outbox.kinds import NewsKind, all_kinds, register, told_kinds
from outbox.models import ChatWebhook, Delivery, Notice, NoticeChoice
from tests.conftest import make_person
from tests.handoff.conftest import MakeHandoff
from tests.outbox.telling import sentence_of

URL = "https://hooks.slack.com/services/T/B/x"


def chat_of(owner: User | None = None, **fields: object) -> ChatWebhook:
    return ChatWebhook.objects.create(
        **{"name": "Slack", "product": "slack", "url": URL, "owner": owner, "kinds": [], **fields}
    )


def ways() -> dict[str, list[str]]:
    """Who was told by which way."""
    return {
        "bell": sorted(str(notice.recipient) for notice in Notice.objects.select_related("recipient")),
        "mail": sorted(str(mail.recipient) for mail in Delivery.objects.filter(webhook=None)),
        "chat": sorted(str(chat.recipient or chat.webhook) for chat in Delivery.objects.exclude(webhook=None)),
    }


class TestWays:
    def test_who_chose_nothing_is_told_by_bell_and_mail(self, make_waiting: MakeHandoff) -> None:
        make_waiting()
        assert ways() == {"bell": ["Ana Rep"], "mail": ["Ana Rep"], "chat": []}

    def test_by_chat_too_when_there_is_one(self, make_waiting: MakeHandoff, rep: User, manager: User) -> None:
        chat_of(rep)
        chat_of(manager)
        make_waiting()
        assert ways() == {"bell": ["Ana Rep"], "mail": ["Ana Rep"], "chat": ["Ana Rep"]}

    @pytest.mark.parametrize("way", ["bell", "mail", "chat"])
    def test_each_way_is_switched_off_alone(self, make_waiting: MakeHandoff, rep: User, way: str) -> None:
        chat_of(rep)
        NoticeChoice.objects.create(user=rep, kind=news_kinds.PASSED.key, **{f"by_{way}": False})
        make_waiting()
        assert ways() == {one: [] if one == way else ["Ana Rep"] for one in ("bell", "mail", "chat")}

    def test_a_choice_is_about_its_kind_only(self, make_waiting: MakeHandoff, rep: User) -> None:
        NoticeChoice.objects.create(user=rep, kind=news_kinds.HALF_TIME.key, by_bell=False, by_mail=False)
        make_waiting()
        assert ways()["mail"] == ["Ana Rep"]

    def test_a_webhook_not_in_use_gets_nothing(self, make_waiting: MakeHandoff, rep: User) -> None:
        chat_of(rep, is_active=False)
        chat_of(name="#leads", kinds=[news_kinds.PASSED.key], is_active=False)
        make_waiting()
        assert ways()["chat"] == []

    def test_a_teams_channel_is_told_once_of_the_kinds_it_wants(
        self, make_waiting: MakeHandoff, manager: User, administrator: User, deadline: datetime
    ) -> None:
        make_person("second@example.com", roles.SALES_MANAGER, "Second Manager")
        chat_of(name="#breaches", kinds=[news_kinds.BREACHED.key])
        chat_of(name="#leads", kinds=[news_kinds.PASSED.key])
        handoff = make_waiting()
        assert ways()["chat"] == ["#leads"]
        transitions.breach(handoff_id=handoff.pk, now=deadline)
        assert ways()["chat"] == ["#breaches", "#leads"]
        assert ways()["bell"] == ["Ana Rep", "Mila Manager", "Second Manager"]


class TestOnce:
    def test_saying_it_twice_tells_it_once(self, make_waiting: MakeHandoff, rep: User, now: datetime) -> None:
        chat_of(rep)
        chat_of(name="#leads", kinds=[news_kinds.PASSED.key])
        handoff = make_waiting()
        before = ways()
        enqueue_passed(handoff, now=now + timedelta(minutes=5))
        assert ways() == before

    def test_it_is_gone_with_the_transaction_that_made_it(
        self, make_ready: MakeHandoff, rep: User, now: datetime
    ) -> None:
        handoff = make_ready()
        with transaction.atomic():
            enqueue_about(news_kinds.PASSED, handoff, [rep], now=now)
            transaction.set_rollback(True)
        assert ways() == {"bell": [], "mail": [], "chat": []}

    def test_each_reassignment_is_news(
        self, make_waiting: MakeHandoff, rep: User, other_rep: User, manager: User, now: datetime
    ) -> None:
        handoff = make_waiting()
        for minute, assignee in enumerate((other_rep, rep, other_rep), start=1):
            transitions.reassign(
                handoff_id=handoff.pk,
                assignee=assignee,
                agent=Agent(user=manager),
                now=now + timedelta(minutes=minute),
            )
        assert Notice.objects.filter(kind=news_kinds.REASSIGNED.key).count() == 3


class TestCost:
    def test_is_the_same_for_one_and_for_a_hundred(self, make_ready: MakeHandoff, now: datetime) -> None:
        people = [make_person(f"m{n}@example.com", roles.MARKETING, f"M {n}") for n in range(100)]
        for person in people[::2]:
            chat_of(person)
        handoff = make_ready()

        def cost(recipients: list[User], kind: NewsKind) -> int:
            with CaptureQueriesContext(connection) as queries:
                enqueue_about(kind, handoff, recipients, now=now)
            return len(queries)

        assert cost(people[:1], news_kinds.TO_REVIEW) == cost(people, news_kinds.RETURNED) <= 8
        assert Delivery.objects.filter(kind=news_kinds.RETURNED.key).count() == 150


class TestSentence:
    def test_a_manager_reads_whose_lead_it_is(
        self, make_waiting: MakeHandoff, rep: User, manager: User, now: datetime
    ) -> None:
        handoff = make_waiting(first_name="Berta")
        enqueue_about(news_kinds.NEARLY_LATE, handoff, {rep, manager}, now=now)
        said = {
            str(notice.recipient): sentence_of(notice)
            for notice in Notice.objects.filter(kind=news_kinds.NEARLY_LATE.key)
        }
        assert said == {
            "Ana Rep": "Answer soon: Berta waits for you until Wed 11 Mar 2026, 09:00",
            "Mila Manager": "Answer soon: Berta waits for Ana Rep until Wed 11 Mar 2026, 09:00",
        }

    def test_returned_says_who_and_why(
        self, make_waiting: MakeHandoff, marketer: User, rep: User, reason: Callable[[str], Reason], now: datetime
    ) -> None:
        handoff = make_waiting(first_name="Berta")
        transitions.reject(handoff_id=handoff.pk, actor=rep, reason=reason("not_icp"), now=now)
        notice = Notice.objects.get(kind=news_kinds.RETURNED.key)
        assert notice.recipient == marketer
        assert sentence_of(notice) == f"Ana Rep sent Berta back: {reason('not_icp').name}"


class TestKinds:
    @pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
    def test_each_has_its_templates_and_its_icon(self, kind: NewsKind) -> None:
        for ending in ("txt", "html"):
            get_template(f"{kind.mail}.{ending}")
        assert (settings.BASE_DIR / "static" / "icons" / f"{kind.icon}.svg").exists()
        assert str(kind.label)

    def test_all_but_the_digest_can_be_chosen_most_pressing_first(self) -> None:
        assert [kind.key for kind in told_kinds()] == [
            "handoff.passed", "handoff.reassigned", "handoff.deadline_moved", "handoff.half_time",
            "handoff.nearly_late", "handoff.given_away", "handoff.merged_away", "handoff.breached", "lead.task_due",
            "lead.tasks_given", "nurture.told", "handoff.returned", "handoff.to_review", "sla.held", "criteria.to_sign",
            "criteria.signed", "criteria.void", "criteria.in_force", "criteria.review_due", "chat.paused",
        ]  # fmt: skip

    @pytest.mark.parametrize(("key", "order"), [("handoff.new", 10), ("handoff.passed", 11)])
    def test_two_cannot_have_one_key_or_one_place(self, key: str, order: int) -> None:
        with pytest.raises(ValueError, match="there is such a kind"):
            register(replace(news_kinds.PASSED, key=key, order=order))

    def test_who_has_chosen_nothing_gets_what_the_kind_gives(self, make_ready: MakeHandoff, rep: User) -> None:
        quiet = replace(news_kinds.PASSED, by_mail=False)
        enqueue_about(quiet, make_ready(), [rep], now=timezone.now())
        assert ways() == {"bell": ["Ana Rep"], "mail": [], "chat": []}
