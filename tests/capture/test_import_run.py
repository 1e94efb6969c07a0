"""An import takes every row once, whatever happens to whoever runs it."""

import io
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import IntegrityError, connection, connections
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import User
from capture import tasks
from capture.importing import chunks, files, run
from capture.importing.kinds import leads as kinds_of_leads
from capture.importing.kinds.declaration import Item
from capture.importing.plan import new_batch, set_mapping
from capture.importing.preview import dry_run
from capture.models import ImportBatch
from leads import intake
from leads.models import Activity, Channel, Company, Lead, LeadEvent

State = ImportBatch.State


@pytest.fixture(autouse=True)
def private_root(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }


def prepared(
    content: str, *, now: datetime, kind: str = "leads", actor: User | None = None, system: str = "", **mapping: int
) -> ImportBatch:
    """An import that is started and waits for a worker; columns guessed unless mapped."""
    file = io.BytesIO(content.encode())
    batch = new_batch(file, name="people.csv", kind=kind, time_zone="UTC", actor=actor, now=now)
    set_mapping(batch, file, mapping or batch.mapping, orders={})
    batch.stored_as, batch.system = files.store(file), system
    batch.save()
    assert run.start(batch.pk, now=now)
    return batch


def finished(batch: ImportBatch, now: datetime) -> ImportBatch:
    assert run.run(batch.pk, clock=lambda: now)
    batch.refresh_from_db()
    return batch


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.created, batch.updated, batch.unchanged, batch.rejected


def people(count: int) -> str:
    return "email,name\n" + "".join(f"p{n}@example.com,Person {n}\n" for n in range(count))


@pytest.mark.django_db
class TestLeads:
    def test_every_row_is_counted_once_and_the_good_ones_are_stored(self, now: datetime, marketer: User) -> None:
        content = (
            "id;email;full name;source;created date\n"
            "1;ann@example.com;Ann Lee;Paid Search;2026-02-01\n"
            "2;no address;Bob;;2026-02-01\n"
            ";;Nobody;;\n"
            "1;ann@example.com;Ann Lee;Paid Search;2026-02-01\n"
            "3;;Carl;Trade fair;31/02/2026\n"
            '4;dora@example.com;"Dora "x"; y";;\n'
            "5;;;;\n"
        )
        batch = finished(prepared(content, now=now, actor=marketer), now)
        assert (batch.state, counts(batch), batch.rows) == (State.DONE, (2, 0, 1, 4), 7)
        found = {problem.line: (problem.column, problem.code) for problem in batch.problems.all()}
        assert found == {
            3: ("email", "invalid_email"),
            4: ("email", "no_identity"),
            6: ("created date", "invalid_time"),
            7: ("", "stray_quote"),
        }
        ann = Lead.objects.get(external_id="1")
        assert (ann.first_name, ann.last_name, ann.imported.batch) == ("Ann", "Lee", batch)
        assert ann.first_channel is not None
        assert ann.first_channel.key == "paid_search"
        assert Lead.objects.filter(imported__batch=batch).count() == 2

    def test_a_lead_is_created_by_the_import_and_did_nothing(self, now: datetime, marketer: User) -> None:
        finished(prepared(people(1), now=now, actor=marketer), now)
        event = LeadEvent.objects.get()
        assert (event.kind, event.actor, event.agent) == ("lead.created", marketer, "import")
        assert not Activity.objects.exists()

    def test_importing_again_changes_nothing(self, now: datetime) -> None:
        content = "email,source\nann@example.com,Partner\nbob@example.com,\n"
        finished(prepared(content, now=now), now)
        before = list(Lead.objects.order_by("pk").values())
        again = finished(prepared(content, now=now), now + timedelta(hours=1))
        assert counts(again) == (0, 0, 2, 0)
        assert list(Lead.objects.order_by("pk").values()) == before

    def test_rows_that_contradict_each_other_do_not_change_things_to_and_fro(
        self, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(chunks, "CHUNK_ROWS", 1)  # whatever a chunk knows of
        content = (
            "email,job title,company,industry,employees\n"
            "ann@example.com,Analyst,Acme,Steel,800\n"
            "bob@example.com,,ACME,Software,some\n"
            "ann@example.com,Chief,Acme,,520\n"
        )
        first = finished(prepared(content, now=now), now)
        assert counts(first) == (2, 1, 0, 0)
        company = Company.objects.get()
        assert (company.industry, company.employees) == ("Software", 520)
        assert Lead.objects.get(email="ann@example.com").job_title == "Chief"
        # The cell that cannot be used contradicts nothing; each that does not count is told.
        told = dict(first.problems.values_list("line", "message"))
        assert told.keys() == {2, 3}
        assert "line 4 says something else" in told[2]
        assert "“Steel” is not used: line 3" in told[2]
        again = finished(prepared(content, now=now), now + timedelta(hours=1))
        assert counts(again) == (0, 0, 3, 0)

    def test_unknown_channels_wait_for_their_meaning_and_unknown_is_not_blank(self, now: datetime) -> None:
        content = "id,source\n1,unknown\n2,\n3,Trade fair\n4,Direct\n5,n/a\n"
        batch = finished(prepared(content, now=now), now)
        fresh = Channel.objects.filter(pk__in=batch.new_channels)
        assert {channel.name: channel.needs_mapping for channel in fresh} == {"unknown": True, "Trade fair": True}
        channels = dict(Lead.objects.values_list("external_id", "first_channel__key"))
        assert channels == {"1": "unknown", "2": None, "3": "trade_fair", "4": "direct", "5": None}

    def test_a_value_the_database_refuses_costs_its_row_only(
        self, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        take = intake.take_leads

        def refusing(inputs: Any, **how: Any) -> Any:
            if any(parsed.identity.email_key == "p7@example.com" for parsed in inputs):
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1/0")
            return take(inputs, **how)

        monkeypatch.setattr(kinds_of_leads, "take_leads", refusing)
        batch = finished(prepared(people(20), now=now), now)
        assert counts(batch) == (19, 0, 0, 1)
        assert [(problem.line, problem.code) for problem in batch.problems.all()] == [(9, "cannot_be_stored")]

    @pytest.mark.parametrize(
        ("column", "before", "after"), [("employees", "120", "125"), ("industry", "Ships", "Ports")]
    )
    def test_a_row_that_changes_the_company_of_a_known_lead_is_a_changed_row(
        self, now: datetime, column: str, before: str, after: str
    ) -> None:
        rows = "email,company,{}\nann@example.com,Acme,{}\nbob@example.com,Acme,{}\n"
        finished(prepared(rows.format(column, before, before), now=now), now)
        batch = prepared(rows.format(column, after, after), now=now)
        with files.stored(batch) as file:
            said = dry_run(batch, file, now=now).counts
        assert (said.created, said.updated, said.unchanged, said.rejected) == (0, 1, 1, 0)
        assert str(getattr(Company.objects.get(), column)) == before
        assert counts(finished(batch, now)) == (0, 1, 1, 0)
        assert str(getattr(Company.objects.get(), column)) == after
        assert counts(finished(prepared(rows.format(column, after, after), now=now), now)) == (0, 0, 2, 0)

    def test_the_dry_run_says_the_same_and_leaves_nothing(self, now: datetime) -> None:
        content = "email,source\nann@example.com,Fair\nann@example.com,Fair\nx,\nbob@example.com,Fair\n"
        batch = prepared(content, now=now)
        with files.stored(batch) as file:
            said = dry_run(batch, file, now=now).counts
        assert (said.created, said.updated, said.unchanged, said.rejected) == (2, 0, 1, 1)
        assert [channel.name for channel in said.new_channels] == ["Fair"]
        assert not Lead.objects.exists()
        assert not Channel.objects.filter(key="fair").exists()
        assert counts(finished(batch, now)) == (2, 0, 1, 1)


@pytest.mark.django_db
class TestOutcomes:
    def test_leads_become_customers(self, now: datetime, make_lead: Callable[..., Lead]) -> None:
        make_lead(external_id="a"), make_lead(email="B@example.com"), make_lead(external_id="c")
        content = (
            "id,email,won date,amount,lost date,opportunity date\n"
            'a,,2026-03-01,"1,200.50",,2026-02-01\n'
            ",b@EXAMPLE.com,2026-03-02,,,\n"
            "c,,,,2026-03-03,\n"
            "nobody,,2026-03-01,,,\n"
            "a,,,,,\n"
            "c,,2027-03-03,,,\n"
        )
        batch = finished(prepared(content, now=now, kind="outcomes"), now)
        assert counts(batch) == (0, 3, 0, 3)
        a, b, c = Lead.objects.order_by("pk")
        assert (a.stage, a.amount, a.customer_at) == (
            "customer",
            Decimal("1200.50"),
            datetime(2026, 3, 1, tzinfo=now.tzinfo),
        )
        assert a.opportunity_at == datetime(2026, 2, 1, tzinfo=now.tzinfo)
        assert (b.stage, b.status, c.status) == ("customer", "converted", "lost")
        assert [problem.code for problem in batch.problems.all()] == ["unknown_lead", "no_outcome", "future_time"]

    def test_what_is_known_costs_no_statement_a_row(self, now: datetime, make_lead: Callable[..., Lead]) -> None:
        head = "id,won date,amount,lost date\n"
        rows = [f"won{n},2026-03-01,{n}00,\nlost{n},,,2026-03-02\n" for n in range(10)]
        for number in range(10):
            make_lead(external_id=f"won{number}"), make_lead(external_id=f"lost{number}")
        finished(prepared(head + "".join(rows), now=now, kind="outcomes"), now)
        costs = []
        for count in (1, 10):
            batch = prepared(head + "".join(rows[:count]), now=now, kind="outcomes")
            with CaptureQueriesContext(connection) as queries:
                finished(batch, now)
            assert counts(batch) == (0, 0, 2 * count, 0)
            costs.append(len(queries))
        assert costs[0] == costs[1]

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            ("crm-1,bea@example.com", "id"),  # two known leads
            ("crm-1,somebody@example.com", "email"),
            ("crm-9,ada@example.com", "id"),
        ],
    )
    def test_the_id_of_one_lead_with_the_address_of_another_is_nobody(
        self, now: datetime, make_lead: Callable[..., Lead], row: str, column: str
    ) -> None:
        make_lead(external_id="crm-1", email="ada@example.com"), make_lead(external_id="crm-2", email="bea@example.com")
        content = f"id,email,won date,lost date\n{row},2026-03-01,\n{row},,2026-03-01\n"
        batch = finished(prepared(content, now=now, kind="outcomes"), now)
        assert counts(batch) == (0, 0, 0, 2)
        problems = {(problem.code, problem.column) for problem in batch.problems.all()}
        assert problems == {("identity_conflict", column)}
        assert {lead.stage for lead in Lead.objects.all()} == {"lead"}

    def test_importing_again_changes_nothing(self, now: datetime, make_lead: Callable[..., Lead]) -> None:
        make_lead(external_id="a")
        content = "id,won date,opportunity date\na,2026-03-01,2026-02-01\n"
        finished(prepared(content, now=now, kind="outcomes"), now)
        events = LeadEvent.objects.count()
        assert counts(finished(prepared(content, now=now, kind="outcomes"), now)) == (0, 0, 1, 0)
        assert LeadEvent.objects.count() == events

    @pytest.mark.parametrize(
        "rows",
        [
            "a,2026-01-10,100,,\na,2026-03-05,900,,\n",
            "a,2026-01-10,100,,\na,2026-01-10,900,,\na,2026-01-10,100.00,,\n",
            "a,,,2026-02-01,\na,,,,2026-02-03\n",
            "a,,,2026-02-01,\na,,,,2026-02-03\na,2026-03-05,900,,\na,2026-03-05,,,\n",
        ],
        ids=["two deals", "two deals of one day", "lost and another deal", "lost, another deal, won"],
    )
    def test_the_same_deals_again_change_nothing(
        self, now: datetime, make_lead: Callable[..., Lead], rows: str
    ) -> None:
        make_lead(external_id="a")
        content = f"id,won date,amount,lost date,opportunity date\n{rows}"
        finished(prepared(content, now=now, kind="outcomes"), now)
        stored, events = Lead.objects.values().get(), LeadEvent.objects.count()
        again = finished(prepared(content, now=now, kind="outcomes"), now + timedelta(hours=1))
        assert counts(again) == (0, 0, rows.count("\n"), 0)
        assert (Lead.objects.values().get(), LeadEvent.objects.count()) == (stored, events)

    def test_an_id_is_one_of_the_system_of_the_file(self, now: datetime) -> None:
        for system, name in (("crm", "Ann"), ("shop", "Bob"), ("crm", "Ann")):
            batch = prepared(f"id,first name\n4711,{name}\n", now=now, system=system)
            finished(batch, now)
        assert counts(batch) == (0, 0, 1, 0)
        for system, amount in (("shop", 5), ("crm", 7)):
            content = f"id,won date,amount\n4711,2026-03-01,{amount}\n"
            batch = finished(prepared(content, now=now, kind="outcomes", system=system), now)
            assert counts(batch) == (0, 1, 0, 0)
        assert dict(Lead.objects.values_list("first_name", "amount")) == {"Ann": 7, "Bob": 5}

    def test_two_deals_of_one_lead_are_both_kept(self, now: datetime, make_lead: Callable[..., Lead]) -> None:
        lead = make_lead(external_id="a")
        content = "id,won date,amount\na,2026-03-05,900\na,2026-01-10,100\n"
        assert counts(finished(prepared(content, now=now, kind="outcomes"), now)) == (0, 2, 0, 0)
        lead.refresh_from_db()
        assert (lead.customer_at, lead.amount) == (datetime(2026, 1, 10, tzinfo=now.tzinfo), Decimal(1000))
        deals = [(str(deal.closed_on), deal.is_won, deal.amount) for deal in lead.deals.all()]
        assert deals == [("2026-01-10", True, Decimal(100)), ("2026-03-05", True, Decimal(900))]
        told = LeadEvent.objects.exclude(kind="lead.created").order_by("pk").values_list("kind", "at__date")
        assert [(kind, str(on)) for kind, on in told] == [
            ("lead.customer", "2026-03-05"),
            ("lead.deal_won", "2026-01-10"),
            ("lead.customer_since", "2026-01-10"),
        ]

    @pytest.mark.parametrize(
        ("row", "since", "amount", "told"),
        [
            ("a,D1,2026-01-12,100", "2026-01-12", 1000, ["lead.deal_day", "lead.customer_since"]),
            ("a,D1,2026-03-08,100", "2026-03-05", 1000, ["lead.deal_day", "lead.customer_since"]),
            ("a,D2,2026-03-06,900", "2026-01-10", 1000, ["lead.deal_day"]),
            ("a,D2,2026-03-05,950", "2026-01-10", 1050, ["lead.amount"]),
            ("a,,2026-03-05,950", "2026-01-10", 1050, ["lead.amount"]),
            ("a,D3,2026-03-05,950", "2026-01-10", 1950, ["lead.deal_won"]),
            ("a,,2026-03-07,5", "2026-01-10", 1005, ["lead.deal_won"]),
            ("a,,2026-03-05,", "2026-01-10", 1000, []),
        ],
    )
    def test_what_is_said_of_a_deal_later(
        self, now: datetime, make_lead: Callable[..., Lead], row: str, since: str, amount: int, told: list[str]
    ) -> None:
        make_lead(external_id="a")
        head = "id,deal id,won date,amount\n"
        finished(prepared(head + "a,D1,2026-01-10,100\na,D2,2026-03-05,900\n", now=now, kind="outcomes"), now)
        before = LeadEvent.objects.latest("pk").pk
        batch = finished(prepared(f"{head}{row}\n", now=now, kind="outcomes"), now)
        assert counts(batch) == ((0, 1, 0, 0) if told else (0, 0, 1, 0))
        lead = Lead.objects.get()
        assert (str(lead.customer_at)[:10], lead.amount) == (since, Decimal(amount))
        assert list(LeadEvent.objects.filter(pk__gt=before).order_by("pk").values_list("kind", flat=True)) == told
        again = finished(prepared(f"{head}{row}\n", now=now, kind="outcomes"), now)
        assert counts(again) == (0, 0, 1, 0)
        differences = io.StringIO()
        call_command("reconcile", stdout=differences)
        assert differences.getvalue() == "Every lead agrees with its record.\n"

    def test_a_deal_gets_the_id_that_becomes_known(self, now: datetime, make_lead: Callable[..., Lead]) -> None:
        lead = make_lead(external_id="a")
        finished(prepared("id,won date,amount\na,2026-01-10,\na,2026-03-05,9\n", now=now, kind="outcomes"), now)
        content = "id,deal id,won date,amount\na,D1,2026-01-10,100\na,D2,2026-03-05,9\n"
        assert counts(finished(prepared(content, now=now, kind="outcomes"), now)) == (0, 2, 0, 0)
        assert [(deal.external_id, deal.amount) for deal in lead.deals.all()] == [
            ("D1", Decimal(100)),
            ("D2", Decimal(9)),
        ]

    def test_a_deal_that_was_lost_can_be_won_but_not_the_other_way(
        self, now: datetime, make_lead: Callable[..., Lead]
    ) -> None:
        lead = make_lead(external_id="a")
        head = "id,deal id,won date,amount,lost date\n"
        for row, expected in (("a,D1,,,2026-01-10", (0, 1, 0, 0)), ("a,D1,2026-02-01,70,", (0, 1, 0, 0))):
            assert counts(finished(prepared(f"{head}{row}\n", now=now, kind="outcomes"), now)) == expected
        lead.refresh_from_db()
        assert (lead.status, lead.amount, lead.deals.count()) == ("converted", Decimal(70), 1)
        batch = finished(prepared(f"{head}a,D1,,,2026-02-02\n", now=now, kind="outcomes"), now)
        assert [(problem.code, problem.column) for problem in batch.problems.all()] == [("deal_was_won", "lost date")]
        lead.refresh_from_db()
        assert (lead.status, lead.deals.get().is_won) == ("converted", True)

    def test_a_deal_that_a_customer_did_not_buy_is_kept(self, now: datetime, make_lead: Callable[..., Lead]) -> None:
        lead = make_lead(external_id="a")
        content = "id,won date,lost date\na,2026-01-10,\na,,2026-02-10\n"
        assert counts(finished(prepared(content, now=now, kind="outcomes"), now)) == (0, 2, 0, 0)
        lead.refresh_from_db()
        assert (lead.stage, lead.status) == ("customer", "converted")
        assert [deal.is_won for deal in lead.deals.all()] == [True, False]

    def test_an_amount_that_is_corrected_and_corrected_back_is_the_last_that_was_said(
        self, now: datetime, make_lead: Callable[..., Lead]
    ) -> None:
        make_lead(external_id="a")
        for amount in ("900", "950", "900"):
            batch = prepared(f"id,won date,amount\na,2026-03-05,{amount}\n", now=now, kind="outcomes")
            assert counts(finished(batch, now)) == (0, 1, 0, 0)
            assert Lead.objects.get().amount == Decimal(amount)
        told = LeadEvent.objects.filter(kind="lead.amount").order_by("pk")
        assert [Decimal(event.data["amount"]) for event in told] == [950, 900]


@pytest.mark.django_db
class TestStopping:
    def test_an_exception_between_chunks_leaves_what_is_committed_and_the_rest_is_taken_later(
        self, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(chunks, "CHUNK_ROWS", 10)
        batch = prepared(people(35), now=now)

        def trip(done: ImportBatch) -> None:
            if done.created == 20:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run.run(batch.pk, clock=lambda: now, progress=trip)
        batch.refresh_from_db()
        assert (batch.state, batch.created, batch.done_to_line) == (State.RUNNING, 20, 21)
        assert not run.run(batch.pk, clock=lambda: now + timedelta(seconds=30)), "the lease is not over"
        later = now + run.LEASE + timedelta(seconds=1)
        assert run.unfinished(now=later) == [batch.pk]
        assert counts(finished(batch, later)) == (35, 0, 0, 0)

    def test_a_chunk_and_how_far_we_are_are_one_transaction(
        self, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(chunks, "CHUNK_ROWS", 10)
        batch = prepared(people(15), now=now)

        def fail(*args: object, **kwargs: object) -> None:
            raise BrokenPipeError

        with monkeypatch.context() as broken:
            broken.setattr(run, "_add", fail)
            with pytest.raises(BrokenPipeError):
                run.run(batch.pk, clock=lambda: now)
        assert not Lead.objects.exists()
        assert counts(finished(batch, now + run.LEASE * 2)) == (15, 0, 0, 0)

    def test_a_slice_of_time_ends_after_a_chunk_and_the_next_goes_on(
        self, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(chunks, "CHUNK_ROWS", 10)
        batch = prepared(people(25), now=now)
        for done in (10, 20):
            assert run.run(batch.pk, clock=lambda: now, until=now)
            batch.refresh_from_db()
            assert (batch.state, batch.created) == (State.READY, done)
            assert run.is_waiting(batch.pk)
        assert counts(finished(batch, now)) == (25, 0, 0, 0)

    def test_what_stops_its_worker_every_time_is_given_up(self, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        batch = prepared(people(3), now=now)

        def die(*args: object, **kwargs: object) -> None:
            raise MemoryError

        monkeypatch.setattr(run, "take_chunk", die)
        for attempt in range(run.ATTEMPTS):
            with pytest.raises(MemoryError):
                run.run(batch.pk, clock=lambda: now + run.LEASE * 2 * attempt)  # noqa: B023
        assert run.run(batch.pk, clock=lambda: now + run.LEASE * 20)
        batch.refresh_from_db()
        assert (batch.state, batch.rows) == (State.FAILED, 3)
        assert "5 times" in batch.message
        assert run.unfinished(now=now + run.LEASE * 40) == []

    def test_a_file_that_is_gone_ends_it_with_a_sentence(self, now: datetime) -> None:
        batch = prepared(people(3), now=now)
        default_storage.delete(batch.stored_as)
        assert finished(batch, now).state == State.FAILED
        assert "Upload it again" in batch.message


@pytest.mark.django_db
class TestTasks:
    def test_running_twice_takes_every_row_once(self, now: datetime) -> None:
        batch = prepared(people(5), now=now)
        tasks.run_import(batch.pk)
        tasks.run_import(batch.pk)
        batch.refresh_from_db()
        assert (batch.state, counts(batch)) == (State.DONE, (5, 0, 0, 0))

    def test_starting_twice_starts_once(self, now: datetime) -> None:
        assert not run.start(prepared(people(1), now=now).pk, now=now)

    def test_the_sweeper_takes_up_what_nobody_runs(self, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        batch = prepared(people(1), now=now)
        hinted: list[int] = []
        monkeypatch.setattr(tasks.run_import, "delay", hinted.append)
        tasks.resume_imports()
        assert hinted == [batch.pk]

    def test_files_are_forgotten_after_a_week_and_what_came_of_them_stays(self, now: datetime) -> None:
        old = now - files.RETENTION - timedelta(minutes=1)
        done = finished(prepared(people(2), now=old), old)
        waiting, fresh = prepared(people(1), now=old), finished(prepared(people(1), now=now), now)
        never = prepared(people(1), now=old)
        ImportBatch.objects.filter(pk=never.pk).update(state=State.UPLOADED)
        stored = [batch.stored_as for batch in (done, never)]
        for _again in range(2):
            files.forget_old(now=now)
            done.refresh_from_db()
            assert (done.stored_as, done.created) == ("", 2)
            assert not any(default_storage.exists(name) for name in stored)
            assert not ImportBatch.objects.filter(pk=never.pk).exists()
            assert all(default_storage.exists(batch.stored_as) for batch in (waiting, fresh))


def _run_slowly(batch_id: int) -> None:
    """What a worker process does, slowly enough to be killed in the middle."""
    connections.close_all()
    os.setsid()
    chunks.CHUNK_ROWS = 10  # type: ignore[misc]

    def breathe(_batch: ImportBatch) -> None:
        time.sleep(0.05)

    from django.utils import timezone

    run.run(batch_id, clock=timezone.now, progress=breathe)


class TestTwoWorkers:
    @pytest.mark.slow
    def test_one_that_is_killed_is_followed_by_one_that_takes_every_row_once(
        self, transactional: None, now: datetime
    ) -> None:
        batch = prepared(people(400), now=now)
        connections.close_all()
        worker = multiprocessing.get_context("fork").Process(target=_run_slowly, args=(batch.pk,))
        worker.start()
        deadline = time.monotonic() + 20
        while batch.created < 100 and time.monotonic() < deadline:
            time.sleep(0.02)
            batch.refresh_from_db()
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        worker.join()
        batch.refresh_from_db()
        assert 100 <= batch.created < 400, "it was killed in the middle"
        later = batch.touched_at + run.LEASE * 2
        assert counts(finished(batch, later)) == (400, 0, 0, 0)
        assert Lead.objects.count() == LeadEvent.objects.count() == 400

    @pytest.mark.parametrize("is_stale", [False, True], ids=["at once", "after a lease"])
    def test_two_at_once_take_every_row_once(
        self, transactional: None, now: datetime, monkeypatch: pytest.MonkeyPatch, *, is_stale: bool
    ) -> None:
        """`after a lease`: the second takes over from a first that is slow, not dead."""
        batch, results, taken = _two_workers(now, monkeypatch, is_stale=is_stale)
        assert sorted(results.values()) == [False, True], "one of them does all that is left"
        assert is_stale or results["first"]
        assert (batch.state, counts(batch)) == (State.DONE, (200, 0, 0, 0))
        assert len(taken) == Lead.objects.count() == 200

    def test_without_the_fence_rows_are_taken_twice(
        self, transactional: None, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The control of the test before."""
        monkeypatch.setattr(run, "_hold", lambda batch: batch)
        _batch, _results, taken = _two_workers(now, monkeypatch, is_stale=True)
        assert len(taken) > 200


def _two_workers(
    now: datetime, monkeypatch: pytest.MonkeyPatch, *, is_stale: bool
) -> tuple[ImportBatch, dict[str, bool], list[int]]:
    """A second worker comes while a slow first one runs; answers with the lines both have taken."""
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 10)
    batch = prepared(people(200), now=now)
    has_begun = threading.Event()
    results: dict[str, bool] = {}
    taken: list[int] = []
    take_chunk = chunks.take_chunk

    def noting(items: list[Item], **how: Any) -> chunks.Counts:
        done = take_chunk(items, **how)
        taken.extend(item.line for item in items)
        return done

    def slow(_batch: ImportBatch) -> None:
        has_begun.set()
        time.sleep(0.03)

    def first() -> None:
        with suppress(IntegrityError):  # without the fence the database's own check of the counts stops one
            results["first"] = run.run(batch.pk, clock=lambda: now, progress=slow)
        connections.close_all()

    def second() -> None:
        has_begun.wait(10)
        moment = now + (run.LEASE * 2 if is_stale else timedelta())
        with suppress(IntegrityError):
            results["second"] = run.run(batch.pk, clock=lambda: moment)
        connections.close_all()

    monkeypatch.setattr(run, "take_chunk", noting)
    threads = [threading.Thread(target=target) for target in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    batch.refresh_from_db()
    return batch, results, taken
