"""An import can be taken back: what it made goes, what it changed is as before, and what somebody did since stays."""

import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from capture.importing import undo
from capture.importing.undo import NotUndoable
from capture.models import ImportBatch, ImportChange, ImportUndo
from leads import intake, lifecycle
from leads.consent.ledger import give, is_given, withdraw
from leads.correcting.leads import correct
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.merging import company_merging
from leads.merging.merging import merge
from leads.models import Activity, Company, Deal, Lead, LeadEvent, LeadIdentifier, Spend, Suppression
from leads.models.erasure import ErasureReason
from leads.outcomes import customer
from leads.privacy.erasing import erase
from leads.privacy.retention import remove_what_is_due
from leads.undoing.changes import RowChange
from leads.undoing.undoing import undo_changes
from lib import clock
from lib.leave import leave
from tests.capture.test_import_run import finished, prepared

pytestmark = pytest.mark.django_db
SYSTEM: Final = Agent(name="test")
LATER: Final = timedelta(hours=1)


@pytest.fixture(autouse=True)
def private_root(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }


def state() -> dict[str, list[Any]]:
    """Everything an import can make or change."""
    models = (Lead, LeadIdentifier, Company, Activity, Deal, Spend, Suppression)
    rows = {model.__name__: list(model.objects.order_by("pk").values()) for model in models}
    with connection.cursor() as cursor:
        cursor.execute("SELECT lead_id, at, channel_id, campaign_id, page_id FROM leads_lasttouch ORDER BY 1")
        return rows | {"LastTouch": cursor.fetchall()}


def undone(batch: ImportBatch, now: datetime, actor: User | None = None) -> dict[str, int]:
    undo.ask(batch.pk, actor=actor, now=now)
    assert undo.run(batch.pk, clock=lambda: now)
    results: dict[str, int] = ImportUndo.objects.get(batch=batch).results
    return results


def taken(now: datetime, **fields: Any) -> Lead:
    [result] = intake.take_leads([LeadInput(**fields)], agent=SYSTEM, now=now)
    assert not isinstance(result, intake.Refusal)
    return Lead.objects.get(pk=result.lead_id)


def qualified(lead: Lead, now: datetime) -> Lead:
    with transaction.atomic():
        lifecycle.become_mql(lifecycle.locked([lead.pk]).get(), agent=SYSTEM, now=now, data={})
    lead.refresh_from_db()
    return lead


FILES: Final = {
    "leads": (
        "email,id,first name,job title,company,industry,employees,source,created date,no mail\n"
        "known@x.example,K7,Anna,Chief,Acme,Steel,900,Partner,2026-01-01,yes\n"
        "new@x.example,N1,Nora,,Beta,,5,Partner,2026-02-01,yes\n"
    ),
    "companies": "name,website,industry,employees\nAcme,acme.example,Steel,900\nGamma,gamma.example,,3\n",
    "activities": (
        "email,type,timestamp,page url,activity id\n"
        "known@x.example,page_view,2026-03-09T10:00:00Z,/pricing,a1\n"
        "new@x.example,page_view,2026-03-09T10:00:00Z,/pricing,a2\n"
    ),
    "outcomes": (
        "email,deal id,won at,amount,lost at,opportunity at\n"
        "known@x.example,D1,2026-03-01,100,,2026-02-01\n"
        "known@x.example,D2,2026-03-02,50,,\n"
        "buyer@x.example,D3,2026-03-03,70,,\n"
        "buyer@x.example,OLD,2026-01-03,11,,\n"
    ),
    "spend": "channel,campaign,day,amount\npartner,Spring,2026-03-01,80\npartner,Summer,2026-03-01,20\n",
    "suppressions": "email,reason\ngone@x.example,bounced\n",
}


@pytest.mark.parametrize("kind", FILES)
def test_everything_is_as_it_was(kind: str, now: datetime) -> None:
    known = taken(now, email="known@x.example", first_name="Ann", company="Acme", employees=50, channel="Direct")
    buyer = taken(now, email="buyer@x.example")
    customer(lead_id=buyer.pk, agent=SYSTEM, at=now - timedelta(days=60), now=now, amount=9, deal="OLD")  # type: ignore[arg-type]
    finished(prepared("channel,campaign,day,amount\npartner,Spring,2026-03-01,7\n", now=now, kind="spend"), now)
    before, events = state(), LeadEvent.objects.exclude(to_stage="").count()
    batch = finished(prepared(FILES[kind], now=now + LATER, kind=kind), now + LATER)
    assert batch.rejected == 0
    assert batch.created + batch.updated > 0
    assert state() != before
    results = undone(batch, now + 2 * LATER)
    assert state() == before, results
    # Who was never asked and wants no mail is not asked because a file was wrong.
    stays = {"stays_word": 1} if kind == "leads" else {}
    assert {name: count for name, count in results.items() if name.startswith("stays")} == stays
    # Reports count transitions: none of the import is left.
    assert LeadEvent.objects.exclude(to_stage="").count() == events
    if kind in ("leads", "activities", "outcomes"):
        assert known.events.filter(kind="lead.import_undone").count() == 1
    # And the file can be imported again as if it had never been.
    again = finished(prepared(FILES[kind], now=now + 3 * LATER, kind=kind), now + 3 * LATER)
    assert (again.created, again.updated, again.unchanged) == (batch.created, batch.updated, batch.unchanged)


class TestWhatStays:
    def test_what_a_hand_changed_since_stays(self, now: datetime, marketer: User) -> None:
        lead = taken(now, email="known@x.example", first_name="Ann", job_title="Analyst")
        content = "email,first name,job title\nknown@x.example,Anna,Chief\nnew@x.example,Nora,Boss\n"
        batch = finished(prepared(content, now=now), now)
        new = Lead.objects.get(email="new@x.example")
        for one, name in ((lead, "Anja"), (new, "Noor")):
            correct(lead_id=one.pk, values={"first_name": name}, agent=Agent(user=marketer), now=now + LATER)
        results = undone(batch, now + LATER)
        lead.refresh_from_db()
        new.refresh_from_db()
        assert (lead.first_name, lead.job_title) == ("Anja", "Analyst")
        assert (new.first_name, new.job_title) == ("Noor", "Boss")
        assert results == {"values": 1, "stays_changed": 1, "stays_known": 1}

    def test_a_lead_that_others_know_or_that_went_on_stays(self, now: datetime) -> None:
        content = "email\nmql@x.example\nacted@x.example\nnamed@x.example\ngone@x.example\nerased@x.example\n"
        batch = finished(prepared(content, now=now), now)
        by_name = {lead.email.split("@")[0]: lead for lead in Lead.objects.all()}
        qualified(by_name["mql"], now + LATER)
        intake.take_activities(
            [ActivityInput("m1", "page_view", LeadInput(email="acted@x.example"), now, page="/x")],
            agent=SYSTEM, source="test", now=now,
        )  # fmt: skip
        taken(now + LATER, email="named@x.example", job_title="Chief")
        merge(lead_ids=(by_name["gone"].pk, by_name["acted"].pk), agent=SYSTEM, now=now + LATER)
        erase(lead_id=by_name["erased"].pk, reason=ErasureReason.ASKED, agent=SYSTEM, now=now + LATER)
        results = undone(batch, now + LATER)
        assert Lead.objects.count() == 4
        assert results["stays_with_sales"] == 1
        assert results["stays_known"] == 3
        assert "leads" not in results

    def test_an_outcome_sales_had_in_hand_stays(self, now: datetime) -> None:
        lead = qualified(taken(now, email="mql@x.example"), now)
        batch = finished(prepared("email,won at,amount\nmql@x.example,2026-03-01,5\n", now=now, kind="outcomes"), now)
        assert undone(batch, now + LATER) == {"stays_outcome": 1}
        lead.refresh_from_db()
        assert (lead.stage, lead.deals.count()) == ("customer", 1)

    def test_an_outcome_that_went_on_stays(self, now: datetime) -> None:
        lead = taken(now, email="a@x.example")
        batch = finished(prepared("email,won at\na@x.example,2026-03-01\n", now=now, kind="outcomes"), now)
        customer(lead_id=lead.pk, agent=SYSTEM, at=now, now=now + LATER, deal="by hand")
        assert undone(batch, now + LATER) == {"stays_outcome": 1}
        assert lead.deals.count() == 2

    def test_an_outcome_of_somebody_who_is_erased_meanwhile_stays(self, now: datetime) -> None:
        """Between looking at the changes and holding the lead."""
        lead = taken(now, email="a@x.example")
        batch = finished(prepared("email,won at\na@x.example,2026-03-01\n", now=now, kind="outcomes"), now)
        columns = ImportChange.objects.filter(batch=batch).values_list("source", "key", "lead_id", "before", "after")
        rows = [RowChange(*one) for one in columns]
        erase(lead_id=lead.pk, reason=ErasureReason.ASKED, agent=SYSTEM, now=now)
        assert undo_changes(rows, file="x.csv", agent=SYSTEM, now=now + LATER) == {"stays_gone": 1}
        lead.refresh_from_db()
        assert (lead.stage, lead.deals.count()) == ("customer", 1)

    def test_consent_is_taken_back_by_another_word(self, now: datetime) -> None:
        names = ("fresh", "before", "refused", "since")
        leads = {name: taken(now, email=f"{name}@x.example") for name in names}
        give(lead_id=leads["before"].pk, purpose="mailing", source="form", agent=SYSTEM, now=now)
        content = (
            "email,purpose,consent\nfresh@x.example,mailing,yes\nbefore@x.example,mailing,no\n"
            "refused@x.example,mailing,no\nsince@x.example,mailing,yes\n"
        )
        batch = finished(prepared(content, now=now + LATER, kind="consents"), now + LATER)
        withdraw(lead_id=leads["since"].pk, purpose="mailing", source="phone", agent=SYSTEM, now=now + 2 * LATER)
        assert undone(batch, now + 3 * LATER) == {"consents": 2, "stays_word": 2}
        assert {name: is_given(lead.pk, "mailing") for name, lead in leads.items()} == {
            "fresh": False, "before": True, "refused": False, "since": False,
        }  # fmt: skip

    def test_a_company_leads_work_at_stays(self, now: datetime) -> None:
        batch = finished(prepared("name,employees\nGamma,3\nDelta,4\n", now=now, kind="companies"), now)
        taken(now, email="a@x.example", company="Gamma")
        assert undone(batch, now + LATER) == {"companies": 1, "stays_company": 1}
        assert Company.objects.get().name == "Gamma"

    def test_a_company_that_others_went_into_stays(self, now: datetime) -> None:
        batch = finished(prepared("name,website\nGamma,gamma.example\n", now=now, kind="companies"), now)
        taken(now, email="a@x.example", company="Gamma Ltd")
        gamma, other = Company.objects.order_by("pk")
        company_merging.merge(company_ids=(gamma.pk, other.pk), agent=SYSTEM, now=now)
        Lead.objects.update(company=None)
        assert undone(batch, now + LATER) == {"stays_company": 1}
        assert Company.objects.get() == gamma


class TestRunning:
    def test_killed_half_way_it_goes_on_and_done_again_it_changes_nothing(
        self, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(undo, "PART", 2)
        known = [taken(now, email=f"k{n}@x.example", job_title="Analyst") for n in range(5)]
        rows = "".join(f"k{n}@x.example,Chief\nn{n}@x.example,Boss\n" for n in range(5))
        before = state()
        batch = finished(prepared(f"email,job title\n{rows}", now=now), now)
        undo.ask(batch.pk, actor=None, now=now)

        def die(row: ImportUndo) -> None:
            if row.results.get("values"):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            undo.run(batch.pk, clock=lambda: now, progress=die)
        row = ImportUndo.objects.get()
        assert row.finished_at is None
        assert 0 < undo.looked_at(row) < row.total == 10
        assert undo.unfinished() == [batch.pk]
        assert undo.run(batch.pk, clock=lambda: now)
        row.refresh_from_db()
        assert (row.results, row.attempts) == ({"leads": 5, "values": 5}, 0)
        assert state() == before
        assert not undo.run(batch.pk, clock=lambda: now)
        with pytest.raises(NotUndoable):
            undo.ask(batch.pk, actor=None, now=now)
        assert known[0].events.filter(kind="lead.import_undone").count() == 1

    def test_what_always_fails_is_given_up(self, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        batch = finished(prepared("email\na@x.example\n", now=now), now)
        undo.ask(batch.pk, actor=None, now=now)
        monkeypatch.setattr(undo, "_next_part", lambda *_args, **_how: 1 / 0)
        for _time in range(undo.ATTEMPTS):
            with pytest.raises(ZeroDivisionError):
                undo.run(batch.pk, clock=lambda: now)
        assert not undo.run(batch.pk, clock=lambda: now)
        assert "5 times" in ImportUndo.objects.get().message

    def test_it_can_be_undone_for_thirty_days(self, now: datetime) -> None:
        batch = finished(prepared(FILES["companies"], now=now, kind="companies"), now)
        assert ImportChange.objects.exists()
        late = now + timedelta(days=30)
        remove_what_is_due(now=late + LATER, until=float("inf"))
        assert not ImportChange.objects.exists()
        batch.refresh_from_db()
        with pytest.raises(NotUndoable, match="30 days"):
            undo.ask(batch.pk, actor=None, now=late + LATER)

    def test_what_others_change_meanwhile_is_not_the_imports(self, now: datetime) -> None:
        finished(prepared("email\na@x.example\n", now=now), now)
        count = ImportChange.objects.count()
        taken(now + LATER, email="a@x.example", job_title="Chief")
        assert ImportChange.objects.count() == count

    @pytest.mark.parametrize("statement", ["DELETE FROM leads_leadevent", "DELETE FROM leads_consent"])
    def test_nothing_but_the_words_of_imports_goes(self, now: datetime, statement: str) -> None:
        lead = taken(now, email="a@x.example")
        give(lead_id=lead.pk, purpose="mailing", source="form", agent=SYSTEM, now=now)
        refused = pytest.raises(DatabaseError, match="never changed")
        with refused, transaction.atomic(), leave(undoing="on"), connection.cursor() as cursor:
            cursor.execute(statement)


class TestPages:
    def test_it_says_what_will_happen_and_then_what_did(self, client: Client, marketer: User, rep: User) -> None:
        now = clock.now()
        taken(now, email="known@x.example", job_title="Analyst")
        content = "email,job title\nknown@x.example,Chief\nnew@x.example,Boss\n"
        batch = finished(prepared(content, now=now, actor=marketer), now)
        address = reverse("capture:import_undo", args=[batch.public_id])
        detail = reverse("capture:import_detail", args=[batch.public_id])
        client.force_login(rep)
        assert client.get(address).status_code == 403
        client.force_login(marketer)
        assert address in client.get(detail).content.decode()
        page = client.get(address).content.decode()
        assert "<strong>1</strong> leads removed" in page
        assert "<strong>1</strong> values of leads and companies as before" in page
        assert Lead.objects.count() == 2
        assert not ImportUndo.objects.exists()
        assert client.post(address).status_code == 302
        assert "The import is being undone" in client.get(detail).content.decode()
        undo.run(batch.pk, clock=lambda: now)
        page = client.get(detail).content.decode()
        assert "This import was undone" in page
        assert address not in page
        assert "undone already" in client.get(address).content.decode()

    def test_the_command_says_it_too(self) -> None:
        now = clock.now()
        batch = finished(prepared("email\nnew@x.example\n", now=now), now)
        out = io.StringIO()
        call_command("undo_import", str(batch.public_id), "--dry-run", stdout=out)
        assert "1 leads removed" in out.getvalue()
        assert Lead.objects.count() == 1
        out = io.StringIO()
        call_command("undo_import", str(batch.pk), "--format", "json", stdout=out)
        assert json.loads(out.getvalue())["results"] == {"leads": 1}
        assert not Lead.objects.exists()
        call_command("undo_import", str(batch.pk), stdout=io.StringIO())
        for odd in ("7", "x", "0" * 40):
            with pytest.raises(CommandError, match="There is no import"):
                call_command("undo_import", odd)
