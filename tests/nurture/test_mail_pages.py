"""The pages of mails: written block by block, looked at, tried out, approved; and what became of each."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.core import mail as outgoing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from nurture.mails import editing
from nurture.mails.blocks import KINDS, Block
from nurture.mails.checks import LONGEST_HTML, checks
from nurture.mails.compiling import compile_content
from nurture.mails.forms import rearranged
from nurture.models import Mail, MailVersion
from nurture.sending import sender
from nurture.sending.owing import call_off
from tests.nurture.mailing import approved, draft, send_to, willing
from tests.nurture.test_segments import MakeLead

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketing(marketer: User) -> Client:
    client = Client()
    client.force_login(marketer)
    return client


@pytest.fixture
def mail(marketer: User, now: datetime) -> Mail:
    return editing.make_mail(draft(preheader="A guide"), actor=marketer, now=now)


def at(name: str, mail: Mail) -> str:
    return reverse(f"mails:{name}", args=[mail.public_id])


def posted(client: Client, mail: Mail, **changed: str) -> dict[str, str]:
    """What a browser sends of the page as it is, with these changes."""
    form, blocks = (client.get(at("write", mail)).context[name] for name in ("form", "block_forms"))
    sent = {name: str(form[name].value() or "") for name in form.fields} | {"seen": str(mail.edits)}
    for block in blocks:
        sent[f"{block.prefix}-kind"] = block.kind.key
        sent |= {f"{block.prefix}-{name}": str(block[name].value() or "") for name in block.fields}
    return sent | changed


class TestWriting:
    def test_from_a_name_to_what_somebody_gets(self, marketing: Client, marketer: User) -> None:
        answer = marketing.post(reverse("mails:new"), {"mail_name": "Guide", "purpose": "mailing"}, follow=True)
        mail = Mail.objects.get()
        assert [block.kind.key for block in answer.context["block_forms"]] == ["heading", "text"]
        said = {"subject": "Your guide", "b2-text": "Here it is."}
        marketing.post(at("write", mail), posted(marketing, mail, **said, do="add:button"))
        mail.refresh_from_db()
        button = {"b3-label": "Read it", "b3-url": "https://example.com/guide"}
        answer = marketing.post(at("write", mail), posted(marketing, mail, **button), follow=True)
        assert answer.redirect_chain == [(at("detail", mail), 302)]
        mail.refresh_from_db()
        answer = marketing.post(at("approve", mail), {"seen": mail.edits}, follow=True)
        assert "Version 1 is approved." in answer.text
        mail.refresh_from_db()
        assert mail.approved is not None
        assert [block["kind"] for block in mail.approved.blocks] == ["heading", "text", "button"]

    def test_a_name_that_is_there_is_said_and_nothing_typed_is_lost(self, marketing: Client, mail: Mail) -> None:
        answer = marketing.post(reverse("mails:new"), {"mail_name": "WELCOME", "purpose": "mailing"})
        assert (answer.status_code, "There is a mail of this name." in answer.text) == (422, True)
        assert 'value="WELCOME"' in answer.text

    def test_of_two_who_write_the_second_is_told_and_keeps_the_words(
        self, marketing: Client, mail: Mail, marketer: User, now: datetime
    ) -> None:
        sent = posted(marketing, mail, **{"b2-text": "My words."})
        editing.write(mail.pk, draft(subject="Theirs"), seen=0, actor=marketer, now=now)
        answer = marketing.post(at("write", mail), sent)
        assert answer.status_code == 422
        assert "My words." in answer.text
        assert "Somebody changed it meanwhile" in answer.text
        assert 'name="seen" value="1"' in answer.text
        mail.refresh_from_db()
        assert mail.subject == "Theirs"

    def test_what_is_too_long_is_said_at_its_place(self, marketing: Client, mail: Mail) -> None:
        answer = marketing.post(at("write", mail), posted(marketing, mail, **{"b3-label": "x" * 501}))
        assert answer.status_code == 422
        assert "at most 500 characters" in answer.text

    @pytest.mark.parametrize("seen", ["", "x", "٣", "9" * 30])
    def test_nonsense_is_no_fault_of_the_server(self, marketing: Client, mail: Mail, seen: str) -> None:
        assert marketing.post(at("write", mail), posted(marketing, mail, seen=seen)).status_code == 422
        assert marketing.post(at("approve", mail), {"seen": seen}).status_code == 302
        nonsense = {"seen": "0", "mail_name": "N", "purpose": "mailing", "b1-kind": "nothing", "do": "up:99999"}
        assert marketing.post(at("write", mail), nonsense).status_code == 302

    @pytest.mark.parametrize(
        ("todo", "order", "look_at"),
        [
            ("up:2", "bac", 1),
            ("down:2", "acb", 3),
            ("up:1", "abc", 1),
            ("down:3", "abc", 3),
            ("remove:3", "ab", 2),
            ("remove:1", "bc", 1),
            ("remove:9", "abc", 0),
            ("up:x", "abc", 0),
            ("add:nothing", "abc", 0),
            ("", "abc", 0),
        ],
    )
    def test_blocks_are_moved_and_removed(self, todo: str, order: str, look_at: int) -> None:
        blocks = [Block(KINDS["text"], number, {"text": word}) for number, word in enumerate("abc", start=1)]
        changed, at_block = rearranged(blocks, todo)
        assert ("".join(block["text"] for block in changed), at_block) == (order, look_at)


class TestApproving:
    def test_what_is_wrong_is_not_approved(self, marketing: Client, marketer: User, now: datetime) -> None:
        blocks = [{"kind": "text", "text": "Dear {{ lead.name }}"}]
        mail = editing.make_mail(draft(blocks=blocks), actor=marketer, now=now)
        answer = marketing.post(at("approve", mail), {"seen": "0"}, follow=True)
        assert "There is no field “lead.name”." in answer.text
        assert not MailVersion.objects.exists()

    def test_what_somebody_else_changed_has_to_be_looked_at(
        self, marketing: Client, mail: Mail, marketer: User, now: datetime
    ) -> None:
        editing.write(mail.pk, draft(), seen=0, actor=marketer, now=now)
        answer = marketing.post(at("approve", mail), {"seen": "0"}, follow=True)
        assert "Look at it again" in answer.text
        assert not MailVersion.objects.exists()

    def test_a_draft_beside_an_approved_version_says_so(
        self, marketing: Client, mail: Mail, marketer: User, now: datetime
    ) -> None:
        editing.approve(mail.pk, seen=0, actor=marketer, now=now)
        assert "Approve the draft" not in marketing.get(at("detail", mail)).text
        editing.write(mail.pk, draft(subject="Other"), seen=0, actor=marketer, now=now)
        page = marketing.get(at("detail", mail)).text
        assert "Approve the draft" in page
        assert "People get the approved one." in page


class TestLooking:
    def test_it_is_shown_as_a_lead_gets_it_in_a_frame_that_can_do_nothing(
        self, marketing: Client, mail: Mail, make_lead: MakeLead
    ) -> None:
        lead = make_lead(first_name="<Ada>")
        page = marketing.get(at("preview", mail), {"lead": str(lead.public_id)})
        frames = re.findall(r"<iframe.*?</iframe>", page.text, re.DOTALL)
        assert len(frames) == 2
        assert all("sandbox>" in frame and str(lead.public_id) in frame for frame in frames)
        assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
        answer = marketing.get(at("page", mail), {"lead": str(lead.public_id)})
        assert "Hello &lt;Ada&gt;" in answer.text
        policy = answer.headers["Content-Security-Policy"]
        assert "sandbox" in policy
        assert "script-src" not in policy
        assert "default-src 'none'" in policy
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"

    def test_without_images_none_is_fetched(self, marketing: Client, mail: Mail) -> None:
        answer = marketing.get(at("page", mail), {"images": "off"})
        assert "img-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "https:" in marketing.get(at("page", mail)).headers["Content-Security-Policy"]

    @pytest.mark.parametrize("lead", ["", "x", "00000000-0000-0000-0000-000000000000"])
    def test_nobody_chosen_is_somebody_of_whom_nothing_is_known(self, marketing: Client, mail: Mail, lead: str) -> None:
        assert "Hello there" in marketing.get(at("page", mail), {"lead": lead}).text

    def test_the_approved_version_is_another_than_the_draft(
        self, marketing: Client, mail: Mail, marketer: User, now: datetime
    ) -> None:
        editing.approve(mail.pk, seen=0, actor=marketer, now=now)
        editing.write(mail.pk, draft(blocks=[{"kind": "text", "text": "New words"}]), seen=0, actor=marketer, now=now)
        assert "New words" in marketing.get(at("page", mail)).text
        assert "New words" not in marketing.get(at("page", mail), {"of": "approved"}).text

    def test_nobody_who_looks_can_choose_for_the_lead(self, marketing: Client, mail: Mail, make_lead: MakeLead) -> None:
        lead = make_lead()
        page = marketing.get(at("page", mail), {"lead": str(lead.public_id)}).text
        assert re.search(r"/preferences/\w", page) is None

    def test_a_test_goes_to_whoever_asks(self, marketing: Client, mail: Mail, marketer: User) -> None:
        answer = marketing.post(at("test", mail), follow=True)
        [sent] = outgoing.outbox
        assert marketer.email in sent.to[0]
        assert (sent.subject, "Hello there" in str(sent.body)) == ("[Test] Hello", True)
        assert "sent to your own address" in answer.text

    def test_a_test_that_does_not_leave_says_what_is_wrong(self, marketing: Client, mail: Mail, settings: Any) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        assert "Nothing listens" in marketing.post(at("test", mail), follow=True).text


class TestChecks:
    def of(self, **fields: Any) -> str:
        said = {"subject": "Hello", "preheader": "p", "blocks": [{"kind": "text", "text": "Words."}]}
        content = MailVersion(**(said | fields))
        return " ".join(f"{check.place} {check.message}" for check in checks(content, compile_content(content)))

    def test_nothing_looks_odd(self) -> None:
        assert self.of() == ""

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"subject": ""}, "There is no subject"),
            ({"blocks": []}, "no content"),
            ({"preheader": ""}, "no preview line"),
            ({"subject": "x" * 71}, "longer than 70"),
            ({"subject": "READ THIS NOW"}, "in capitals"),
            ({"subject": "Act NOW"}, "spam: act now"),
            ({"subject": "{{ lead.city }}"}, "leaves a gap"),
            ({"blocks": [{"kind": "text", "text": "[x](http://a.example/)"}]}, "http://"),
            ({"blocks": [{"kind": "text", "text": "word " * (LONGEST_HTML // 5)}]}, "over 100 kB"),
            ({"blocks": [{"kind": "image", "src": "https://a.example/i.png"}]}, "nothing but images"),
            ({"blocks": [{"kind": "image", "src": "https://a.example/i.png"}]}, "Image 1, what it shows Nothing says"),
            ({"blocks": [{"kind": "button", "url": "https://a.example/"}]}, "has no words"),
        ],
    )
    def test_what_is_odd_is_said(self, fields: dict[str, Any], words: str) -> None:
        assert words in self.of(**fields)


class TestResults:
    def test_it_says_how_many_were_sent_and_why_others_were_not(
        self, marketing: Client, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        version = approved(by=marketer, now=now)
        leads = [willing(make_lead, now) for _number in range(2)]
        send_to(version, [*leads, make_lead()], now=now)
        call_off([f"k:{leads[0].pk}"], now=now)
        sender.send_batch(now=now)
        page = marketing.get(at("detail", version.mail))
        assert [figure["value"] for figure in page.context["figures"]] == ["1", "0", "0", "2"]
        assert "They have not agreed to get mail." in page.text
        assert "It was called off before it was sent." in page.text
        assert "1" in marketing.get(reverse("mails:list")).text
        lead_page = marketing.get(reverse("leads:detail", args=[leads[0].public_id])).text
        assert "It was called off before it was sent." in lead_page

    def test_the_list_costs_the_same_with_any_number(self, marketing: Client, marketer: User, now: datetime) -> None:
        counts = []
        for start, stop in ((0, 2), (2, 12)):
            for number in range(start, stop):
                approved(by=marketer, now=now, name=f"M{number}")
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert marketing.get(reverse("mails:list")).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_there_are_none_yet(self, marketing: Client) -> None:
        assert "There are no mails yet" in marketing.get(reverse("mails:list")).text


def test_reps_write_no_mails(client: Client, rep: User, mail: Mail) -> None:
    client.force_login(rep)
    assert [client.get(at(name, mail)).status_code for name in ("detail", "write", "page")] == [403] * 3
