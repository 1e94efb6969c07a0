"""A fit rule reads words as people do, in whatever spelling the rule and the lead have them."""

from collections.abc import Callable
from datetime import datetime

import pytest

from leads.models import Lead
from tests.scoring.building import make_criteria, scored

pytestmark = pytest.mark.django_db
COMPOSED, DECOMPOSED = "Caf\u00e9 d\u2019Or", "CAFE\u0301 D'OR"


@pytest.mark.parametrize("operator", ["is", "contains"])
@pytest.mark.parametrize(
    ("rule", "lead"),
    [("ΔΙΕΥΘΥΝΤΗΣ", "διευθυντης"), ("διευθυντής", "ΔΙΕΥΘΥΝΤΉΣ"), (COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED),
     ("müdür yardımcısı", "MÜDÜR YARDIMCISI"), ("Coca-Cola", "coca‑cola")],
)  # fmt: skip
@pytest.mark.parametrize(
    ("field", "name"),
    [("job_title", "job_title"), ("company_name", "company"), ("company_industry", "industry"), ("city", "city"),
     ("first_page", "landing_page")],
)  # fmt: skip
def test_a_rule_matches(
    field: str, name: str, rule: str, lead: str, operator: str, make_lead: Callable[..., Lead], now: datetime
) -> None:
    about = {"company": "Acme", name: lead}
    criteria = make_criteria(now, {"kind": "fit", "field": field, "operator": operator, "values": [rule], "points": 7})
    assert scored(criteria, make_lead(**about), now).total == 7
