"""Rows that must not exist, tried with raw SQL: the database itself refuses each."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import ApiKey, User
from capture.models import ImportBatch
from leads.models import (
    BulkChange,
    Channel,
    Company,
    CompanyDuplicate,
    Deal,
    Duplicate,
    Lead,
    LeadExport,
    LeadIdentifier,
    LeadTask,
    SavedView,
)
from lib import clock
from tests.leads.custom_fields.building import make_field

pytestmark = pytest.mark.django_db


def refused(statement: str, *parameters: str | int | None) -> str:
    """The name of what refused the statement."""
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
    return str(error.value)


class TestLeads:
    @pytest.mark.parametrize(
        ("change", "guard"),
        [
            ("external_id = NULL, email_key = NULL, email = ''", "lead_can_be_named"),
            ("external_id = ''", "lead_identity_not_empty"),
            ("external_system = 'crm'", "lead_system_has_id"),
            ("email_key = NULL", "lead_can_be_named"),
            ("email = ''", "lead_email_has_key"),
            ("email_key = NULL, external_id = 'x'", "lead_email_has_key"),
            ("stage = 'prospect'", "lead_stage_known"),
            ("buying_role = 'friend'", "lead_buying_role_known"),
            ("erased_at = now()", "lead_erased_is_nobody"),
            ("status = 'asleep'", "lead_status_known"),
            ("mql_count = 1", "lead_mql_milestones_agree"),
            ("first_mql_at = now()", "lead_mql_milestones_agree"),
            ("mql_count = 1, first_mql_at = now()", "lead_mql_milestones_agree"),
            (
                "mql_count = 1, first_mql_at = now(), last_mql_at = now() - interval '1 day'",
                "lead_mql_milestones_agree",
            ),
            ("mql_count = -1", "mql"),
            ("stage = 'customer'", "lead_customer_since"),
            ("first_touch_at = now()", "first touch"),
            ("first_channel_id = NULL", "first touch"),
            ("custom = '[]'", "lead_custom_is_object"),
            ("custom = 'null'", "lead_custom_is_object"),
        ],
    )
    def test_a_lead_cannot_become(self, change: str, guard: str, make_lead: Callable[..., Lead]) -> None:
        lead = make_lead(channel="email")
        assert guard in refused(f"UPDATE leads_lead SET {change} WHERE id = %s", lead.pk)  # noqa: S608

    def test_two_leads_cannot_have_one_address(self, make_lead: Callable[..., Lead]) -> None:
        one, other = make_lead(), make_lead()
        assert "lead_once_by_email_key" in refused(
            "UPDATE leads_lead SET email_key = %s WHERE id = %s", one.email_key, other.pk
        )

    def test_two_leads_cannot_have_one_external_id(self, make_lead: Callable[..., Lead]) -> None:
        one, other = make_lead(external_id="crm-1"), make_lead()
        assert "identifier_once_by_id_and_system" in refused(
            "UPDATE leads_lead SET external_id = %s WHERE id = %s", one.external_id, other.pk
        )
        assert "identifier_once_by_id_and_system" in refused(
            "INSERT INTO leads_leadidentifier (lead_id, external_id) VALUES (%s, %s)", other.pk, one.external_id
        )

    @pytest.mark.parametrize(
        ("change", "guard"),
        [
            ("one_id = other_id", "duplicate_smaller_first"),
            ("similarity = 101", "duplicate_of_a_hundred"),
            ("dismissed_by_id = 1", "duplicate_dismissed_by_somebody"),
        ],
    )
    def test_a_pair_of_duplicates_cannot_become(self, change: str, guard: str, make_lead: Callable[..., Lead]) -> None:
        one, other = make_lead(), make_lead()
        Duplicate.objects.create(one=one, other=other, similarity=80, found_at=one.created_at)
        assert guard in refused(f"UPDATE leads_duplicate SET {change}")  # noqa: S608 (ours)
        assert "duplicate_once_a_pair" in refused(
            "INSERT INTO leads_duplicate (public_id, one_id, other_id, reasons, similarity, is_certain, found_at) "
            "SELECT gen_random_uuid(), one_id, other_id, reasons, similarity, is_certain, found_at FROM leads_duplicate"
        )

    @pytest.mark.parametrize(
        ("change", "guard"),
        [
            ("one_id = other_id", "company_pair_smaller_first"),
            ("similarity = 101", "company_pair_of_a_hundred"),
            ("dismissed_by_id = 1", "company_pair_dismissed_by_somebody"),
        ],
    )
    def test_a_pair_of_companies_cannot_become(self, change: str, guard: str, now: datetime) -> None:
        one, other = (Company.objects.create(name=name, created_at=now) for name in ("One", "Other"))
        CompanyDuplicate.objects.create(one=one, other=other, similarity=80, found_at=now)
        assert guard in refused(f"UPDATE leads_companyduplicate SET {change}")  # noqa: S608 (ours)
        assert "company_pair_once" in refused(
            "INSERT INTO leads_companyduplicate (public_id, one_id, other_id, reasons, similarity, is_certain, "
            "found_at) SELECT gen_random_uuid(), one_id, other_id, reasons, similarity, is_certain, found_at"
            " FROM leads_companyduplicate"
        )
        assert "company_key_once_a_company" in refused(
            "INSERT INTO leads_companyduplicatekey (company_id, key) VALUES (%s, 'n:1'), (%s, 'n:1')", one.pk, one.pk
        )
        assert "company_alias_says_something" in refused(
            "INSERT INTO leads_companyalias (company_id, name, domain) VALUES (%s, '', NULL)", one.pk
        )

    def test_a_lead_has_a_key_of_duplicates_once(self, make_lead: Callable[..., Lead]) -> None:
        assert "duplicate_key_once_a_lead" in refused(
            "INSERT INTO leads_duplicatekey (lead_id, key) VALUES (%s, 'p:1'), (%s, 'p:1')", *[make_lead().pk] * 2
        )

    def test_an_address_leads_to_one_lead(self, make_lead: Callable[..., Lead]) -> None:
        lead, other = make_lead(), make_lead(external_id="crm-1")
        LeadIdentifier.objects.create(lead=lead, email_key="old@example.com")
        named = "UPDATE leads_lead SET email = 'old@example.com', email_key = 'old@example.com' WHERE id = %s"
        assert "identifier_once_by_email_key" in refused(named, other.pk)
        assert "identifier_once_by_email_key" in refused(
            "INSERT INTO leads_lead (public_id, email, email_key, first_name, last_name, phone, job_title, country, "
            "city, do_not_contact, stage, status, mql_count, recycle_count, created_at, recorded_at) SELECT "
            "gen_random_uuid(), 'old@example.com', 'old@example.com', '', '', '', '', '', '', false, stage, status, 0, "
            "0, now(), now() FROM leads_lead WHERE id = %s",
            lead.pk,
        )
        assert "identifier_once_by_email_key" in refused(
            "INSERT INTO leads_leadidentifier (lead_id, email_key) VALUES (%s, 'old@example.com')", other.pk
        )

    @pytest.mark.parametrize(
        "values",
        ["'', NULL, NULL", "'', '1', 'a@b.example'", "'', '', NULL", "'', NULL, ''", "'crm', NULL, 'a@b.example'"],
    )
    def test_an_identifier_is_an_id_or_an_address(self, values: str, make_lead: Callable[..., Lead]) -> None:
        columns = "lead_id, system, external_id, email_key"
        assert "identifier_is_id_or_address" in refused(
            f"INSERT INTO leads_leadidentifier ({columns}) VALUES (%s, {values})",  # noqa: S608 (ours)
            make_lead().pk,
        )

    def test_a_lead_with_a_history_cannot_be_deleted(self, make_lead: Callable[..., Lead]) -> None:
        lead = make_lead()
        assert "leads_leadevent" in refused(
            "DELETE FROM scoring_scorerequest WHERE lead_id = %s; DELETE FROM leads_lead WHERE id = %s; "
            "SET CONSTRAINTS ALL IMMEDIATE",
            lead.pk,
            lead.pk,
        )


class TestCustomFields:
    @pytest.mark.parametrize(
        ("change", "guard"),
        [
            ("key = 'other'", "keeps its key"),
            ("kind = 'date'", "keeps its key"),
            ("about = 'company'", "keeps its key"),
            ("label = ''", "custom_field_has_label"),
            ("lawful_basis = 'because'", "custom_field_basis_known"),
        ],
    )
    def test_a_field_cannot_become(self, change: str, guard: str) -> None:
        field = make_field("text", key="it")
        assert guard in refused(f"UPDATE leads_customfield SET {change} WHERE id = %s", field.pk)  # noqa: S608

    @pytest.mark.parametrize(
        ("values", "guard"),
        [
            ("'lead', 'it'", "custom_field_once_by_key"),
            ("'lead', 'It'", "custom_field_key_shape"),
            ("'lead', 'a-b'", "custom_field_key_shape"),
            ("'deal', 'it'", "custom_field_about_known"),
        ],
    )
    def test_a_field_is_known_once_by_a_plain_key(self, values: str, guard: str) -> None:
        make_field("text", key="it")
        assert guard in refused(
            "INSERT INTO leads_customfield (public_id, about, key, label, help_text, kind, choices, position,"
            f" is_sensitive, lawful_basis, created_at) SELECT gen_random_uuid(), {values}, 'It', '', 'text', '[]', 1,"
            " false, '', now()"
        )

    def test_a_field_is_never_deleted(self) -> None:
        assert "retired" in refused("DELETE FROM leads_customfield WHERE id = %s", make_field("text").pk)

    def test_what_a_company_keeps_is_an_object(self, make_lead: Callable[..., Lead]) -> None:
        lead = make_lead(company="Acme")
        assert "company_custom_is_object" in refused(
            "UPDATE leads_company SET custom = '1' WHERE id = %s", lead.company_id
        )


class TestTheRest:
    @pytest.mark.parametrize(
        ("values", "guard"),
        [
            ("'D1', true, NULL", "deal_once_by_external_id"),
            ("'', true, NULL", "deal_id_not_empty"),
            ("NULL, true, -1", "deal_amount_of_won"),
            ("NULL, false, 5", "deal_amount_of_won"),
        ],
    )
    def test_a_deal_is_known_once_and_is_worth_something_when_it_was_won(
        self, values: str, guard: str, make_lead: Callable[..., Lead]
    ) -> None:
        columns = "lead_id, closed_at, closed_on, external_id, is_won, amount"
        lead = make_lead()
        Deal.objects.create(lead=lead, closed_at=lead.created_at, closed_on="2026-03-10", external_id="D1", is_won=True)
        statement = f"INSERT INTO leads_deal ({columns}) VALUES (%s, now(), now(), {values})"  # noqa: S608 (ours)
        assert guard in refused(statement, lead.pk)

    def test_a_channel_cannot_count_as_itself(self) -> None:
        channel = Channel.objects.get(key="email")
        assert "channel_not_itself" in refused("UPDATE leads_channel SET counts_as_id = id WHERE id = %s", channel.pk)

    def test_a_campaign_cannot_end_before_it_starts(self) -> None:
        assert "campaign_ends_after_start" in refused(
            "INSERT INTO leads_campaign (public_id, key, name, starts_on, ends_on) "
            "VALUES (gen_random_uuid(), 'a', 'A', '2026-02-01', '2026-01-01')"
        )

    @pytest.mark.parametrize(
        ("statement", "guard"),
        [
            (
                (
                    "INSERT INTO leads_asset (public_id, key, name, kind, funnel_stage, is_gated) VALUES "
                    "(gen_random_uuid(), 'Guide', 'Guide', 'other', '', false), "
                    "(gen_random_uuid(), ' GUIDE', 'Guide', 'other', '', false)"
                ),
                "asset_known_by_key",
            ),
            (
                (
                    "INSERT INTO leads_page (public_id, key, title, category, funnel_stage) VALUES "
                    "(gen_random_uuid(), '/straße', '', 'other', ''), (gen_random_uuid(), '/STRASSE', '', 'other', '')"
                ),
                "page_known_by_key",
            ),
        ],
    )
    def test_content_is_not_stored_twice_in_two_spellings(self, statement: str, guard: str) -> None:
        assert guard in refused(statement)

    @pytest.mark.parametrize(
        ("pattern", "category", "guard"),
        [("pricing", "pricing", "page_rule_pattern_is_path"), ("/a", "nonsense", "page_rule_category_known")],
    )
    def test_a_rule_about_pages_names_a_path_and_a_category(self, pattern: str, category: str, guard: str) -> None:
        statement = "INSERT INTO leads_pagerule (position, pattern, category, is_key) VALUES (99, %s, %s, false)"
        assert guard in refused(statement, pattern, category)

    @pytest.mark.parametrize(("changed", "guard"), [(0, "page_sort_one_at_a_time"), (1, "page_sort_changed_were_done")])
    def test_a_sorting_of_pages_that_must_not_exist(self, marketer: User, changed: int, guard: str) -> None:
        row = f"({marketer.pk}, now(), 0, {changed}, 0)"
        statement = "INSERT INTO leads_pagesort (asked_by_id, asked_at, pages, changed, last_page) VALUES"
        assert guard in refused(f"{statement} {row}, {row}")

    @pytest.mark.parametrize(
        ("last_day", "amount", "guard"),
        [("2025-12-31", 1, "spend_ends_after_start"), ("2026-01-31", -1, "spend_not_negative")],
    )
    def test_spend_is_a_period_and_not_negative(self, last_day: str, amount: int, guard: str) -> None:
        channel = Channel.objects.get(key="email")
        assert guard in refused(
            "INSERT INTO leads_spend (channel_id, starts_on, ends_on, amount, currency) "
            "VALUES (%s, '2026-01-01', %s, %s, 'EUR')",
            channel.pk,
            last_day,
            amount,
        )

    @pytest.mark.parametrize(
        ("seconds", "machine", "guard"),
        [(86_401, 0, "activity_seconds_in_a_day"), (-1, 0, "seconds"), (1, 12, "activity_machine_known")],
    )
    def test_an_activity_lasts_a_day_at_most_and_has_a_known_verdict(
        self, seconds: int, machine: int, guard: str, make_lead: Callable[..., Lead]
    ) -> None:
        assert guard in refused(
            "INSERT INTO leads_activity (lead_id, type_id, occurred_at, received_at, seconds, machine, message_key, "
            "digest) VALUES (%s, 1, now(), now(), %s, %s, gen_random_uuid(), 0)",
            make_lead().pk,
            seconds,
            machine,
        )

    def test_a_finished_import_has_counted_every_row(self, marketer: User) -> None:
        from django.utils import timezone

        now = timezone.now()
        batch = ImportBatch.objects.create(
            file_name="a.csv", encoding="utf-8", delimiter=",", created_by=marketer, created_at=now, touched_at=now
        )
        assert "import_every_row_counted" in refused(
            "UPDATE capture_importbatch SET state = 'done', rows = 3, created = 2 WHERE id = %s", batch.pk
        )

    def test_an_import_tells_one_problem_of_a_line(self, marketer: User) -> None:
        from django.utils import timezone

        now = timezone.now()
        batch = ImportBatch.objects.create(
            file_name="a.csv", encoding="utf-8", delimiter=",", created_by=marketer, created_at=now, touched_at=now
        )
        batch.problems.create(line=2, code="email", message="This is no address.")
        assert "import_problem_once_a_line" in refused(
            'INSERT INTO capture_importproblem (batch_id, line, "column", code, message) '
            "SELECT batch_id, line, '', 'name', 'No name.' FROM capture_importproblem WHERE batch_id = %s",
            batch.pk,
        )

    def test_a_change_has_both_sides_and_what_is_given_up_has_ended(self, marketer: User) -> None:
        from django.utils import timezone

        now = timezone.now()
        batch = ImportBatch.objects.create(
            file_name="a.csv", encoding="utf-8", delimiter=",", created_by=marketer, created_at=now, touched_at=now
        )
        assert "import_change_has_both_sides" in refused(
            "INSERT INTO capture_importchange (batch_id, source, key, before) VALUES (%s, 'leads_lead', 1, '{}')",
            batch.pk,
        )
        assert "import_undo_given_up_ends" in refused(
            "INSERT INTO capture_importundo (batch_id, asked_at, total, leads_to, results, attempts, message) "
            "VALUES (%s, now(), 0, 0, '{}', 5, 'It stopped.')",
            batch.pk,
        )

    def test_an_event_is_never_changed(self, make_lead: Callable[..., Lead]) -> None:
        lead = make_lead()
        assert "never changed" in refused("UPDATE leads_leadevent SET kind = 'x' WHERE lead_id = %s", lead.pk)
        assert "never changed" in refused("DELETE FROM leads_leadevent WHERE lead_id = %s", lead.pk)


class TestPeopleAndKeys:
    def test_one_address_is_one_person_in_any_case(self, rep: User, marketer: User) -> None:
        assert "user_email_once" in refused(
            "UPDATE accounts_user SET email = upper(%s) WHERE id = %s", rep.email, marketer.pk
        )

    def test_a_key_expires_after_it_was_made(self, api_key: tuple[ApiKey, str]) -> None:
        assert "api_key_expires_later" in refused("UPDATE accounts_apikey SET expires_at = created_at")


class TestConsent:
    @pytest.mark.parametrize(
        ("values", "guard"),
        [
            ("true, 'consent', 'a form', '2026-03-10', 'form'", "consent_said_once"),
            ("false, 'whim', 'a form', '2026-03-10', 'form'", "consent_basis_known"),
            ("false, 'consent', '', '2026-03-10', 'form'", "consent_has_source"),
            ("false, 'consent', 'a form', '2026-03-10', ''", "consent_has_recorder"),
        ],
    )
    def test_a_word_is_said_once_somewhere_by_somebody(
        self, values: str, guard: str, make_lead: Callable[..., Lead]
    ) -> None:
        statement = (
            "INSERT INTO leads_consent (lead_id, purpose_id, wording, note, recorded_at, is_given, basis, source, at, "
            "agent) VALUES (%s, (SELECT min(id) FROM leads_purpose), '', '', now(), "
        )
        lead = make_lead()
        with connection.cursor() as cursor:
            cursor.execute(statement + "true, 'consent', 'a form', '2026-03-10', 'form')", [lead.pk])
        assert guard in refused(f"{statement}{values})", lead.pk)

    def test_a_purpose_has_a_basis_of_the_law(self) -> None:
        assert "purpose_basis_known" in refused("UPDATE leads_purpose SET basis = 'whim'")

    @pytest.mark.parametrize(
        ("digest", "reason", "guard"),
        [("ana@example.com", "asked", "suppression_is_hash"), ("0" * 64, "whim", "suppression_reason_known")],
    )
    def test_a_suppression_is_a_hash_with_a_reason(self, digest: str, reason: str, guard: str) -> None:
        assert guard in refused(
            "INSERT INTO leads_suppression (digest, reason, note, since, agent) VALUES (%s, %s, '', now(), 'a')",
            digest,
            reason,
        )


class TestPrivacy:
    @pytest.mark.parametrize(
        ("digest", "reason", "guard"),
        [("ana@example.com", "asked", "erasure_digest_is_hash"), ("", "whim", "erasure_reason_known")],
    )
    def test_an_erasure_names_nobody_and_has_a_reason(
        self, digest: str, reason: str, guard: str, make_lead: Callable[..., Lead]
    ) -> None:
        assert guard in refused(
            "INSERT INTO leads_erasure (lead_id, digest, reason, at, agent, counts) "
            "VALUES (%s, %s, %s, now(), 'test', '{}')",
            make_lead().pk,
            digest,
            reason,
        )

    def test_nothing_is_kept_for_no_day(self) -> None:
        assert "retention_days_in_a_century" in refused(
            "INSERT INTO leads_retentionpolicy (key, is_on, days, removed) VALUES ('x', true, 0, 0)"
        )


class TestExports:
    @pytest.mark.parametrize(
        ("file_format", "agent", "guard"),
        [("pdf", "command line", "export_format_known"), ("csv", "", "export_has_agent")],
    )
    def test_an_export_has_a_format_and_somebody_who_made_it(self, file_format: str, agent: str, guard: str) -> None:
        statement = "INSERT INTO leads_leadexport (file_format, count, query, agent, at) VALUES (%s, 1, '', %s, now())"
        assert guard in refused(statement, file_format, agent)

    def test_a_file_is_stored_when_it_is_whole(self) -> None:
        export = LeadExport.objects.create(file_format="csv", count=1, agent="command line", at=clock.now())
        assert "export_stored_when_whole" in refused(
            "INSERT INTO leads_exportfile (export_id, public_id, query, done, attempts, stored_as, message)"
            " VALUES (%s, gen_random_uuid(), '', 0, 1, 'exports/x', '')",
            export.pk,
        )


class TestDailyWork:
    @pytest.mark.parametrize(
        ("change", "guard"),
        [
            ("doing = 'paint', asked_at = now()", "bulk_change_doing_known"),
            ("doing = 'contact'", "bulk_change_asked_says_what"),
            ("asked_at = now()", "bulk_change_asked_says_what"),
            ("changed = 1", "bulk_change_counts_agree"),
            ("restored = 1", "bulk_change_counts_agree"),
            ("undo_asked_at = now()", "bulk_change_undone_when_whole"),
        ],
    )
    def test_a_change_of_many_cannot_become(self, change: str, guard: str, marketer: User) -> None:
        one = BulkChange.objects.create(actor=marketer, chosen_at=clock.now(), lead_ids=[1])
        assert guard in refused(f"UPDATE leads_bulkchange SET {change} WHERE id = %s", one.pk)  # noqa: S608

    def test_a_view_has_a_name_once(self, marketer: User) -> None:
        for name in ("Mine", "Others"):
            SavedView.objects.create(owner=marketer, name=name, changed_at=clock.now())
        statement = "UPDATE leads_savedview SET name = %s WHERE name = 'Others'"
        assert "saved_view_has_name" in refused(statement, "")
        assert "saved_view_name_once" in refused(statement, "MINE")

    @pytest.mark.parametrize(
        ("change", "guard"), [("text = ''", "task_says_what"), ("done_at = now()", "task_done_by_somebody")]
    )
    def test_a_task_cannot_become(
        self, change: str, guard: str, make_lead: Callable[..., Lead], marketer: User, now: datetime
    ) -> None:
        task = LeadTask.objects.create(
            lead=make_lead(), text="Call", due_on=now.date(), assignee=marketer, created_by=marketer, created_at=now
        )
        assert guard in refused(f"UPDATE leads_leadtask SET {change} WHERE id = %s", task.pk)  # noqa: S608
