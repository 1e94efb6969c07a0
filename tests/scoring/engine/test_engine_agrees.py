"""The engine and the reference agree on random criteria and random leads.

BATON_SCORING_EXAMPLES and BATON_SCORING_LEADS make it larger: 2,000 criteria and 200 leads take some minutes.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from leads.custom_fields.kinds import KINDS
from leads.models import Activity, ActivityType, Asset, Campaign, Channel, Company, Lead, Page
from scoring.models import Criteria, Override, Score
from scoring.registry.field_types import AMOUNT, CHOICE, CHOICES, DATE, NUMBER, TEXT, YES_NO, FieldType
from scoring.registry.measures import MEASURES
from scoring.registry.operators import OPERATORS
from tests.leads.custom_fields.building import make_field
from tests.scoring.building import DAY, computed, make_bar, make_criteria, score
from tests.scoring.reference import Reference

EXAMPLES = int(os.environ.get("BATON_SCORING_EXAMPLES", "60"))
LEADS = int(os.environ.get("BATON_SCORING_LEADS", "20"))
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
TITLES = (
    "", "VP", "vp sales", "VPN Engineer", "Senior VP, Sales", "Vice President", "vice-president (ops)",
    "President, Vice Squad", "Homeowner", "Owner/Operator", "C.E.O.", "Élan Chef", "100% owner",
    "VP_Sales", "---", "%", "'; --",
)  # fmt: skip
WORDS = (
    "vp",
    "VP",
    "vice president",
    "owner",
    "c e o",
    "élan",
    "ÉLAN",
    "100%",
    "a_b",
    "sales",
    "o'",
    "%v%",
    "senior vp",
)
DAYS = ("1999-12-31", "2026-03-09", "2026-03-10", "2100-01-01")
EDGES = (
    timedelta(),
    timedelta(microseconds=1),
    timedelta(microseconds=-1),
    timedelta(seconds=1),
    timedelta(hours=15),
)
# To the second, and a millisecond against rounding.
FALLING_IS_TOLD_EARLY = timedelta(seconds=1.002)
SPANS = st.sampled_from([None, None, 1, 2, 7, 14, 30, 3650])


@contextmanager
def forgotten() -> Iterator[None]:
    """What is written inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class World:
    """A few types, assets, pages, channels, campaigns and custom fields; three channels are spellings of others."""

    def __init__(self) -> None:
        for kind in KINDS:
            make_field(kind, key=kind, choices=("A", "B", "C") if kind.endswith("_of") else ())
        make_field("number", key="size", about="company")
        self.types = list(ActivityType.objects.filter(key__in=("download", "email_opened", "page_view")))
        kinds = ("ebook", "checklist", "webinar")
        self.assets = [Asset.objects.create(key=f"asset {kind}", name=kind, kind=kind) for kind in kinds]
        categories = ("pricing", "blog", "pricing")
        self.pages = [
            Page.objects.create(key=f"/p/{n}", category=each, is_key=bool(n)) for n, each in enumerate(categories)
        ]
        self.channels = list(Channel.objects.order_by("pk")[:3])
        spelt = [self.channels[0], self.channels[0], self.channels[1]]
        self.channels += [
            Channel.objects.create(key=f"spelt {n}", name="x", counts_as=each) for n, each in enumerate(spelt)
        ]
        self.campaigns = [Campaign.objects.create(key=f"campaign {n}", name="x") for n in range(2)]
        self.companies = Company.objects.bulk_create(
            Company(name=name, employees=employees, industry=industry, country=country, custom=custom, created_at=NOW)
            for name, employees, industry, country, custom in (
                ("Acme Ltd", 50, "software", "PT", {"size": 50}),
                ("VP Partners", 500, "", "DE", {"size": 50.5}),
                ("Small", None, "Retail", "", {}),
            )
        )


def behaviours(world: World) -> st.SearchStrategy[dict[str, Any]]:
    pick = st.sampled_from
    # One filter or none, mostly: with all of them nothing would be left to count.
    filters = st.one_of(
        st.just({}),
        st.just({}),
        st.builds(lambda each: {"activity_type": each}, pick(world.types)),
        st.builds(lambda each: {"after_activity_type": each}, pick(world.types)),
        st.fixed_dictionaries({"activity_type": pick(world.types), "after_activity_type": pick(world.types)}),
        st.builds(lambda each: {"asset": each}, pick(world.assets)),
        st.builds(lambda each: {"asset_kind": each}, pick(["ebook", "webinar"])),
        st.builds(lambda each: {"page": each}, pick(world.pages)),
        st.builds(lambda each: {"page_category": each}, pick(["pricing", "blog"])),
        st.just({"on_key_page": True}),
        st.builds(lambda each: {"campaign": each}, pick(world.campaigns)),
        st.builds(lambda each: {"channel": each}, pick(world.channels)),
    )
    counting = st.fixed_dictionaries(
        {
            "kind": st.just("behaviour"),
            "within_days": SPANS,
            "measure": pick(list(MEASURES)),
            "at_least": pick([1, 1, 1, 2, 3, 7, 60]),
            "max_times": pick([1, 2, 3, 1000]),
            "half_life_days": st.one_of(SPANS, st.sampled_from([1, 7, 30])),
        }
    )
    return st.builds(lambda one, two, rest: one | two | _fading(rest), filters, filters, counting)


def _fading(rule: dict[str, Any]) -> dict[str, Any]:
    return rule if MEASURES[rule["measure"]].can_fade else rule | {"half_life_days": None}


def suitable(kind: FieldType, fewest: int) -> list[str]:
    """The operators for a type of field that take no fewer values."""
    return [key for key, each in OPERATORS.items() if kind in each.types and each.fewest == fewest]


def fits() -> st.SearchStrategy[dict[str, Any]]:
    pick = st.sampled_from
    numbers, several = pick(["company_employees", "budget"]), pick([0, 49, 50, 51, 120, 499, 500, 501])
    texts = pick(["job_title", "company_name", "company_industry", "company_country", "email_domain"])
    anything = pick(["job_title", "budget", "is_decision_maker", "company_employees", "phone", "company_domain"])
    among = pick(["is", "is_not"])
    of_texts, of_a_number = pick(suitable(TEXT, 1)), pick(suitable(NUMBER, 1))
    condition = st.one_of(
        st.tuples(texts, of_texts, st.lists(pick(WORDS), min_size=1)),
        st.tuples(st.just("job_title"), among, st.lists(pick(TITLES[1:]), min_size=1)),
        st.tuples(st.just("first_channel"), among, st.just(["organic_search", "Email"])),
        st.tuples(numbers, pick(suitable(NUMBER, 2)), st.tuples(several, several).map(sorted)),
        st.tuples(numbers, of_a_number, st.tuples(several).map(list)),
        st.tuples(st.just("is_decision_maker"), st.just("is"), st.lists(st.booleans(), min_size=1)),
        st.tuples(anything, pick(suitable(YES_NO, 0)), st.just([])),
        *custom_conditions(),
    )
    names = ("field", "operator", "values")
    return condition.map(lambda made: {"kind": "fit"} | dict(zip(names, made, strict=True)))


def custom_conditions() -> list[st.SearchStrategy[tuple[str, str, list[Any]]]]:
    """One for each kind of custom field, and whether one is known."""
    pick = st.sampled_from
    numbers, days, answers = pick([-1, 0, 50, 51, 500]), pick(DAYS), st.lists(pick("abc"), min_size=1)
    of_numbers = pick(["custom_number", "company_custom_size"])
    return [
        st.tuples(st.just("custom_text"), pick(suitable(TEXT, 1)), st.lists(pick(WORDS), min_size=1)),
        st.tuples(of_numbers, pick(suitable(AMOUNT, 1)), st.tuples(numbers).map(list)),
        st.tuples(of_numbers, pick(suitable(AMOUNT, 2)), st.tuples(numbers, numbers).map(sorted)),
        st.tuples(st.just("custom_date"), pick(suitable(DATE, 1)), st.tuples(days).map(list)),
        st.tuples(st.just("custom_date"), pick(suitable(DATE, 2)), st.tuples(days, days).map(sorted)),
        st.tuples(st.just("custom_yes_no"), st.just("is"), st.lists(st.booleans(), min_size=1)),
        st.tuples(st.just("custom_one_of"), pick(suitable(CHOICE, 1)), answers),
        st.tuples(st.just("custom_some_of"), pick(suitable(CHOICES, 1)), answers),
        st.tuples(st.just("custom_tags"), pick(suitable(CHOICES, 1)), answers),
        st.tuples(pick([f"custom_{kind}" for kind in KINDS]), pick(suitable(CHOICES, 0)), st.just([])),
    ]


def custom_values(dice: Random) -> dict[str, Any]:
    """Some values of custom fields, as they are stored."""
    values: dict[str, Any] = {
        "text": dice.choice(TITLES[1:]),
        "number": dice.choice((-1, 0, 50, 50.5, 51, 500, 10**14)),
        "date": dice.choice(DAYS),
        "yes_no": dice.choice((True, False)),
        "one_of": dice.choice("abc"),
        "some_of": dice.choice((["a"], ["a", "b"], ["c"], ["b", "c"])),
        "tags": dice.choice((["a"], ["a", "b"], ["not one of them"])),
    }
    return {key: value for key, value in values.items() if dice.random() < 0.4}


@st.composite
def rules(draw: st.DrawFn, world: World) -> list[dict[str, Any]]:
    made = draw(st.lists(st.one_of(behaviours(world), behaviours(world), fits()), max_size=7))
    names = [f"rule {position}" for position in range(len(made))]
    for _ in range(draw(st.integers(0, 2))):
        needed = draw(st.lists(st.sampled_from(names), unique=True, max_size=3)) if names else []
        made.append({"kind": "combination", "requires": needed})
    for rule in made:
        rule["points"] = draw(st.sampled_from([-10_000, -5, -1, 0, 1, 3, 5, 10, 20, 10_000]))
        rule["gate"] = draw(st.sampled_from(["none", "none", "none", "required", "fast_track", "blocks"]))
        rule["is_enabled"] = draw(st.sampled_from([True, True, True, False]))
    return made


def caps() -> st.SearchStrategy[dict[str, Any]]:
    cap = st.one_of(st.none(), st.none(), st.integers(0, 50))
    return st.fixed_dictionaries(
        {
            "threshold": st.integers(1, 60),
            "fit_cap": cap,
            "engagement_cap": cap,
            "minimum_behaviours": st.integers(0, 2),
            "fast_track_counts_past": st.booleans(),
        }
    )


def people(world: World, dice: Random) -> list[Lead]:
    """Leads nobody would invent, with up to twelve activities near the edges of windows and half-lives."""
    leads = Lead.objects.bulk_create(
        Lead(
            external_id=str(uuid4()),
            email="a@vp.com" if (address := dice.random() < 0.3) else "",
            email_key=f"{uuid4()}@vp" if address else None,
            job_title=dice.choice(TITLES),
            phone=dice.choice(("", "1")),
            company=dice.choice([None, *world.companies]),
            budget=dice.choice((None, 0, 50, 500)),
            is_decision_maker=dice.choice((None, True, False)),
            custom=custom_values(dice),
            first_channel=dice.choice([None, *world.channels]),
            first_campaign=dice.choice([None, *world.campaigns]),
            created_at=NOW,
            recorded_at=NOW,
        )
        for _ in range(LEADS)
    )
    Activity.objects.bulk_create(deed(world, dice, lead) for lead in leads for _ in range(dice.choice((0, 1, 3, 12))))
    return leads


def deed(world: World, dice: Random, lead: Lead) -> Activity:
    at = NOW - dice.choice((-2, -1, 0, 1, 2, 3, 7, 14, 30, 60, 3650, 4000)) * DAY + dice.choice(EDGES)
    return Activity(
        lead=lead,
        type=dice.choice(world.types),
        occurred_at=at,
        received_at=at,
        page=dice.choice([None, *world.pages]),
        asset=dice.choice([None, *world.assets]),
        campaign=dice.choice([None, *world.campaigns]),
        channel=dice.choice([None, *world.channels]),
        visit=dice.choice((None, UUID(int=1), UUID(int=2))),
        seconds=dice.choice((None, 0, 59, 60, 86_400)),
        machine=dice.choice((0, 0, 0, 0, 1, 3, 10)),
        message_key=uuid4(),
        digest=0,
    )


def given_by_hand(leads: list[Lead], dice: Random, by: User) -> None:
    Override.objects.bulk_create(
        Override(
            lead=lead,
            points=dice.choice((-40, 5, 30)),
            reason="x",
            created_by=by,
            created_at=NOW - 9 * DAY,
            expires_at=NOW + dice.choice((-1, 0, 1, 30)) * DAY + dice.choice(EDGES),
        )
        for lead in leads
        if dice.random() < 0.2
    )


def compare(criteria: Criteria, leads: list[Lead], dice: Random, *, fast_from: datetime) -> None:
    """Equal now; equal until just before the next change, different at it, and equal for good where there is none."""
    reference = Reference.of(criteria)
    if reference.fast_from is not None:
        reference.fast_from = fast_from
    rows = Score.objects.in_bulk([lead.pk for lead in leads])
    related = ("company", "first_channel__counts_as", "first_page")
    for lead in Lead.objects.filter(pk__in=rows).select_related(*related):
        deeds = list(lead.activities.select_related("asset", "page"))
        row = rows[lead.pk]
        expected = asdict(reference.score(lead, deeds, NOW))
        assert computed(row) == expected
        assert row.next_change_at is None or row.next_change_at > NOW
        still = seen(reference, lead, deeds, NOW)
        quiet_until = row.next_change_at or NOW + 20_000 * DAY
        last = quiet_until - timedelta(microseconds=1)
        for moment in (last, NOW + (last - NOW) * dice.random()):
            assert seen(reference, lead, deeds, moment) == still, (moment, row.next_change_at)
        if row.next_change_at is not None and row.next_change_at not in {deed.occurred_at for deed in deeds}:
            moments = [row.next_change_at, row.next_change_at + FALLING_IS_TOLD_EARLY]
            assert any(seen(reference, lead, deeds, moment) != still for moment in moments), moments


def seen(reference: Reference, lead: Lead, deeds: list[Activity], moment: datetime) -> dict[str, Any]:
    """The score at a moment; what melts away unseen is left out."""
    score = asdict(reference.score(lead, deeds, moment))
    return score | {"matched": reference.seen(score["matched"]), "fast": reference.seen_fast(lead, deeds, moment)}


@pytest.mark.slow
def test_the_engine_and_the_reference_agree(administrator: User) -> None:
    world = World()

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        made=rules(world),
        columns=caps(),
        bars=st.lists(st.integers(-1, 30), max_size=3),
        seed=st.integers(0, 2**32),
    )
    def agree(made: list[dict[str, Any]], columns: dict[str, Any], bars: list[int], seed: int) -> None:
        dice = Random(seed)
        with forgotten():
            criteria = make_criteria(NOW, *made, **columns)
            for days in bars:
                channel = dice.choice([None, *world.channels])
                campaign = None if channel else dice.choice(world.campaigns)
                make_bar(criteria, 7, NOW + days * DAY, channel=channel, campaign=campaign)
            leads = people(world, dice)
            given_by_hand(leads, dice, administrator)
            fast_from = NOW - dice.choice((0, 1, 7, 30, 3650)) * DAY + dice.choice(EDGES)
            assert score(criteria, *leads, now=NOW, fast_from=fast_from) == len(leads)
            assert score(criteria, *leads, now=NOW, fast_from=fast_from) == 0
            compare(criteria, leads, dice, fast_from=fast_from)

    agree()
