"""An import does not flood sales: who qualifies by it waits, goes at once or stays, as was chosen."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from capture.importing.chunks import chunked, take_chunk
from capture.importing.plan import new_batch, set_mapping
from capture.importing.preview import dry_run
from capture.importing.reading import read
from capture.importing.waiting import pace_of
from capture.models import ImportBatch
from handoff.models import BacklogPolicy, Handoff
from handoff.promotion.backlog import pass_next, waiting
from handoff.promotion.promotions import candidates
from leads.models import Lead
from leads.turns import Turn
from scoring.engine.batches import drain
from scoring.models import Score, Why
from tests.handoff.conftest import MakeLead
from tests.handoff.promoting import drain_and_promote, promote_missed, score_and_promote
from tests.scoring.building import did
from tests.scoring.shipped import make_published

pytestmark = pytest.mark.django_db
HEAD = "Email,Job title,Company,Employees\r\n"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def fifteen_points(marketer: User, manager: User, now: datetime) -> None:
    """An executive qualifies, and so do two companies' worth of fit."""
    make_published(marketer, manager, now - DAY, threshold=15)


def rows(count: int, title: str = "Chief Executive") -> str:
    return HEAD + "".join(f"lead{number}@example.com,{title},,\r\n" for number in range(count))


def batch_of(text: str, actor: User, now: datetime, turn: Turn = Turn.WAITS) -> tuple[ImportBatch, io.BytesIO]:
    file = io.BytesIO(text.encode())
    batch = new_batch(file, name="x.csv", kind="leads", time_zone="UTC", actor=actor, now=now)
    set_mapping(batch, file, batch.mapping, orders={})
    batch.turn = turn
    batch.save()
    return batch, file


@pytest.fixture
def imported(marketer: User, now: datetime) -> Callable[..., int]:
    """`imported(text, turn)`: takes the file, scores and promotes; returns how many handoffs were opened."""

    def do(text: str, turn: Turn = Turn.WAITS) -> int:
        batch, file = batch_of(text, marketer, now, turn)
        before = Handoff.objects.count()
        _columns, items = read(file, encoding=batch.encoding, delimiter=batch.delimiter)
        for chunk in chunked(items):
            take_chunk(chunk, batch=batch, now=now)
        while drain_and_promote(now=now):
            pass
        promote_missed(now=now)
        return Handoff.objects.count() - before

    return do


class TestTurn:
    def test_it_is_to_wait_unless_said_otherwise(self) -> None:
        assert ImportBatch().turn == Turn.WAITS

    def test_they_wait_and_pass_so_many_a_day(self, imported: Callable[..., int], rep: User, now: datetime) -> None:
        BacklogPolicy.objects.update(per_day=2)
        assert imported(rows(5)) == 0
        assert set(Score.objects.values_list("qualifies", "qualified_by")) == {(True, Why.IMPORT)}
        assert waiting(now=now).count() == 5
        assert [pass_next(now=now), pass_next(now=now), pass_next(now=now + DAY)] == [2, 0, 2]

    def test_at_once(self, imported: Callable[..., int], rep: User, now: datetime) -> None:
        assert imported(rows(3), Turn.NOW) == 3

    def test_not_for_sales_until_they_do_something_that_scores(
        self, imported: Callable[..., int], rep: User, now: datetime
    ) -> None:
        BacklogPolicy.objects.update(per_day=100)
        assert imported(rows(3), Turn.NEVER) == 0
        assert (waiting(now=now).count(), candidates(now=now).count(), pass_next(now=now)) == (0, 0, 0)
        lead = Lead.objects.earliest("pk")
        did(lead, "programme_joined", now)
        score_and_promote([lead.pk], now=now, why=Why.ACTIVITY)
        assert list(Handoff.objects.values_list("lead", flat=True)) == [lead.pk]

    def test_who_waits_and_does_something_goes_at_once(
        self, imported: Callable[..., int], rep: User, now: datetime
    ) -> None:
        imported(rows(2))
        lead = Lead.objects.earliest("pk")
        did(lead, "programme_joined", now)
        assert score_and_promote([lead.pk], now=now, why=Why.ACTIVITY) == 1

    def test_others_of_a_company_whose_figures_it_changes_wait_too(
        self, imported: Callable[..., int], make_lead: MakeLead, marketer: User, manager: User, rep: User, now: datetime
    ) -> None:
        make_published(marketer, manager, now - DAY, threshold=10)
        for number in range(3):
            make_lead(email=f"old{number}@works.example", company="Works", company_domain="works.example")
        while drain(now=now):
            pass
        assert imported("Email,Company,Company domain,Employees\r\nnew@works.example,Works,works.example,120\r\n") == 0
        assert waiting(now=now).count() == 4

    def test_who_waits_already_stays_where_it_is(self, imported: Callable[..., int], rep: User, now: datetime) -> None:
        imported(rows(2))
        assert imported(HEAD + "lead0@example.com,Chief Executive Officer,,\r\n") == 0
        assert waiting(now=now).count() == 2


class TestForetold:
    def test_what_is_said_is_what_happens_and_nothing_is_stored(
        self, imported: Callable[..., int], marketer: User, rep: User, now: datetime
    ) -> None:
        imported(rows(2))
        text = rows(4) + "clerk@example.com,Clerk,,\r\nlead3@example.com,Owner and founder,,\r\n"
        batch, file = batch_of(text, marketer, now)
        assert dry_run(batch, file, now=now).qualifying == 2
        assert (Lead.objects.count(), Score.objects.count()) == (2, 2)
        imported(text)
        assert waiting(now=now).count() == 4

    def test_who_may_not_go_is_not_counted(self, make_lead: MakeLead, marketer: User, rep: User, now: datetime) -> None:
        lead = make_lead(email="lead0@example.com")
        Lead.objects.filter(pk=lead.pk).update(do_not_contact=True)
        batch, file = batch_of(rows(2), marketer, now)
        assert dry_run(batch, file, now=now).qualifying == 1


class TestPace:
    def test_it_counts_those_that_wait_already(
        self, imported: Callable[..., int], marketer: User, rep: User, now: datetime
    ) -> None:
        imported(rows(4))
        BacklogPolicy.make()
        BacklogPolicy.objects.update(per_day=3)
        assert pace_of(3, now=now) == [
            "At most 3 a day go to sales. With those that wait already (4) these take about 3 days."
        ]
        BacklogPolicy.objects.update(per_day=0)
        assert pace_of(3, now=now) == ["None a day goes to sales by itself at the moment: somebody passes them."]
        assert pace_of(0, now=now) == []


class TestPages:
    def test_it_is_chosen_kept_and_told(
        self, client: Client, marketer: User, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        BacklogPolicy.make()
        BacklogPolicy.objects.update(per_day=2)
        client.force_login(marketer)
        upload = io.BytesIO(rows(3).encode())
        upload.name = "x.csv"
        client.post(reverse("capture:import_new"), {"file": upload, "kind": "leads"})
        batch = ImportBatch.objects.latest("pk")
        preview = client.get(reverse("capture:import_preview", args=[batch.public_id])).content.decode()
        assert "3 leads would come to qualify for sales." in preview
        assert "At most 2 a day go to sales. These take about 2 days." in preview
        run = reverse("capture:import_run", args=[batch.public_id])
        for turn, state in (("whenever", "uploaded"), ("never", "ready")):
            client.post(run, {"turn": turn})
            batch.refresh_from_db()
            assert batch.state == state
        assert batch.turn == Turn.NEVER
        shown = client.get(reverse("capture:import_detail", args=[batch.public_id])).content.decode()
        assert "They do not go to sales until they do something themselves that scores." in shown
