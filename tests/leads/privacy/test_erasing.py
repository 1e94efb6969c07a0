"""A person is erased: nothing that says who it was is anywhere, the figures stay, and the address stays out."""

import io
import json
import uuid
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from capture import inbox, quarantine
from capture.hooks.editing import add_hook
from capture.models import (
    Form,
    HookMessage,
    Identification,
    ImportBatch,
    ImportChange,
    InboxItem,
    QuarantinedEvent,
    Sighting,
    Submission,
    Visitor,
    VisitorEvent,
)
from capture.sites.adding import add_site
from handoff import contacts
from handoff.lifecycle import transitions
from handoff.models import Handoff
from handoff.states import State
from leads import by_hand
from leads.consent.ledger import withdraw
from leads.consent.suppression import is_suppressed
from leads.events import Agent
from leads.exporting import background
from leads.exporting.lists import listed
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities, take_leads
from leads.lead_tasks.reminding import remind_due
from leads.lead_tasks.writing import Plan
from leads.lead_tasks.writing import add as add_task
from leads.listing import saved_views
from leads.merging.company_duplicates import COMPANIES
from leads.merging.finding import find
from leads.models import Activity, ActivityType, Erasure, Lead, LeadEvent, Purpose
from leads.models.erasure import ErasureReason
from leads.models.identifier import LeadIdentifier
from leads.models.merge import DuplicateKey, Merge
from leads.normalise import Refusal
from leads.privacy.erasing import ErasedAlready, erase, how_much
from leads.privacy.holdings import KnownHolding, holdings, register
from leads.privacy.ledger_files import store_entries
from leads.privacy.person_copy import copy_of
from nurture.mails.editing import Draft, approve, make_mail
from nurture.segments.editing import make_list, make_segment
from nurture.segments.lists import add_to_list
from nurture.sending.owing import Owed, enqueue
from outbox import letters
from scoring import overrides
from tests.handoff.promoting import drain_and_promote, promote_missed
from tests.leads.custom_fields.building import make_field
from tests.nurture.sequences import WAIT_3_DAYS, enrol, started

pytestmark = pytest.mark.django_db

CANARY: Final = "zebrafink"
EMAIL: Final = f"{CANARY}.Lima@{CANARY}-mail.com"
TEST: Final = Agent(name="test")
# Columns of every type that can hold words.
WORDS: Final = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public'
  AND (data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'bytea', 'tsvector') OR udt_name = 'citext')
"""


def places() -> Iterator[str]:
    """Every table and column of the database in which the canary is."""
    with connection.cursor() as cursor:
        cursor.execute(WORDS)
        for table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ILIKE %s',  # noqa: S608 (names of our own)
                [f"%{CANARY}%"],
            )
            if cursor.fetchone()[0]:
                yield f"{table}.{column}"


@pytest.fixture
def lead(marketer: User, rep: User, now: datetime) -> Lead:
    """A person of whom every part of the product knows something, on the way to sales."""
    at = now - timedelta(hours=2)
    known = LeadInput(
        email=EMAIL, first_name=CANARY, last_name=CANARY, phone=f"+351 {CANARY}", job_title=f"Founder of {CANARY}",
        city=CANARY, company="Acme", employees=80, country="PT", external_id=f"crm-{CANARY}", system="crm",
    )  # fmt: skip
    seen = [
        ActivityInput(
            message_id=f"{CANARY}-{number}", type=kind, lead=known, occurred_at=at, page="/pricing",
            asset="LM_Guide_Jan2026", properties={"who": CANARY},
        )
        for number, kind in enumerate(("page_view", "download"))
    ]  # fmt: skip
    results = take_activities(seen, agent=TEST, source="test", now=at)
    made = Lead.objects.get(pk=results[0].lead_id)  # type: ignore[union-attr]
    called = by_hand.Doing(
        message_id="by hand", type=ActivityType.objects.get(key="page_view"), at=at, note=f"Met {CANARY}."
    )
    by_hand.log(lead=made, doing=called, person=marketer, now=now)
    overrides.give(
        lead_id=made.pk, points=5, reason=f"{CANARY} is a friend.", expires_at=now + timedelta(days=9), actor=marketer,
        now=now,
    )  # fmt: skip
    withdraw(
        lead_id=made.pk, purpose="calling", source="by phone", agent=Agent(user=marketer), now=now,
        note=f"{CANARY} called.",
    )  # fmt: skip
    drain_and_promote(now=now)
    return made


@pytest.fixture
def strewn(lead: Lead, marketer: User, now: datetime) -> None:
    """What came in about the person and was not, or not only, made a lead of."""
    refusal = Refusal("unknown_type", "type", f"“{CANARY}” is no type.")
    sent = {"lead": {"email": EMAIL.upper()}, "type": CANARY}
    quarantine.keep([(sent, now, refusal)], source="test", system="", kind="events")
    inbox.append([sent, {"lead": {"email": "other@example.com"}}], source="test", system="", agent=TEST, now=now)
    form = Form.objects.create(name="F", title="F", created_at=now, changed_at=now)
    raw = {"email": [EMAIL], "first_name": [CANARY]}
    about = {"form": form, "came_by": "post", "received_at": now, "raw": raw}
    Submission.objects.create(**about, verdict="unusable", code="x", reason=f"{CANARY} is no name.")
    Submission.objects.create(
        **about, verdict="as_lead", lead=lead, taken_at=now, differences={"first_name": CANARY}
    )  # fmt: skip
    name = default_storage.save("imports/test", ContentFile(f"email\n{EMAIL}\n".encode()))
    batch = ImportBatch.objects.create(
        file_name="a.csv", encoding="utf-8", delimiter=",", created_by=marketer, created_at=now, touched_at=now,
        stored_as=name,
    )  # fmt: skip
    LeadIdentifier.objects.create(lead=lead, email_key=f"{CANARY}@private.example")
    LeadIdentifier.objects.create(lead=lead, system="shop", external_id=f"shop-{CANARY}")
    Merge.objects.create(
        survivor=lead, merged_key=1, merged_public_id=uuid.uuid4(), before={"who": CANARY}, at=now, agent="test"
    )
    DuplicateKey.objects.create(lead=lead, key=f"name:{CANARY}")
    aside = [({"email": f"{CANARY}@private.example"}, now, refusal)]
    quarantine.keep(aside, kind="events", source="test", system="")
    batch.problems.create(line=2, code="email", message=f"“{EMAIL}” is known.")


@pytest.fixture
def strewn_further(lead: Lead, strewn: None, marketer: User, now: datetime) -> None:
    """What the rest of the product keeps: browsers, webhooks, imports, mails, exports, fields of one's own."""
    make_field("text", "Hobby")
    Lead.objects.filter(pk=lead.pk).update(custom={"hobby": CANARY})
    site = add_site(name="Shop", origins=["https://shop.example"], actor=marketer, now=now)
    said = {"email": EMAIL, "first_name": CANARY}
    visitor = Visitor.objects.create(site=site, key=f"v-{CANARY}", first_seen_at=now, description=said)
    Identification.objects.create(visitor=visitor, lead=lead, at=now, state="attributed", claimed=said, recorded_at=now)
    VisitorEvent.objects.create(
        visitor=visitor, message_key=uuid.uuid4(), occurred_at=now, received_at=now, event=json.dumps({"by": CANARY})
    )
    Sighting.objects.create(site=site, at=now, facts={"lead": str(lead.public_id), "whose": CANARY})
    batch = ImportBatch.objects.get()
    ImportChange.objects.create(batch=batch, source="leads_lead", key=lead.pk, lead=lead, before=None, after=said)
    hook = add_hook(name="Survey", actor=marketer, now=now)
    HookMessage.objects.create(
        hook=hook, digest="x", body=json.dumps(said), detail=f"{EMAIL} is no name.", received_at=now, last_at=now
    )
    plan = Plan(text=f"Call {CANARY}.", due_on=now.date(), assignee=marketer)
    owner = User.objects.exclude(pk=marketer.pk)[0]
    add_task(lead=lead, plan=plan, actor=owner, now=now)
    remind_due(now=now)
    find(COMPANIES, now=now)
    about_them = f"custom=custom.hobby&compare=equals&value={CANARY}"
    make_segment(name=f"For {CANARY}", query=about_them, actor=marketer, now=now)
    after = started([WAIT_3_DAYS], by=marketer, now=now, name=f"After {CANARY}", goal=about_them, exit_when=about_them)
    enrol(after, lead, by=marketer, now=now)
    fair = make_list(name="Fair", actor=marketer, now=now)
    add_to_list(fair.pk, [lead.pk], actor=marketer, now=now)
    words = [{"kind": "text", "text": f"{CANARY} {CANARY} says hello."}]
    purpose = Purpose.objects.get(key="mailing")
    draft = Draft(name=f"Of {EMAIL}", purpose=purpose, subject=f"{CANARY} {CANARY}", preheader=EMAIL, blocks=words)
    version = approve(make_mail(draft, actor=marketer, now=now).pk, seen=0, actor=marketer, now=now)
    enqueue(version, [Owed(lead.pk, "a")], now=now)
    for address in (EMAIL.upper(), f"{CANARY}@private.example"):
        mail = {"address": address, "subject": f"For {CANARY}", "text": f"Dear {CANARY},", "dedupe_key": address[::-1]}
        letters.write(**mail, unsubscribe_url=f"https://x.example/{CANARY}", now=now)
    for query in (f"q={EMAIL.replace('@', '%40')}", f"stage=lead&q={CANARY}"):
        background.ask(listed("leads"), file_format="csv", count=1, query=query, user=marketer, now=now)
        saved_views.save(owner=marketer, name=f"{query[:3]} {CANARY}", query=query, is_shared=True, now=now)


# Tables with columns of words in which nothing of a lead is kept, so nothing can be left there: what is configured,
# what our own people are called and say of their work, what is counted, and what names rows by ids alone.
OF_NO_LEAD: Final = frozenset(
    """
    account_emailaddress account_emailconfirmation accounts_apikey accounts_settledstep accounts_setupcode
    accounts_standstill config_server
    accounts_user auth_group auth_permission capture_anonymouscount capture_channelrecount capture_channelrule
    capture_datacentrerange capture_eventmeaning capture_form capture_formfield capture_hook capture_importbatch
    capture_importundo capture_knownsite capture_maildomain capture_seenevent capture_site capture_tagspelling
    config_demonstration django_admin_log django_content_type django_migrations django_session handoff_absence
    handoff_calendar handoff_hold handoff_ownday handoff_passpolicy handoff_reason handoff_routingrule
    handoff_slapolicy handoff_sweepmark leads_activitytype leads_asset leads_bulkchange leads_campaign
    leads_channel leads_company leads_companyalias leads_companychange leads_companyduplicate leads_companymerge
    leads_customfield leads_deal leads_duplicate leads_erasure leads_page leads_pagerule leads_purpose
    leads_retentionpolicy leads_spend leads_suppression mfa_authenticator nurture_enrolment nurture_entryrequest
    nurture_mailsend nurture_sequenceversion nurture_steprun outbox_attempt
    outbox_chatwebhook outbox_mailtest outbox_noticechoice reporting_criteriareview scoring_analysis scoring_comment
    scoring_criteria scoring_persona scoring_personacondition scoring_rule scoring_score scoring_signature
    socialaccount_socialaccount socialaccount_socialapp socialaccount_socialtoken
    """.split()  # noqa: SIM905 (a long list is read more easily so)
)


def erase_it(lead: Lead, by: User, now: datetime) -> Erasure:
    return erase(lead_id=lead.pk, reason=ErasureReason.ASKED, agent=Agent(user=by), now=now)


@pytest.mark.usefixtures("private_files")
class TestErasing:
    def test_wherever_words_of_a_person_can_be_they_were_and_are_no_more(
        self, lead: Lead, strewn_further: None, rep: User, administrator: User, now: datetime
    ) -> None:
        """A new table has to be strewn with the mark above, or be said to hold nothing of a lead."""
        handoff = Handoff.objects.get(lead=lead)
        transitions.accept(handoff_id=handoff.pk, actor=rep, now=now)
        contacts.log(
            handoff_id=handoff.pk, way="call", outcome="talked", note=f"{CANARY} is busy.", at=now, actor=rep, now=now
        )  # fmt: skip
        answers = dict.fromkeys(("timeline", "budget", "problem", "involved"), f"{CANARY} says")
        transitions.qualify(handoff_id=handoff.pk, actor=rep, now=now, **answers)
        holding = {place.partition(".")[0] for place in places()}
        with connection.cursor() as cursor:
            cursor.execute(WORDS)
            tables = {table for table, _column in cursor.fetchall()}
        assert tables - holding - OF_NO_LEAD == set()
        assert OF_NO_LEAD - tables | OF_NO_LEAD & holding == set()
        erase_it(lead, administrator, now)
        assert list(places()) == []
        assert is_suppressed(f"{CANARY}@private.example")
        assert not default_storage.exists("imports/test")
        assert not background.unfinished(now=now)

    def test_the_figures_stay(self, lead: Lead, strewn: None, administrator: User, now: datetime) -> None:
        moves = LeadEvent.objects.exclude(to_stage="").values_list("kind", "at", "to_stage")
        before = (sorted(moves), Activity.objects.count(), Submission.objects.count())
        erase_it(lead, administrator, now)
        assert (sorted(moves), Activity.objects.count(), Submission.objects.count()) == before
        lead.refresh_from_db()
        assert (lead.name, lead.company and lead.company.name, lead.country) == ("Erased person", "Acme", "PT")
        assert (lead.mql_count, lead.do_not_contact, lead.erased_at) == (1, True, now)

    def test_what_others_sent_in_the_same_request_stays(
        self, lead: Lead, strewn: None, administrator: User, now: datetime
    ) -> None:
        erase_it(lead, administrator, now)
        item = InboxItem.objects.get()
        assert json.loads(item.raw) == [{"lead": {"email": "other@example.com"}}]
        assert item.events == 1

    def test_it_says_who_did_it_why_and_how_much(self, lead: Lead, administrator: User, now: datetime) -> None:
        counts = how_much(lead)
        erasure = erase_it(lead, administrator, now)
        event = LeadEvent.objects.get(kind="lead.erased")
        assert (event.actor, event.reason) == (administrator, "the person asked for it")
        assert erasure.counts.keys() == counts.keys()
        assert erasure.counts["activities"] == counts["activities"] == 3

    def test_an_open_handoff_is_withdrawn_and_nobody_is_told_any_more(
        self, lead: Lead, administrator: User, now: datetime
    ) -> None:
        erase_it(lead, administrator, now)
        handoff = Handoff.objects.get()
        assert (handoff.state, handoff.breached_at) == (State.WITHDRAWN, None)

    def test_it_never_goes_to_sales_again(self, lead: Lead, administrator: User, now: datetime) -> None:
        erase_it(lead, administrator, now)
        assert promote_missed(now=now + timedelta(days=4000)) == 0

    def test_it_is_done_once(self, lead: Lead, administrator: User, now: datetime) -> None:
        erase_it(lead, administrator, now)
        with pytest.raises(ErasedAlready):
            erase_it(lead, administrator, now)


@pytest.mark.usefixtures("private_files")
class TestItStaysErased:
    def test_the_address_is_refused_and_not_kept_aside(self, lead: Lead, administrator: User, now: datetime) -> None:
        erase_it(lead, administrator, now)
        assert is_suppressed(EMAIL)
        [refused] = take_leads([LeadInput(email=EMAIL, first_name=CANARY)], agent=TEST, now=now)
        assert isinstance(refused, Refusal)
        quarantine.keep([({"email": EMAIL}, now, refused)], source="test", system="", kind="events")
        assert not QuarantinedEvent.objects.exists()

    def test_the_same_message_again_brings_nothing_back(self, lead: Lead, administrator: User, now: datetime) -> None:
        erase_it(lead, administrator, now)
        again = ActivityInput(message_id=f"{CANARY}-0", type="page_view", lead=LeadInput(email=EMAIL), occurred_at=now)
        take_activities([again], agent=TEST, source="test", now=now)
        assert list(places()) == []

    def test_a_restored_backup_forgets_again(self, lead: Lead, administrator: User, now: datetime) -> None:
        point = transaction.savepoint()
        erase_it(lead, administrator, now)
        assert store_entries(now=now) == 1
        assert store_entries(now=now) == 0
        transaction.savepoint_rollback(point)  # the database of before, with all it had
        assert list(places())
        assert not Erasure.objects.exists()
        said = io.StringIO()
        call_command("replay_erasures", stdout=said)
        assert "1 erasures are known; 1 people" in said.getvalue()
        assert list(places()) == []
        assert is_suppressed(EMAIL)
        call_command("replay_erasures", stdout=said)
        assert "1 erasures are known; 0 people" in said.getvalue()


class TestTheDatabase:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE leads_leadevent SET kind = 'x'",
            "DELETE FROM leads_leadevent",
            "UPDATE leads_consent SET is_given = true",
            "UPDATE handoff_handoff SET opened_at = now()",
        ],
    )
    def test_while_somebody_is_erased_words_alone_can_go(self, lead: Lead, statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('baton.erasing', 'on', true)")
            with pytest.raises(DatabaseError, match="never chang"), transaction.atomic():
                cursor.execute(statement)

    def test_an_erased_lead_has_no_name(self, lead: Lead) -> None:
        with pytest.raises(DatabaseError, match="lead_erased_is_nobody"), transaction.atomic():
            Lead.objects.filter(pk=lead.pk).update(erased_at=lead.created_at)


class TestTheCopy:
    def test_it_holds_what_is_kept_readable_and_for_programs(
        self, lead: Lead, strewn: None, private_files: None, marketer: User, now: datetime
    ) -> None:
        archive = zipfile.ZipFile(io.BytesIO(copy_of(lead, agent=Agent(user=marketer), now=now)))
        data = json.loads(archive.read("data.json"))
        assert {holding.key for holding in holdings()} < data.keys()
        assert data["lead"][0]["e-mail"] == EMAIL
        assert len(data["activities"]) == 3
        page = archive.read("index.html").decode()
        assert EMAIL in page
        assert f"{CANARY} is a friend." in page
        assert LeadEvent.objects.get(kind="lead.copied").actor == marketer

    def test_every_kind_of_thing_is_in_it(
        self, lead: Lead, strewn_further: None, private_files: None, marketer: User, now: datetime
    ) -> None:
        """What an erasure empties the copy holds."""
        lead.refresh_from_db()
        archive = zipfile.ZipFile(io.BytesIO(copy_of(lead, agent=Agent(user=marketer), now=now)))
        data, page = json.loads(archive.read("data.json")), archive.read("index.html").decode()
        counted = {key for key, count in how_much(lead).items() if count}
        assert {key for key in counted if not data[key]} == set()
        without = {holding.key for holding in holdings()} - counted
        assert without == {"deals", "contacts"}
        said = json.dumps(data)
        assert "hobby" in said
        assert f"Dear {CANARY}," in page
        assert "other@example.com" not in said


class TestPages:
    def test_it_is_counted_copied_and_erased_there(
        self, client: Client, lead: Lead, private_files: None, administrator: User
    ) -> None:
        client.force_login(administrator)
        address = reverse("leads:privacy", args=[lead.public_id])
        assert "What they did" in client.get(address).content.decode()
        copy = client.post(reverse("leads:copy", args=[lead.public_id]))
        assert copy["Content-Type"] == "application/zip"
        assert CANARY not in copy["Content-Disposition"]
        assert client.post(address, {"reason": "asked"}).status_code == 422
        assert "Tick the box" in client.post(address, {"reason": "asked"}).content.decode()
        gone = client.post(address, {"reason": "asked", "is_meant": "on"}, follow=True).content.decode()
        assert "Erased person" in gone
        assert CANARY not in gone
        assert (
            "was erased before"
            in client.post(address, {"reason": "asked", "is_meant": "on"}, follow=True).content.decode()
        )

    @pytest.mark.parametrize("name", ["leads:privacy", "leads:copy"])
    def test_sales_does_neither(self, client: Client, lead: Lead, rep: User, manager: User, name: str) -> None:
        for person in (rep, manager):
            client.force_login(person)
            assert client.post(reverse(name, args=[lead.public_id])).status_code == 403


class TestHoldings:
    def test_a_key_is_taken_once(self) -> None:
        with pytest.raises(KnownHolding):
            register(holdings()[0])
