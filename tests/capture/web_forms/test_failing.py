"""What is acknowledged is never lost: taking fails, and it is kept, tried again, and taken once."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.utils import timezone

from capture.models import Form, Submission, Verdict
from capture.tasks import take_submissions
from capture.web_forms import as_lead, taking
from leads.models import Activity, Lead
from tests.capture.web_forms.conftest import new_form
from tests.threads import at_once

Post = Callable[..., Any]


def fail(error: BaseException) -> Callable[..., Any]:
    def failing(*_: object, **__: object) -> None:
        raise error

    return failing


def sweep(*, after: timedelta) -> None:
    with time_machine.travel(timezone.now() + after, tick=True):
        take_submissions()


@pytest.mark.django_db
class TestFailing:
    @pytest.mark.parametrize("error", [RuntimeError("ada@firm.example.com"), OperationalError("away")])
    def test_it_is_kept_with_the_reason_and_taken_by_the_sweeper(
        self, error: Exception, form: Form, post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(as_lead, "take_activities", fail(error))
            assert post(form, email="ada@firm.example.com").status_code == 303
        submission = Submission.objects.get()
        assert (submission.verdict, submission.attempts) == (Verdict.TO_TAKE, 1)
        assert type(error).__name__ in submission.reason
        assert "ada" not in submission.reason
        sweep(after=timedelta(seconds=5))
        assert not Lead.objects.exists()
        sweep(after=timedelta(minutes=1))
        submission.refresh_from_db()
        assert (submission.verdict, submission.reason) == (Verdict.TAKEN, "")
        assert Lead.objects.get().email == "ada@firm.example.com"
        assert Activity.objects.get().occurred_at == submission.received_at

    def test_what_fails_again_and_again_is_shown_to_people(
        self, form: Form, post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(as_lead, "take_activities", fail(RuntimeError()))
            post(form, email="ada@firm.example.com")
            for day in range(1, taking.ATTEMPTS):
                sweep(after=timedelta(days=day))
        submission = Submission.objects.get()
        assert (submission.verdict, submission.attempts) == (Verdict.FAILED, taking.ATTEMPTS)
        assert taking.take_anyway(submission, now=timezone.now())
        assert taking.settle(submission.pk, now=timezone.now()).submission.verdict == Verdict.TAKEN

    def test_an_outage_is_waited_for(self, form: Form, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(as_lead, "take_activities", fail(OperationalError()))
            post(form, email="ada@firm.example.com")
            for day in range(1, 20):
                sweep(after=timedelta(days=day))
        assert Submission.objects.get().verdict == Verdict.TO_TAKE

    def test_one_whose_request_was_killed_is_taken_by_the_sweeper(
        self, form: Form, post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("capture.web_forms.receiving.settle", fail(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            post(form, email="ada@firm.example.com")
        sweep(after=timedelta(minutes=1))
        assert Submission.objects.get().verdict == Verdict.TAKEN


@pytest.mark.usefixtures("transactional")
class TestAtOnce:
    def test_eight_workers_take_it_once(self, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
        form = new_form()
        with monkeypatch.context() as patch:
            patch.setattr(as_lead, "take_activities", fail(RuntimeError()))
            post(form, email="ada@firm.example.com")
        pk = Submission.objects.get().pk
        at_once(*[lambda: taking.settle(pk, now=timezone.now())] * 8)
        assert Submission.objects.get().verdict == Verdict.TAKEN
        assert Activity.objects.count() == 1

    def test_two_forms_for_a_new_address_make_one_lead_and_say_who_was_second(self, post: Post) -> None:
        form = new_form()
        names = ["Ada", "Eve", "Zoe", "Kim"]
        at_once(*[partial(post, form, email="ada@firm.example.com", first_name=name) for name in names])
        lead = Lead.objects.get()
        assert Submission.objects.filter(made_lead=True).count() == 1
        others = Submission.objects.filter(made_lead=False)
        assert others.count() == 3
        assert all(one.differences == {"first_name": one.raw["first_name"][0]} for one in others)
        assert lead.first_name in names
