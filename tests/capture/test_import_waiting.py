"""The page of an import says what it waits for, and its preview what is known of leads by their ids alone."""

import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from capture.importing.waiting import still_to_come, waits_for
from capture.models import ImportBatch
from handoff.models import BacklogPolicy
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from lib import clock
from scoring.models import Why
from tests.capture.test_import_run import finished, prepared
from tests.scoring.building import score_leads

pytestmark = pytest.mark.django_db
State = ImportBatch.State
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def private_root(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }


class TestWaiting:
    def test_its_turn_a_worker_or_nobody(self, now: datetime) -> None:
        first = prepared("email\na@x.example\n", now=now)
        batch = prepared("email\nb@x.example\n", now=now + timedelta(seconds=5))
        assert "starts within a minute" in waits_for(first, now=now + MINUTE)
        assert "1 other is before it" in waits_for(batch, now=now + MINUTE)
        ImportBatch.objects.filter(pk=first.pk).update(state=State.RUNNING, touched_at=now + 9 * MINUTE)
        assert "1 other is before it" in waits_for(batch, now=now + 10 * MINUTE)
        first.refresh_from_db()
        assert waits_for(first, now=now + 10 * MINUTE) == ""
        assert "is gone" in waits_for(first, now=now + 12 * MINUTE)
        assert "No worker takes it up" in waits_for(batch, now=now + 12 * MINUTE)

    def test_scoring_and_its_pace_to_sales(self, now: datetime) -> None:
        content = "email,job title,company,employees\n" + "".join(
            f"p{n}@x.example,Chief Executive Officer,Acme {n},200\n" for n in range(3)
        )
        batch = finished(prepared(content, now=now), now)
        assert "3 leads it made wait to be scored." in still_to_come(batch, now=now)
        visits = [
            ActivityInput(f"m{n}", "page_view", LeadInput(email=f"p{n}@x.example"), now, page="/pricing")
            for n in range(3)
        ]
        take_activities(visits, agent=Agent(name="test"), source="test", now=now)
        score_leads(list(batch.leads.values_list("lead", flat=True)), now=now, why=Why.IMPORT)
        pace = BacklogPolicy.current().per_day
        sentence = still_to_come(batch, now=now)[-1]
        assert "3 leads it made qualify and wait for their turn" in sentence
        assert f"at most {pace} a day" in sentence

    def test_the_page_says_it(self, client: Client, marketer: User) -> None:
        prepared("email\na@x.example\n", now=clock.now(), actor=marketer)
        batch = prepared("email\nb@x.example\n", now=clock.now() + timedelta(seconds=1), actor=marketer)
        client.force_login(marketer)
        page = client.get(reverse("capture:import_detail", args=[batch.public_id])).content.decode()
        assert "It waits for its turn: 1 other is before it" in page


class TestIdsAlone:
    CONTENT = "Record ID,Email,First name\n1,,Ann\n2,bob@x.example,Bob\n"

    def test_the_preview_says_what_that_means(self, client: Client, marketer: User) -> None:
        batch = prepared(self.CONTENT, now=timezone.now(), actor=marketer)
        ImportBatch.objects.update(state=State.UPLOADED)
        client.force_login(marketer)
        page = client.get(reverse("capture:import_preview", args=[batch.public_id])).content.decode()
        assert "1 new lead is known by an id alone" in page
        assert "an address" in page

    def test_the_command_too(self, tmp_path: Path) -> None:
        path = tmp_path / "people.csv"
        path.write_text(self.CONTENT)
        out = io.StringIO()
        call_command("import", path, "--kind", "leads", "--dry-run", stdout=out)
        assert "1 new lead is known by an id alone" in out.getvalue()
        out = io.StringIO()
        call_command("import", path, "--kind", "leads", "--dry-run", "--format", "json", stdout=out)
        assert json.loads(out.getvalue())["id_only"] == 1
