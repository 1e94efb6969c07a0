"""The one statement: what it writes, that it stays one, and that nobody's words become part of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import Lead
from lib.folding import fold
from scoring.engine import sql
from scoring.engine.definition import load
from scoring.engine.fragments import written
from scoring.models import Score
from scoring.registry.fit_fields import UnfitCondition, UnknownField, clean_condition
from tests.scoring.building import DAY, did, make_criteria, score, score_leads, scored

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]


@pytest.fixture
def lead(make_lead: MakeLead) -> Lead:
    return make_lead()


class TestTheStatement:
    def test_nothing_is_written_when_nothing_differs(self, lead: Lead, now: datetime) -> None:
        criteria = make_criteria(now, {"points": 5, "within_days": 3, "half_life_days": 2})
        did(lead, "download", now - DAY)
        did(lead, "download", now)
        assert score(criteria, lead, now=now) == 1
        assert score(criteria, lead, now=now) == 0
        assert score(criteria, lead, now=now + timedelta(minutes=1)) == 0
        assert Score.objects.get(lead=lead).scored_at == now

    def test_there_is_one_however_many_leads_and_rules(self, make_lead: MakeLead, now: datetime) -> None:
        for rules, leads in ((1, 1), (30, 40)):
            batch = [make_lead() for _ in range(leads)]
            criteria = make_criteria(now, *({"points": 1, "measure": "days"} for _ in range(rules)))
            statement = sql.statement(load(criteria))
            with CaptureQueriesContext(connection) as queries:
                written(statement, lead_ids=[lead.pk for lead in batch], now=now, whys=[1] * leads)
            assert len(queries) == 1

    def test_scoring_takes_the_same_number_of_statements_for_one_and_for_many(
        self, make_lead: MakeLead, now: datetime
    ) -> None:
        score_leads([make_lead().pk], now=now)  # compiles once
        counts = []
        for leads in (3, 30):
            batch = [make_lead().pk for _ in range(leads)]
            with CaptureQueriesContext(connection) as queries:
                score_leads(batch, now=now)
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_many_rules(self, lead: Lead, now: datetime) -> None:
        criteria = make_criteria(now, *({"points": 10_000, "max_times": 1000} for _ in range(300)))
        for _ in range(3):
            did(lead, "download", now)
        assert scored(criteria, lead, now).total == 300 * 3 * 10_000


class TestHostileInput:
    def test_what_people_write_is_a_parameter(self, now: datetime) -> None:
        hostile = "'; DROP TABLE leads_lead; --"
        criteria = make_criteria(
            now,
            {"name": hostile, "type": "download"},
            {"kind": "fit", "field": "job_title", "operator": "contains", "values": [hostile, "100%s"]},
            {"kind": "fit", "field": "city", "operator": "is", "values": [hostile]},
        )
        statement = sql.statement(load(criteria))
        assert "drop" not in statement.text.lower()
        assert statement.params.count(fold(hostile)) == 2
        assert statement.text.replace("%%", "").count("%s") == len(statement.params)

    def test_hostile_text_is_only_text(self, make_lead: MakeLead, now: datetime) -> None:
        title = "a'b\\c %s {} $1 \" ; -- 100%"
        lead = make_lead(job_title=title)
        criteria = make_criteria(
            now,
            {"kind": "fit", "field": "job_title", "operator": "is", "values": [title]},
            {"kind": "fit", "field": "job_title", "operator": "contains", "values": ["%s {} $1"]},
            {"kind": "fit", "field": "job_title", "operator": "contains", "values": ["a%c"]},
        )
        assert scored(criteria, lead, now).matched == [1, 1, 0]

    @pytest.mark.parametrize(
        "field",
        [
            "owner__password",
            "owner__password__startswith",
            "_negated",
            'lead"; drop',
            "pk",
            "id) OR 1=1 --",
            "t0",
        ],
    )
    def test_unknown_fields_are_refused(self, now: datetime, field: str) -> None:
        criteria = make_criteria(now, {"kind": "fit", "field": field, "operator": "is", "values": ["x"]})
        with pytest.raises(UnknownField):
            sql.statement(load(criteria))

    @pytest.mark.parametrize(
        ("field", "operator", "values"),
        [
            ("job_title", "between", [1, 2]),
            ("job_title", "is", []),
            ("job_title", "is", "vp"),
            ("job_title", "contains", ["%"]),
            ("city", "is", [["a"]]),
            ("budget", "contains", ["x"]),
            ("budget", "at_least", ["x"]),
            ("budget", "between", [2, 1]),
            ("budget", "is", [True]),
            ("is_decision_maker", "is", [1]),
        ],
    )
    def test_conditions_that_make_no_sense_are_refused(
        self, now: datetime, field: str, operator: str, values: Any
    ) -> None:
        criteria = make_criteria(now, {"kind": "fit", "field": field, "operator": operator, "values": values})
        with pytest.raises(UnfitCondition):
            sql.statement(load(criteria))

    def test_a_value_that_cannot_be_stored_is_refused(self) -> None:
        with pytest.raises(UnfitCondition):
            clean_condition("city", "is", ["a\0"])

    def test_a_country_is_the_one_of_leads_however_it_is_written(self) -> None:
        assert clean_condition("country", "is", ["UK", "Türkiye", "pt", "Freedonia"]) == ["GB", "TR", "PT", "Freedonia"]
