import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from leads.companies import CompanyRow, write_companies
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput, Taken
from leads.intake import Refusal, take_activities, take_leads
from leads.models import Activity, ActivityProperties, Channel, Company, Lead, LeadEvent, Machine, Page
from scoring.models import ScoreRequest

AGENT = Agent(name="test")


def one(given: LeadInput, now: datetime) -> Taken | Refusal:
    [result] = take_leads([given], agent=AGENT, now=now)
    return result


def activity(now: datetime, **fields: object) -> ActivityInput:
    base = ActivityInput(message_id="m1", type="page_view", lead=LeadInput(email="ada@example.com"), occurred_at=now)
    return replace(base, **fields)  # type: ignore[arg-type]


@pytest.mark.django_db
class TestIdentity:
    @pytest.mark.parametrize(
        "spelling", ["ADA@Example.com", " ada@example.com ", "ａda@example.com", "ada@EXAMPLE.com.", "ada@example.com"]
    )
    def test_two_spellings_of_an_address_are_one_lead(self, spelling: str, now: datetime) -> None:
        one(LeadInput(email="ada@example.com"), now)
        result = one(LeadInput(email=spelling), now)
        assert isinstance(result, Taken)
        assert result.outcome == "unchanged"
        assert Lead.objects.count() == 1

    @pytest.mark.parametrize("other", ["аda@example.com", "ada+x@example.com", "mıke@example.com"])
    def test_look_alikes_are_never_merged(self, other: str, now: datetime) -> None:
        take_leads([LeadInput(email="ada@example.com"), LeadInput(email="mike@example.com")], agent=AGENT, now=now)
        result = one(LeadInput(email=other), now)
        assert isinstance(result, Taken)
        assert result.outcome == "created"

    def test_composed_and_decomposed_letters_are_one(self, now: datetime) -> None:
        take_leads(
            [LeadInput(email="jos\u00e9@example.com"), LeadInput(email="jose\u0301@example.com")], agent=AGENT, now=now
        )
        assert Lead.objects.count() == 1

    def test_an_external_id_alone_is_enough(self, now: datetime) -> None:
        result = one(LeadInput(external_id="crm-7"), now)
        assert isinstance(result, Taken)
        assert Lead.objects.get().name == "crm-7"

    def test_neither_is_refused(self, now: datetime) -> None:
        result = one(LeadInput(first_name="Nobody"), now)
        assert isinstance(result, Refusal)
        assert (result.code, result.field) == ("no_identity", "email")
        assert not Lead.objects.exists()

    def test_an_address_completes_a_lead_known_by_external_id(self, now: datetime) -> None:
        one(LeadInput(external_id="crm-7"), now)
        one(LeadInput(external_id="crm-7", email="ada@example.com"), now)
        one(LeadInput(email="ada@example.com", first_name="Ada"), now)
        lead = Lead.objects.get()
        assert (lead.external_id, lead.email_key, lead.first_name) == ("crm-7", "ada@example.com", "Ada")

    def test_one_id_in_two_systems_is_two_leads(self, now: datetime) -> None:
        said = [
            LeadInput(external_id="4711", system="crm", first_name="Ann"),
            LeadInput(external_id="4711", system="shop", first_name="Bob"),
            LeadInput(external_id="4711", first_name="Cay"),
        ]
        for outcome in ("created", "unchanged"):
            results = take_leads(said, agent=AGENT, now=now)
            assert [isinstance(one, Taken) and one.outcome for one in results] == [outcome] * 3
        leads = Lead.objects.order_by("pk").values_list("external_system", "external_id", "first_name")
        assert list(leads) == [("crm", "4711", "Ann"), ("shop", "4711", "Bob"), ("", "4711", "Cay")]
        assert not LeadEvent.objects.filter(kind="lead.changed").exists()

    def test_an_address_is_one_lead_whatever_two_systems_call_it(self, now: datetime) -> None:
        one(LeadInput(email="ada@example.com", external_id="1", system="crm"), now)
        result = one(LeadInput(email="ada@example.com", external_id="2", system="shop", city="Rome"), now)
        assert isinstance(result, Taken)
        lead = Lead.objects.get()
        assert (lead.external_system, lead.external_id, lead.city) == ("crm", "1", "Rome")
        assert one(LeadInput(external_id="2", system="shop"), now) == Taken(lead.pk, lead.public_id, "unchanged")
        known = set(lead.identifiers.values_list("system", "external_id"))
        assert known == {("crm", "1"), ("shop", "2")}
        refused = one(LeadInput(email="ada@example.com", external_id="2", system="crm"), now)
        assert isinstance(refused, Refusal)
        assert refused.code == "identity_conflict"

    def test_who_is_known_by_address_gets_the_id_with_its_system(self, now: datetime) -> None:
        one(LeadInput(email="ada@example.com"), now)
        one(LeadInput(email="ada@example.com", external_id="2", system="shop"), now)
        one(LeadInput(external_id="2", system="shop", city="Rome"), now)
        lead = Lead.objects.get()
        assert (lead.external_system, lead.external_id, lead.city) == ("shop", "2", "Rome")
        changes = LeadEvent.objects.filter(kind="lead.changed").order_by("pk")
        assert [event.data["fields"] for event in changes] == [["external_id"], ["city"]]

    def test_two_people_are_not_made_one(self, now: datetime) -> None:
        take_leads([LeadInput(email="a@example.com"), LeadInput(external_id="b")], agent=AGENT, now=now)
        result = one(LeadInput(email="a@example.com", external_id="b"), now)
        assert isinstance(result, Refusal)
        assert result.code == "identity_conflict"

    @pytest.mark.parametrize("bad", ["ada", "ada@", "@example.com", "a b@example.com", "ada@localhost", "a@b@c.com"])
    def test_no_address_is_refused(self, bad: str, now: datetime) -> None:
        result = one(LeadInput(email=bad), now)
        assert isinstance(result, Refusal)
        assert (result.code, result.field) == ("invalid_email", "email")


@pytest.mark.django_db
class TestTakeLeads:
    def test_the_good_rest_is_stored_and_answers_are_in_order(self, now: datetime) -> None:
        results = take_leads(
            [LeadInput(email="a@example.com"), LeadInput(email="nonsense"), LeadInput(email="b@example.com")],
            agent=AGENT,
            now=now,
        )
        assert [type(result) for result in results] == [Taken, Refusal, Taken]
        assert set(Lead.objects.values_list("email", flat=True)) == {"a@example.com", "b@example.com"}

    @pytest.mark.parametrize("field", ["first_name", "job_title", "company", "industry", "channel", "landing_page"])
    def test_a_value_that_is_too_long_stores_nothing_of_its_row(self, field: str, now: datetime) -> None:
        result = one(LeadInput(email="a@example.com", **{field: "x" * 1000}), now)  # type: ignore[arg-type]
        assert isinstance(result, Refusal)
        assert (result.code, result.field) == ("too_long", field)
        assert not Lead.objects.exists()

    @pytest.mark.parametrize("refused", [{"email": "nobody"}, {"email": "ada@example.com", "city": "x" * 101}])
    def test_what_is_refused_leaves_no_channel_and_no_company(self, refused: dict[str, str], now: datetime) -> None:
        channels = Channel.objects.count()
        one(
            LeadInput(
                email=refused["email"],
                city=refused.get("city", ""),
                channel="Nowhere",
                company="Nobody Ltd",
                landing_page="/nothing",
            ),
            now,
        )
        assert Channel.objects.count() == channels
        assert not Company.objects.exists()
        assert not Page.objects.exists()

    def test_broken_characters_are_repaired_wherever_they_are(self, now: datetime) -> None:
        texts = ("first_name", "company", "company_domain", "industry", "channel", "campaign", "landing_page")
        result = one(LeadInput(email="ada@example.com", **dict.fromkeys(texts, "a\x00b\ud800.c")), now)  # type: ignore[arg-type]
        assert isinstance(result, Taken)
        lead = Lead.objects.select_related("company", "first_channel").get()
        assert lead.first_name == "a\ufffdb\ufffd.c"
        assert lead.company is not None
        assert lead.company.name == "a\ufffdb\ufffd.c"
        assert lead.first_channel is not None
        assert lead.first_channel.name == "a\ufffdb\ufffd.c"

    def test_a_name_that_grows_in_lower_case_fits(self, now: datetime) -> None:
        result = one(LeadInput(email="ada@example.com", channel="İ" * 100, campaign="İ" * 100), now)
        assert isinstance(result, Taken)

    def test_an_address_that_grows_in_lower_case_is_refused(self, now: datetime) -> None:
        domain = ".".join(["a" * 60] * 3)
        result = one(LeadInput(email=f"{'ΐ' * 64}@{domain}.com"), now)
        assert isinstance(result, Refusal)
        assert result.field == "email"

    def test_silence_empties_nothing(self, now: datetime) -> None:
        one(LeadInput(email="a@example.com", job_title="CEO", company="Acme"), now)
        one(LeadInput(email="a@example.com"), now)
        lead = Lead.objects.get()
        assert (lead.job_title, lead.company and lead.company.name) == ("CEO", "Acme")

    def test_the_first_touch_is_kept_and_the_last_moves_as_time_goes_on(self, now: datetime) -> None:
        one(LeadInput(email="a@example.com", channel="email", created_at=now - timedelta(days=3)), now)
        one(LeadInput(email="a@example.com", channel="direct", created_at=now), now)
        lead = Lead.objects.select_related("first_channel", "last_touch__channel").get()
        assert str(lead.first_channel) == "E-mail"
        assert str(lead.last_touch.channel) == "Direct"

    def test_the_database_refuses_another_first_touch(self, make_lead: Callable[..., Lead]) -> None:
        lead = make_lead(channel="email")
        with pytest.raises(DatabaseError), transaction.atomic():
            Lead.objects.filter(pk=lead.pk).update(first_channel=Channel.objects.get(key="direct"))

    def test_an_unknown_channel_is_created_to_be_mapped(self, now: datetime) -> None:
        one(LeadInput(email="a@example.com", channel="other_publicities"), now)
        assert Channel.objects.get(key="other_publicities").needs_mapping

    def test_unknown_and_blank_stay_apart(self, now: datetime) -> None:
        take_leads([LeadInput(external_id="1", channel="unknown"), LeadInput(external_id="2")], agent=AGENT, now=now)
        assert [lead.first_channel_id is None for lead in Lead.objects.order_by("external_id")] == [False, True]

    def test_a_company_is_found_by_domain_else_by_name(self, now: datetime) -> None:
        take_leads(
            [
                LeadInput(external_id="1", company="Acme", company_domain="https://www.acme.example/x"),
                LeadInput(external_id="2", company="ACME Inc", company_domain="acme.example"),
                LeadInput(external_id="3", company="Solo"),
                LeadInput(external_id="4", company="solo"),
            ],
            agent=AGENT,
            now=now,
        )
        assert Company.objects.count() == 2

    def test_saying_it_again_changes_nothing(self, now: datetime) -> None:
        given = LeadInput(email="a@example.com", channel="email", company="Acme", employees=70, created_at=now)
        one(given, now)
        before = LeadEvent.objects.count()
        result = one(given, now + timedelta(hours=1))
        assert isinstance(result, Taken)
        assert result.outcome == "unchanged"
        assert LeadEvent.objects.count() == before

    def test_a_companys_size_asks_for_the_scores_of_all_its_leads(self, now: datetime) -> None:
        take_leads(
            [LeadInput(external_id="1", company="Acme"), LeadInput(external_id="2", company="Acme")],
            agent=AGENT,
            now=now,
        )
        ScoreRequest.objects.all().delete()
        one(LeadInput(external_id="1", company="Acme", employees=70), now)
        assert ScoreRequest.objects.count() == 2

    def test_the_number_of_statements_does_not_depend_on_the_number_of_leads(self, now: datetime) -> None:
        from django.test.utils import CaptureQueriesContext

        counts = []
        for start, size in ((0, 10), (100, 30)):  # few rows are sent along with others
            with CaptureQueriesContext(connection) as queries:
                take_leads(
                    [LeadInput(email=f"n{start + i}@example.com", company=f"C{start + i}") for i in range(size)],
                    agent=AGENT,
                    now=now,
                )
            counts.append(len(queries))
        assert counts[0] == counts[1]


@pytest.mark.django_db
class TestTakeActivities:
    def test_an_activity_starts_its_lead_and_asks_for_a_score(self, now: datetime) -> None:
        [result] = take_activities(
            [activity(now, page="https://site.example/pricing/?x=1")], agent=AGENT, source="t", now=now
        )
        assert isinstance(result, Taken)
        stored = Activity.objects.select_related("page").get()
        page = Page.objects.get()
        assert (page.key, page.category) == ("/pricing", "pricing")
        assert ScoreRequest.objects.filter(lead_id=stored.lead_id).exists()

    def test_a_message_counts_once(self, now: datetime) -> None:
        given = activity(now)
        take_activities([given], agent=AGENT, source="t", now=now)
        results = take_activities([given, given], agent=AGENT, source="t", now=now + timedelta(days=400))
        assert [result.outcome for result in results if isinstance(result, Taken)] == ["duplicate", "duplicate"]
        assert Activity.objects.count() == 1

    def test_another_content_under_the_same_id_is_refused(self, now: datetime) -> None:
        take_activities([activity(now)], agent=AGENT, source="t", now=now)
        [result] = take_activities([activity(now, page="/other")], agent=AGENT, source="t", now=now)
        assert isinstance(result, Refusal)
        assert result.code == "id_conflict"

    def test_what_is_refused_leaves_no_page_and_no_channel(self, now: datetime) -> None:
        channels = Channel.objects.count()
        given = activity(now, type="no_such_type", page="/nothing", channel="Nowhere")
        [result] = take_activities([given], agent=AGENT, source="api:test", now=now)
        assert isinstance(result, Refusal)
        assert Channel.objects.count() == channels
        assert not Page.objects.exists()

    @pytest.mark.parametrize("field", ["page", "asset", "campaign", "channel"])
    def test_broken_characters_are_repaired_and_told(self, field: str, now: datetime) -> None:
        given = activity(now, **{field: "/a\x00\ud800"})
        [result] = take_activities([given], agent=AGENT, source="api:test", now=now)
        assert isinstance(result, Taken)
        assert ActivityProperties.objects.get().corrections == ["sanitized"]

    def test_two_senders_may_use_the_same_id(self, now: datetime) -> None:
        for source in ("a", "b"):
            take_activities([activity(now)], agent=AGENT, source=source, now=now)
        assert Activity.objects.count() == 2

    def test_an_unknown_type_stores_neither_activity_nor_lead(self, now: datetime) -> None:
        [result] = take_activities([activity(now, type="telepathy")], agent=AGENT, source="t", now=now)
        assert isinstance(result, Refusal)
        assert (result.code, result.field) == ("unknown_type", "type")
        assert not Lead.objects.exists()

    def test_what_a_program_did_is_marked_and_moves_no_touch(self, now: datetime) -> None:
        take_activities([activity(now, channel="email", machine=Machine.CRAWLER)], agent=AGENT, source="t", now=now)
        stored = Activity.objects.select_related("lead").get()
        assert stored.machine == Machine.CRAWLER
        assert stored.lead.first_touch_at is None

    def test_an_event_cannot_be_changed_or_deleted(self, now: datetime) -> None:
        take_activities([activity(now)], agent=AGENT, source="t", now=now)
        with pytest.raises(DatabaseError), transaction.atomic():
            LeadEvent.objects.update(text="x")
        with pytest.raises(DatabaseError), transaction.atomic():
            LeadEvent.objects.all()._raw_delete("default")


class TestRaces:
    @pytest.mark.usefixtures("transactional")
    def test_a_new_address_at_the_same_instant_is_one_lead(self, now: datetime) -> None:
        barrier, results = threading.Barrier(20), []

        def send(number: int) -> None:
            try:
                barrier.wait()
                given = activity(now, message_id=f"m{number % 10}", lead=LeadInput(email="new@example.com"))
                results.extend(take_activities([given], agent=AGENT, source="t", now=now))
            finally:
                connection.close()

        threads = [threading.Thread(target=send, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == 20
        assert all(isinstance(result, Taken) for result in results)
        assert (Lead.objects.count(), Activity.objects.count()) == (1, 10)
        assert LeadEvent.objects.filter(kind="lead.created").count() == 1

    @pytest.mark.usefixtures("transactional")
    def test_what_two_batches_say_of_a_company_at_once_is_kept(
        self, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The other one comes and goes after this one has read the company and before it stores what it says."""
        named = LeadInput(email="ada@example.com", company="Example")
        one(replace(named, industry="Shipping"), now)
        told = replace(named, email="grace@example.com", company_domain="example.com", industry="Rail")

        def send() -> None:
            try:
                one(told, now)
            finally:
                connection.close()

        def store_after_the_other(changed: Collection[CompanyRow]) -> None:
            monkeypatch.undo()
            other = threading.Thread(target=send)
            other.start()
            other.join()
            write_companies(changed)

        monkeypatch.setattr("leads.identity.write_companies", store_after_the_other)
        one(replace(named, employees=50), now)
        company = Company.objects.get()
        assert (company.domain, company.industry, company.employees) == ("example.com", "Rail", 50)
