"""Mails are written by one after the other, approved as they were looked at, and owed once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from leads.events import Agent
from leads.merging.merging import merge
from leads.models import Lead, Purpose
from leads.models.erasure import ErasureReason
from leads.normalise import Refusal
from leads.privacy.erasing import erase
from nurture.mails import editing
from nurture.mails.editing import Changed, Draft
from nurture.models import Mail, MailSend, MailVersion, SendState, Why
from nurture.sending.owing import Owed, call_off, enqueue
from tests.leads.test_illegal_rows import refused

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]


def draft(**fields: Any) -> Draft:
    said = {"name": "Welcome", "subject": "Hello", "blocks": [{"kind": "text", "text": "Good day."}]}
    return Draft(purpose=Purpose.objects.get(key="mailing"), **(said | fields))


@pytest.fixture
def mail(marketer: User, now: datetime) -> Mail:
    return editing.make_mail(draft(), actor=marketer, now=now)


@pytest.fixture
def version(mail: Mail, marketer: User, now: datetime) -> MailVersion:
    return editing.approve(mail.pk, seen=0, actor=marketer, now=now)


class TestWriting:
    def test_a_name_is_that_of_one_mail(self, mail: Mail, marketer: User, now: datetime) -> None:
        with pytest.raises(Refusal, match="There is a mail of this name"):
            editing.make_mail(draft(name="WELCOME"), actor=marketer, now=now)

    def test_of_two_who_write_the_second_is_told(self, mail: Mail, marketer: User, now: datetime) -> None:
        editing.write(mail.pk, draft(subject="First"), seen=0, actor=marketer, now=now)
        with pytest.raises(Changed):
            editing.write(mail.pk, draft(subject="Second"), seen=0, actor=marketer, now=now)
        mail.refresh_from_db()
        assert (mail.subject, mail.edits) == ("First", 1)

    def test_nobody_approves_what_they_did_not_look_at(self, mail: Mail, marketer: User, now: datetime) -> None:
        editing.write(mail.pk, draft(subject="Other"), seen=0, actor=marketer, now=now)
        with pytest.raises(Changed):
            editing.approve(mail.pk, seen=0, actor=marketer, now=now)

    @pytest.mark.parametrize("lacking", [{"subject": ""}, {"blocks": []}])
    def test_what_says_nothing_is_not_approved(self, lacking: Any, marketer: User, now: datetime) -> None:
        mail = editing.make_mail(draft(**lacking), actor=marketer, now=now)
        with pytest.raises(Refusal):
            editing.approve(mail.pk, seen=0, actor=marketer, now=now)

    def test_what_is_approved_stays_while_the_draft_goes_on(
        self, mail: Mail, version: MailVersion, marketer: User, now: datetime
    ) -> None:
        editing.write(mail.pk, draft(subject="Later"), seen=0, actor=marketer, now=now)
        mail.refresh_from_db()
        assert mail.approved is not None
        assert (mail.subject, mail.approved.subject, mail.approved.number) == ("Later", "Hello", 1)
        second = editing.approve(mail.pk, seen=1, actor=marketer, now=now)
        mail.refresh_from_db()
        assert (mail.approved, second.number, second.approved_by) == (second, 2, marketer)


class TestOwing:
    def test_who_asks_twice_owes_once(self, version: MailVersion, make_lead: MakeLead, now: datetime) -> None:
        one, other = make_lead(), make_lead()
        enqueue(version, [Owed(one.pk, "a"), Owed(other.pk, "b")], now=now)
        enqueue(version, [Owed(one.pk, "a"), Owed(one.pk, "c")], now=now)
        sends = MailSend.objects.order_by("key").values_list("key", "lead", "state", "next_try_at")
        assert list(sends) == [
            ("a", one.pk, "pending", now),
            ("b", other.pk, "pending", now),
            ("c", one.pk, "pending", now),
        ]

    def test_what_waits_is_called_off_and_says_why(
        self, version: MailVersion, make_lead: MakeLead, now: datetime
    ) -> None:
        lead = make_lead()
        enqueue(version, [Owed(lead.pk, key) for key in "abc"], now=now)
        MailSend.objects.get(key="c").take(timedelta(minutes=5), now=now)
        assert call_off(["a", "c"], now=now, why=Why.WITH_SALES) == 1
        assert list(MailSend.objects.order_by("key").values_list("state", "reason")) == [
            ("unsent", "with_sales"),
            ("pending", ""),
            ("pending", ""),
        ]

    def test_who_is_erased_gets_nothing_and_figures_stay(
        self, version: MailVersion, make_lead: MakeLead, marketer: User, now: datetime
    ) -> None:
        lead = make_lead()
        enqueue(version, [Owed(lead.pk, "a")], now=now)
        erase(lead_id=lead.pk, reason=ErasureReason.ASKED, agent=Agent(user=marketer), now=now)
        assert [(send.state, send.reason) for send in MailSend.objects.all()] == [(SendState.NOT_SENT, Why.NO_ADDRESS)]

    def test_of_two_leads_that_become_one_the_survivor_has_them(
        self, version: MailVersion, make_lead: MakeLead, marketer: User, now: datetime
    ) -> None:
        one, other = make_lead(), make_lead()
        enqueue(version, [Owed(one.pk, "a"), Owed(other.pk, "b")], now=now)
        merge(lead_ids=(other.pk, one.pk), chosen=set(), agent=Agent(user=marketer), now=now)
        assert MailSend.objects.values("lead").distinct().count() == 1
        assert MailSend.objects.count() == 2


class TestErasingWords:
    def test_a_mail_that_names_somebody_is_in_force_no_more(
        self, make_lead: MakeLead, marketer: User, now: datetime
    ) -> None:
        lead = make_lead(first_name="Ada", last_name="Best")
        columns = {"kind": "columns", "columns": [{"text": "“Great”, says Ada Best."}, {"text": "Best regards"}]}
        mail = editing.make_mail(draft(blocks=[columns]), actor=marketer, now=now)
        version = editing.approve(mail.pk, seen=0, actor=marketer, now=now)
        erase(lead_id=lead.pk, reason=ErasureReason.ASKED, agent=Agent(user=marketer), now=now)
        mail.refresh_from_db()
        version.refresh_from_db()
        emptied = [{"kind": "columns", "columns": [{"text": ""}, {"text": "Best regards"}]}]
        assert (mail.approved, mail.blocks, version.blocks) == (None, emptied, emptied)


class TestRows:
    @pytest.mark.parametrize(
        ("change", "guard"),
        [
            ("name = ''", "mail_has_name"),
            ("approved_id = (SELECT max(id) FROM nurture_mailversion)", "one of another mail"),
        ],
    )
    def test_a_mail_is_not_stored(self, change: str, guard: str, mail: Mail, marketer: User, now: datetime) -> None:
        other = editing.make_mail(draft(name="Other"), actor=marketer, now=now)
        editing.approve(other.pk, seen=0, actor=marketer, now=now)
        assert guard in refused(f"UPDATE nurture_mail SET {change} WHERE id = %s", mail.pk)  # noqa: S608

    @pytest.mark.parametrize(
        "statement", ["UPDATE nurture_mailversion SET subject = 'Other'", "DELETE FROM nurture_mailversion"]
    )
    def test_what_was_approved_is_never_another(self, version: MailVersion, statement: str) -> None:
        assert "never changed" in refused(statement)

    @pytest.mark.parametrize(
        ("columns", "guard"),
        [
            ("key = ''", "mail_send_has_key"),
            ("state = 'sent'", "mail_send_sent_says_when"),
            ("sent_at = now()", "mail_send_sent_says_when"),
            ("state = 'unsent'", "mail_send_says_why_not"),
            ("state = 'unsent', reason = 'cap'", "mail_send_says_why_not"),
            ("state = 'dead', reason = 'cap'", "mail_send_says_why_not"),
            ("state = 'lost', reason = 'cap'", "mail_send_says_why_not"),
            ("reason = 'suppressed'", "mail_send_says_why_not"),
            ("state = 'sent', sent_at = now(), lease_until = now()", "mail_send_ended_is_free"),
        ],
    )
    def test_a_send_is_not_stored(
        self, columns: str, guard: str, version: MailVersion, make_lead: MakeLead, now: datetime
    ) -> None:
        enqueue(version, [Owed(make_lead().pk, "a")], now=now)
        assert guard in refused(f"UPDATE nurture_mailsend SET {columns}")  # noqa: S608
