"""Examples a draft can start from, in words a marketer uses: whole agreements, to be changed and signed like others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import User
from leads.models import ActivityType
from scoring.criteria import shipped
from scoring.criteria.publication import PublicationRefused, new_draft
from scoring.models import Criteria, Rule

QUARTER: Final = 90
NOT_BUYERS: Final = ["student", "students", "intern", "trainee", "pupil", "apprentice"]


class ExampleNeeds(PublicationRefused):
    """The example counts something this installation does not know."""


# What a rule, or a version, says by the names of its columns.
Columns = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Example:
    """What a version says, but for its number. `requires` of a combination names rules of the same example."""

    key: str
    title: str | Promise
    about: str | Promise
    sentence: str
    threshold: int
    rules: tuple[Columns, ...]
    more: Columns = field(default_factory=dict)

    @property
    def rule_names(self) -> list[str]:
        return [_(rule["name"]) for rule in self.rules]


def _did(name: str, points: int, kind: str = "", **columns: object) -> Columns:
    return {"kind": Rule.Kind.BEHAVIOUR, "name": name, "points": points, "type": kind, **columns}


def _is(name: str, points: int, about: str, operator: str, *values: object, **columns: object) -> Columns:
    fit = {"field": about, "operator": operator, "values": list(values)}
    return {"kind": Rule.Kind.FIT, "name": name, "points": points, **fit, **columns}


def _all_of(name: str, points: int, *requires: str, **columns: object) -> Columns:
    return {"kind": Rule.Kind.COMBINATION, "name": name, "points": points, "requires": requires, **columns}


TITLES: Final = (
    "vp", "vice president", "founder", "chief", "ceo", "cmo", "cto", "cfo", "coo", "president", "owner",
)  # fmt: skip
STUDENT: Final = _is(gettext_noop("Is a student or trainee"), 0, "job_title", "contains", *NOT_BUYERS, gate="blocks")
STAYS_AWAY: Final = _is(gettext_noop("Does not want to be contacted"), 0, "do_not_contact", "is", True, gate="blocks")
# Nobody knows yet who that is: the rule is there to be filled in and put to use.
COMPETITOR: Final = _is(
    gettext_noop("Works for a competitor"), 0, "email_domain", "is", "competitor.example",
    gate="blocks", is_enabled=False,
)  # fmt: skip

CAREFUL: Final = Example(
    key="careful",
    title=gettext_lazy("A careful start"),
    about=gettext_lazy(
        "For the first months: few leads, all of them good. Nobody is an MQL who was not in a webinar and did not do "
        "three different things within 90 days; whoever asks for a demo is one at once."
    ),
    sentence=gettext_noop(
        "A lead is ready when they came to a webinar and did at least two more things within 90 days that together "
        "with who they are add up to 50 points, or when they asked for a demo."
    ),
    threshold=50,
    more={"minimum_behaviours": 3, "fit_cap": 30, "required_fields": ["email", "job_title", "company_name"]},
    rules=(
        _did(gettext_noop("Came to a webinar"), 12, "webinar_attended", within_days=QUARTER, gate="required"),
        _did(gettext_noop("Asked for a demo"), 30, "demo_requested", within_days=QUARTER, gate="fast_track"),
        _did(gettext_noop("Read the prices"), 15, "page_view", page_category="pricing", within_days=QUARTER),
        _did(gettext_noop("Read case studies"), 8, "page_view", page_category="case_study", within_days=QUARTER),
        _did(gettext_noop("Downloaded content"), 5, "download", measure="assets", max_times=3, within_days=QUARTER),
        _did(gettext_noop("Came back within two weeks"), 8, "page_view", measure="visits", at_least=3, within_days=14),
        _did(gettext_noop("Clicked in an e-mail"), 2, "email_clicked", max_times=4, within_days=QUARTER),
        _is(gettext_noop("Has an executive title"), 15, "job_title", "contains", *TITLES),
        _is(gettext_noop("Company of 50 to 500 people"), 10, "company_employees", "between", 50, 500),
        _is(gettext_noop("Decides about buying"), 10, "is_decision_maker", "is", True),
        _all_of(gettext_noop("Was in a webinar, then read the prices"), 5, "Came to a webinar", "Read the prices"),
        STUDENT,
        STAYS_AWAY,
        COMPETITOR,
    ),
)
LARGE: Final = Example(
    key="large",
    title=gettext_lazy("Large companies"),
    about=gettext_lazy(
        "For few, large customers: only companies of 1,000 people or more. An executive who asks for a demo is an MQL "
        "at once; for everybody else several signs have to come together."
    ),
    sentence=gettext_noop(
        "A lead is ready when they work for a company of at least 1,000 people and what they did within half a year, "
        "with who they are, adds up to 40 points; an executive there who asks for a demo is ready at once."
    ),
    threshold=40,
    more={"minimum_behaviours": 2, "required_fields": ["phone", "job_title", "company_name", "company_country"]},
    rules=(
        _is(
            gettext_noop("Company of 1,000 people or more"), 10, "company_employees", "at_least", 1000,
            gate="required",
        ),
        _is(gettext_noop("Has an executive title"), 15, "job_title", "contains", *TITLES),
        _did(gettext_noop("Asked for a demo"), 25, "demo_requested", within_days=180),
        _did(gettext_noop("Asked for a consultation"), 25, "consultation_requested", within_days=180),
        _did(gettext_noop("Read the prices"), 15, "page_view", page_category="pricing", within_days=180),
        _did(gettext_noop("Came to an event"), 10, "event_attended", max_times=2, within_days=180),
        _did(gettext_noop("Downloaded content"), 5, "download", measure="assets", max_times=3, within_days=180),
        _did(gettext_noop("Heard of us in several ways"), 5, "", measure="channels", at_least=2, within_days=180),
        _all_of(
            gettext_noop("Executive of a large company who asked for a demo"), 0,
            "Company of 1,000 people or more", "Has an executive title", "Asked for a demo", gate="fast_track",
        ),
        STUDENT,
        STAYS_AWAY,
        COMPETITOR,
    ),
)  # fmt: skip
SHIPPED: Final = Example(
    key="first",
    title=gettext_lazy("The example Baton came with"),
    about=gettext_lazy("Six rules and 30 points, to see how it works. A place to start from, not one to stay at."),
    sentence=shipped.SENTENCE,
    threshold=30,
    rules=shipped.RULES,
)
EXAMPLES: Final[dict[str, Example]] = {each.key: each for each in (CAREFUL, LARGE, SHIPPED)}


@transaction.atomic
def draft_from_example(key: str, *, actor: User, now: datetime) -> Criteria:
    """A draft that says what the example says, in the language of whoever makes it. Raises KeyError for no example."""
    chosen = EXAMPLES[key]
    types = _types_of(chosen)
    draft = new_draft(
        actor=actor, now=now, sentence=_(chosen.sentence), threshold=chosen.threshold, **chosen.more
    )  # fmt: skip
    made: dict[str, Rule] = {}
    for place, example_rule in enumerate(chosen.rules, start=1):
        columns = dict(example_rule)
        requires = columns.pop("requires", ())
        name = columns.pop("name")
        made[name] = Rule.objects.create(
            criteria=draft,
            position=place * 10,
            name=_(name),
            activity_type=types.get(columns.pop("type", "")),
            after_activity_type=types.get(columns.pop("after", "")),
            **columns,
        )
        made[name].requires.set([made[part] for part in requires])
    return draft


def _types_of(chosen: Example) -> dict[str, ActivityType]:
    """The activity types it names; without one of them its rule would count everything anybody does."""
    asked = {rule[name] for rule in chosen.rules for name in ("type", "after") if rule.get(name)}
    known = {row.key: row for row in ActivityType.objects.filter(key__in=asked)}
    if missing := sorted(asked - known.keys()):
        raise ExampleNeeds(
            _("This example counts activities this installation does not know: %(keys)s. Add them in the admin first.")
            % {"keys": ", ".join(missing)}
        )
    return known
