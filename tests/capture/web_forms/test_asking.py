"""Progressive profiling: some questions at a time, to who has shown to be the lead those that are not known."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from capture.models import Form
from capture.web_forms.links import KNOWN_FOR, form_link
from leads.custom_fields.definitions import define
from leads.models import Company, Lead
from tests.capture.web_forms.conftest import new_form
from tests.scoring.shipped import make_published

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]
MakeLead = Callable[..., Lead]


def queued(form: Form, *asks: str) -> Form:
    form.form_fields.filter(ask__in=asks).update(is_queued=True)
    return form


@pytest.fixture
def profiling(db: None) -> Form:
    form = new_form(asks=("email", "company", "job_title", "employees", "country"), questions_at_once=2)
    return queued(form, "company", "job_title", "employees", "country")


def asked(address: str) -> list[str]:
    page = Client().get(address).context["question_form"]
    return [name for name in page.fields if name != "email"]


def path_of(form: Form, lead: Lead) -> str:
    return form_link(form, lead).removeprefix(settings.BASE_URL)


class TestAsking:
    def test_a_stranger_is_asked_the_first_ones(self, profiling: Form) -> None:
        assert asked(f"/f/{profiling.public_id}/") == ["company", "job_title"]

    def test_what_is_needed_before_a_call_is_asked_next(
        self, profiling: Form, make_lead: MakeLead, marketer: User, manager: User
    ) -> None:
        now = timezone.now()
        size = define(about="lead", kind="number", label="Machines", actor=marketer, now=now)
        profiling.form_fields.create(position=9, ask=size.path, label="Machines", is_queued=True)
        make_published(marketer, manager, now, required_fields=["country", size.name, "email"])
        assert asked(f"/f/{profiling.public_id}/") == ["country", "custom_machines"]
        lead = make_lead(country="PT")
        assert asked(path_of(profiling, lead)) == ["company", "custom_machines"]

    def test_who_follows_a_link_of_ours_is_asked_what_is_not_known(self, profiling: Form, make_lead: MakeLead) -> None:
        lead = make_lead(company="Firm", employees=50)
        path = path_of(profiling, lead)
        assert asked(path) == ["job_title", "country"]
        page = Client().get(path).text
        assert "Firm" not in page
        assert lead.email not in page

    def test_a_link_of_another_form_an_old_one_and_a_forged_one_tell_nothing(
        self, profiling: Form, make_lead: MakeLead
    ) -> None:
        lead, everything = make_lead(company="Firm"), ["company", "job_title"]
        path = path_of(profiling, lead)
        other = queued(new_form(asks=("email", "company", "job_title")), "company", "job_title")
        assert asked(path.replace(str(profiling.public_id), str(other.public_id))) == everything
        assert asked(f"{path}x") == everything
        with time_machine.travel(timezone.now() + KNOWN_FOR + timedelta(days=1), tick=True):
            assert asked(path) == everything

    def test_an_address_that_is_typed_hides_nothing(self, profiling: Form, post: Post, make_lead: MakeLead) -> None:
        lead = make_lead(company="Firm")
        answer = post(profiling, email=lead.email, company="", job_title="x" * 151, _asked="company job_title")
        assert answer.status_code == 422
        assert 'name="company"' in answer.text

    def test_what_was_asked_is_read_and_the_rest_is_not(self, profiling: Form, post: Post) -> None:
        profiling.form_fields.filter(ask__in=("company", "country")).update(is_required=True)
        assert post(profiling, email="a@firm.example.com", _asked="company job_title").status_code == 422
        answer = post(profiling, email="a@firm.example.com", company="Firm", country="PT", _asked="company job_title")
        assert answer.status_code == 303
        assert Lead.objects.get().country == ""

    def test_all_of_them_where_no_number_is_set(self, profiling: Form) -> None:
        Form.objects.update(questions_at_once=0)
        assert len(asked(f"/f/{profiling.public_id}/")) == 4


class TestOwnFields:
    def test_they_are_asked_filled_and_known(self, marketer: User, post: Post, make_lead: MakeLead) -> None:
        now = timezone.now()
        define(about="lead", kind="number", label="Machines", key="machines", actor=marketer, now=now)
        define(about="company", kind="one_of", label="Size", key="size", choices=["Big"], actor=marketer, now=now)
        form = new_form(asks=("email", "company", "custom.machines", "company_custom.size"))
        page = Client().get(f"/f/{form.public_id}/").text
        assert 'name="custom_machines"' in page
        assert post(form, email="a@firm.example.com", custom_machines="many").status_code == 422
        sent = {"company": "Firm", "custom_machines": "1,200", "company_custom_size": "big"}
        assert post(form, email="a@firm.example.com", **sent).status_code == 303
        assert Lead.objects.get().custom == {"machines": 1200}
        assert Company.objects.get().custom == {"size": "big"}
        post(form, email="a@firm.example.com", custom_machines="9")
        assert Lead.objects.get().custom == {"machines": 1200}
        queued(form, "custom.machines", "company_custom.size")
        Form.objects.update(questions_at_once=5)
        assert asked(path_of(form, Lead.objects.get())) == ["company"]

    def test_what_is_sensitive_needs_a_reason(self, marketer: User) -> None:
        made: dict[str, Any] = {
            "about": "lead",
            "kind": "number",
            "actor": marketer,
            "now": timezone.now(),
            "is_sensitive": True,
        }
        define(label="Age", key="age", **made)
        define(label="Income", key="income", lawful_basis="consent", **made)
        form = new_form(asks=("email", "custom.age", "custom.income"))
        assert asked(f"/f/{form.public_id}/") == ["custom_income"]
