"""What sales managers set up and look up in the admin."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff.models import Handoff, Reason, Rep, RoutingRule
from handoff.routing.rules import Facts, rules_in_use, why_not
from outbox.models import Delivery
from tests.conftest import be_out
from tests.handoff.conftest import MakeHandoff

MODELS: Final = ("reason", "slapolicy", "rep", "routingrule", "handoff", "delivery")
# Persona -> which of them may be looked at, and which changed.
TABLE: Final = {
    "manager": (MODELS, ("reason", "slapolicy", "rep", "routingrule")),
    "administrator": (MODELS, ("reason", "slapolicy", "rep", "routingrule")),
    "marketer": (("reason", "slapolicy", "rep", "routingrule"), ()),
}


@pytest.fixture
def something_of_each(make_waiting: MakeHandoff, manager: User) -> Handoff:
    RoutingRule.objects.create(name="Iberia")
    return make_waiting()


def pk_of(model: str) -> object:
    found = {"reason": Reason, "rep": Rep, "routingrule": RoutingRule, "handoff": Handoff, "delivery": Delivery}.get(
        model
    )
    if found is None:
        return Handoff.objects.get().policy_id
    row = found._default_manager.first()
    assert row is not None
    return row.pk


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("who", TABLE)
def test_who_may_look_and_who_may_change(
    request: pytest.FixtureRequest, client: Client, something_of_each: Handoff, who: str, model: str
) -> None:
    client.force_login(request.getfixturevalue(who))
    may_look, may_change = TABLE[who]
    name = f"admin:{'outbox' if model == 'delivery' else 'handoff'}_{model}"
    assert client.get(reverse(f"{name}_changelist")).status_code == (200 if model in may_look else 403)
    page = client.get(reverse(f"{name}_change", args=[pk_of(model)]))
    assert page.status_code == (200 if model in may_look else 403)
    assert (b'name="_save"' in page.content) is (model in may_change)
    assert client.get(reverse(f"{name}_add")).status_code == (200 if model in may_change else 403)
    assert client.get(reverse(f"{name}_delete", args=[pk_of(model)])).status_code == 403


class TestReason:
    def test_its_key_stays(self, client: Client, manager: User) -> None:
        client.force_login(manager)
        reason = Reason.objects.get(key="not_icp")
        form = {
            "key": "renamed", "name": "Not for us", "outcome": "recycle", "kind": "definitional",
            "next_step": "nurture", "rest_days": 60, "position": 1, "is_active": "on",
        }  # fmt: skip
        assert client.post(reverse("admin:handoff_reason_change", args=[reason.pk]), form).status_code == 302
        reason.refresh_from_db()
        assert (reason.key, reason.outcome, reason.name, reason.rest_days) == ("not_icp", "reject", "Not for us", 60)


class TestRep:
    def test_only_sales_reps_can_become_one(self, client: Client, manager: User, marketer: User, rep: User) -> None:
        client.force_login(manager)
        url = reverse("admin:handoff_rep_add")
        assert client.post(url, {"user": marketer.pk, "capacity": 5, "weight": 100}).status_code == 200
        Rep.objects.all().delete()
        assert client.post(url, {"user": rep.pk, "capacity": 5, "weight": 100}).status_code == 302
        assert Rep.objects.get().capacity == 5

    def test_a_manager_enters_an_absence_of_theirs(self, client: Client, manager: User, rep: User) -> None:
        client.force_login(manager)
        url = reverse("admin:handoff_rep_change", args=[rep.pk])
        form = {
            "capacity": 5, "weight": 50, "absences-TOTAL_FORMS": 1, "absences-INITIAL_FORMS": 0,
            "absences-0-starts_at": "2026-03-16T08:00", "absences-0-ends_at": "2026-03-15T18:00",
        }  # fmt: skip
        assert "An absence has to end after it begins." in client.post(url, form).content.decode()
        User.objects.filter(pk=manager.pk).update(time_zone="Asia/Tokyo")
        User.objects.filter(pk=rep.pk).update(time_zone="Europe/Berlin")
        assert client.post(url, {**form, "absences-0-ends_at": "2026-03-20T18:00"}).status_code == 302
        assert rep.rep.absences.get().starts_at.isoformat() == "2026-03-16T07:00:00+00:00"
        assert 'value="2026-03-16T08:00"' in client.get(url).content.decode()

    def test_two_absences_that_overlap_are_refused(self, client: Client, manager: User, rep: User) -> None:
        client.force_login(manager)
        url = reverse("admin:handoff_rep_change", args=[rep.pk])
        days = [("2026-03-16T08:00", "2026-03-18T18:00"), ("2026-03-18T08:00", "2026-03-20T18:00")]
        form: dict[str, Any] = {"capacity": 5, "weight": 50, "absences-TOTAL_FORMS": 2, "absences-INITIAL_FORMS": 0}
        for place, (starts_at, ends_at) in enumerate(days):
            form |= {f"absences-{place}-starts_at": starts_at, f"absences-{place}-ends_at": ends_at}
        assert "Ana Rep is out already from 18 Mar 2026, 08:00" in client.post(url, form).content.decode()
        be_out(rep, since=datetime(2026, 3, 1, tzinfo=UTC), until=datetime(2026, 3, 17, tzinfo=UTC))
        first = {**form, "absences-TOTAL_FORMS": 1}  # of who opened the page before that was there
        assert "Ana Rep is out already from 1 Mar 2026" in client.post(url, first).content.decode()
        assert rep.rep.absences.count() == 1


class TestRoutingRule:
    def test_a_rule_is_made(self, client: Client, manager: User, rep: User) -> None:
        client.force_login(manager)
        form = {
            "name": "Iberia", "position": 1, "is_active": "on", "countries": "Portugal, ES",
            "industries": "Software,Food", "least_employees": 10, "most_employees": 5, "reps": [rep.pk],
        }  # fmt: skip
        url = reverse("admin:handoff_routingrule_add")
        assert "The smaller number of employees comes first." in client.post(url, form).content.decode()
        wrong = client.post(url, {**form, "countries": "PT, EU"}).content.decode()
        assert "Country number 2: “EU” is no country Baton knows." in wrong
        assert client.post(url, {**form, "most_employees": 50}).status_code == 302
        [rule] = rules_in_use()
        assert (rule.row.industries, set(rule.rep_ids)) == (["Software", "Food"], {rep.pk})
        assert why_not(rule, Facts(country="PT", industry="food", employees=50)) == ""


class TestSendAgain:
    def test_puts_a_message_back_to_be_sent(
        self, client: Client, manager: User, make_waiting: MakeHandoff, now: datetime
    ) -> None:
        make_waiting()
        Delivery.objects.update(state="dead", attempts=10, last_error="no")
        delivery = Delivery.objects.get()
        client.force_login(manager)
        answer = client.post(
            reverse("admin:outbox_delivery_changelist"),
            {"action": "send_again", "_selected_action": [delivery.pk]},
            follow=True,
        )
        assert "1 message is sent within seconds." in answer.content.decode()
        again = Delivery.objects.get()
        assert (again.state, again.attempts, again.last_error) == ("pending", 0, "")
        assert again.public_id == delivery.public_id
