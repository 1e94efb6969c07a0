"""A queryset that is compiled once answers as the queryset itself does, whatever values it is given."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Upper
from django.test.utils import CaptureQueriesContext

from leads.models import Lead
from lib.compiled_queries import CompiledQuery, Given, GivenKeys, GivenMoment
from tests.threads import at_once

MakeLead = Callable[..., Lead]
WITH_COMPANY: CompiledQuery[Any] = CompiledQuery(
    lambda: Lead.objects.select_related("company").annotate(loud=Upper("email")).filter(pk=Given("lead_id"))
)


@pytest.fixture
def leads(make_lead: MakeLead) -> list[Lead]:
    return [make_lead(email=f"{n}@acme.example", company=f"Acme {n}") for n in range(3)]


class TestRows:
    def test_instances_come_with_what_is_read_with_them(self, leads: list[Lead]) -> None:
        for lead in leads:
            [found] = WITH_COMPANY.rows(lead_id=lead.pk)
            with CaptureQueriesContext(connection) as queries:
                assert found == lead
                assert found.company.name == f"Acme {found.email[0]}"
                assert found.loud == lead.email.upper()
            assert not queries

    def test_values_come_in_the_form_that_is_asked_for(self, leads: list[Lead]) -> None:
        some = Lead.objects.filter(pk__among=GivenKeys("lead_ids")).order_by("-pk")
        keys = [leads[0].pk, leads[2].pk]
        flat = CompiledQuery(lambda: some.values_list("email", flat=True))
        assert flat.rows(lead_ids=keys) == ["2@acme.example", "0@acme.example"]
        assert flat.rows(lead_ids=[]) == []
        tuples = CompiledQuery(lambda: some.values_list("pk", "email"))
        assert tuples.rows(lead_ids=keys[:1]) == [(keys[0], "0@acme.example")]
        named = CompiledQuery(lambda: some.values(key=F("pk"), one=Value(1)))
        assert named.rows(lead_ids=keys[:1]) == [{"key": keys[0], "one": 1}]

    def test_parts_of_a_union_are_given_the_same(self, leads: list[Lead]) -> None:
        def part() -> object:
            return Lead.objects.filter(pk=Given("lead_id")).order_by("pk").values_list("email", flat=True)[:1]

        both = CompiledQuery(lambda: part().union(part(), all=True))  # type: ignore[attr-defined]
        assert both.rows(lead_ids=[], lead_id=leads[1].pk) == ["1@acme.example"] * 2

    def test_moments_may_be_some_time_before(self, leads: list[Lead]) -> None:
        before = GivenMoment("now") - timedelta(days=1) - timedelta(hours=1)
        older = CompiledQuery(lambda: Lead.objects.filter(pk=Given("lead_id"), created_at__lt=before))
        edge: datetime = leads[0].created_at + timedelta(hours=25)
        assert not older.rows(lead_id=leads[0].pk, now=edge)
        assert older.rows(lead_id=leads[0].pk, now=edge + timedelta(microseconds=1)) == [leads[0]]

    def test_no_value_is_no_match(self, leads: list[Lead]) -> None:
        assert WITH_COMPANY.rows(lead_id=None) == []

    def test_each_thread_asks_through_its_own_connection(self, transactional: None, leads: list[Lead]) -> None:
        assert WITH_COMPANY.first(lead_id=leads[0].pk) == leads[0]
        calls = [lambda key=lead.pk: WITH_COMPANY.get(lead_id=key) for lead in leads]
        assert at_once(*calls) == leads


class TestOne:
    def test_the_only_one_or_its_models_complaint(self, leads: list[Lead]) -> None:
        assert WITH_COMPANY.get(lead_id=leads[0].pk) == leads[0]
        with pytest.raises(Lead.DoesNotExist):
            WITH_COMPANY.get(lead_id=0)

    def test_the_first_or_none(self, leads: list[Lead]) -> None:
        assert WITH_COMPANY.first(lead_id=leads[0].pk) == leads[0]
        assert WITH_COMPANY.first(lead_id=0) is None


class TestCompiling:
    def test_it_is_built_once(self, leads: list[Lead]) -> None:
        built = list[int]()

        def build() -> object:
            built.append(1)
            return Lead.objects.filter(pk=Given("lead_id"))

        query: CompiledQuery[Lead] = CompiledQuery(build)  # type: ignore[arg-type]
        assert [query.get(lead_id=lead.pk) for lead in leads] == leads
        assert built == [1]
