"""Forms and submissions that must not exist, tried with raw SQL: the database itself refuses each."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from capture.models import Form, Submission
from tests.leads.test_illegal_rows import refused

pytestmark = pytest.mark.django_db


class TestForms:
    @pytest.mark.parametrize(
        ("change", "guard"),
        [
            ("redirect_url = 'http://www.example.com'", "form_redirects_by_https"),
            ("redirect_url = 'javascript:alert(1)'", "form_redirects_by_https"),
            ("confirm_hours = 0", "form_confirmed_within_a_month"),
            ("confirm_hours = 721", "form_confirmed_within_a_month"),
            ("honeypot = ''", "form_has_honeypot"),
        ],
    )
    def test_a_form_cannot_become(self, change: str, guard: str, form: Form) -> None:
        assert guard in refused(f"UPDATE capture_form SET {change} WHERE id = %s", form.pk)  # noqa: S608

    @pytest.mark.parametrize(
        ("change", "guard"),
        [
            ("ask = 'email'", "form_asks_once"),
            ("ask = 'consent', purpose = 'email'", "form_consent_has_text"),
            ("ask = 'consent', consent_text = 'Yes'", "form_consent_has_text"),
            ("ask = 'consent', consent_text = 'Yes', purpose = 'email', is_queued = true", "form_always_asks_address"),
        ],
    )
    def test_a_question_cannot_become(self, change: str, guard: str, form: Form) -> None:
        question = form.form_fields.get(ask="phone")
        assert guard in refused(f"UPDATE capture_formfield SET {change} WHERE id = %s", question.pk)  # noqa: S608

    def test_the_address_is_not_queued(self, form: Form) -> None:
        email = form.form_fields.get(ask="email")
        assert "form_always_asks_address" in refused(
            "UPDATE capture_formfield SET is_queued = true WHERE id = %s", email.pk
        )

    def test_views_are_counted_once_a_day(self, form: Form) -> None:
        form.views.create(on="2026-03-10")
        with pytest.raises(IntegrityError, match="form_views_once_a_day"):
            form.views.create(on="2026-03-10")


class TestSubmissions:
    @pytest.mark.parametrize(
        ("change", "guard"),
        [
            ("verdict = 'fine'", "submission_verdict_known"),
            ("verdict = 'as_lead'", "submission_taken_has_lead"),
            ("verdict = 'suspect', next_try_at = NULL", "submission_aside_says_why"),
            ("verdict = 'unusable'", "submission_aside_says_why"),
            ("verdict = 'went_wrong'", "submission_aside_says_why"),
            ("verdict = 'unconfirmed'", "submission_unconfirmed_expires"),
            ("taken_at = now()", "submission_taken_has_lead"),
            ("next_try_at = NULL", "submission_to_take_has_turn"),
        ],
    )
    def test_a_submission_cannot_become(self, change: str, guard: str, form: Form) -> None:
        now = timezone.now()
        one = Submission.objects.create(form=form, received_at=now, came_by="page", raw={}, next_try_at=now)
        assert guard in refused(f"UPDATE capture_submission SET {change} WHERE id = %s", one.pk)  # noqa: S608
