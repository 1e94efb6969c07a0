"""What came in lately, looked at by rules: what each takes, what none takes, which spellings belong together."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from json import dumps, loads
from typing import Final

from django.db.models import QuerySet

from capture.channel_rules.arrivals import Arrival, stored_arrival
from capture.channel_rules.matching import Rules
from leads.models import ARRIVAL, ActivityProperties, Channel, LastTouch, Spend

DAYS: Final = 30
# Of the visits of these days the newest, so that a page never waits for all there are.
MOST_VISITS: Final = 20_000
# Different arrivals that are looked at, the most frequent ones.
MOST_DIFFERENT: Final = 2_000
MOST_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Came:
    """Visits that came in the same way, and the channel they were counted to (empty: to none)."""

    arrival: Arrival
    channel: str
    visits: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A channel's visits as they are counted, and as rules would count them."""

    channel: str
    visits: int
    visits_then: int


def recent_arrivals(*, now: datetime) -> list[Came]:
    """The last 30 days, or their newest MOST_VISITS visits, the most frequent first."""
    # Counted here: where the database groups, it reads all properties there are to find the newest.
    newest = ActivityProperties.objects.filter(properties__has_key=ARRIVAL).order_by("-pk")[:MOST_VISITS]
    since, visits = now - timedelta(days=DAYS), Counter[tuple[str, str]]()
    for value, channel, at in newest.values_list(
        f"properties__{ARRIVAL}", "activity__channel__key", "activity__occurred_at"
    ):
        if at >= since:
            visits[dumps(value, sort_keys=True), channel or ""] += 1
    ranked = sorted(visits.items(), key=lambda item: (-item[1], item[0]))[:MOST_DIFFERENT]
    return [Came(stored_arrival(loads(text)), channel, number) for (text, channel), number in ranked]


def taken_by(rules: Rules, came: Iterable[Came]) -> tuple[Mapping[int, int], list[Came]]:
    """How many visits each rule takes, by its id, and what no rule takes."""
    visits, without_rule = Counter[int](), []
    for one in came:
        rule = rules.matching(one.arrival)
        if rule is None:
            without_rule.append(one)
        else:
            visits[rule.id] += one.visits
    return visits, without_rule


def moved_by(rules: Rules, came: Iterable[Came]) -> list[Moved]:
    """Each channel with visits now or then, the largest first."""
    now_counted, then = Counter[str](), Counter[str]()
    for one in came:
        rule = rules.matching(one.arrival)
        now_counted[one.channel] += one.visits
        then[rule.channel if rule else ""] += one.visits
    names = dict(Channel.objects.filter(key__in={*now_counted, *then}).values_list("key", "name"))
    keys = sorted({*now_counted, *then}, key=lambda key: (-then[key], key))
    return [Moved(names.get(key, key), now_counted[key], then[key]) for key in keys]


def spellings_of_sources(rules: Rules, came: Iterable[Came]) -> list[list[str]]:
    """Sources that are written in several ways and probably are one: LinkedIn, linkedin.com, linked-in."""
    ways: dict[str, dict[str, None]] = defaultdict(dict)
    for one in came:
        if one.arrival.source:
            key = rules.tag("source", one.arrival.source)
            ways["".join(filter(str.isalnum, key.removesuffix(".com")))][key] = None
    return [sorted(keys) for keys in ways.values() if len(keys) > 1][:MOST_SHOWN]


def spend_without_visits(came: Iterable[Came], *, now: datetime) -> QuerySet[Spend]:
    """What was paid for in the last 30 days and nobody came through: its links are probably not tagged.

    Looks at what came, and at the last touch of each lead of these days, which programs and files say as well.
    """
    since = now - timedelta(days=DAYS)
    touches = LastTouch.objects.filter(at__gte=since, channel__isnull=False).order_by()
    of_visits = Channel.objects.filter(key__in={one.channel for one in came}).values_list("pk", flat=True)
    seen = {*touches.values_list("channel", flat=True).distinct(), *of_visits}
    spent = Spend.objects.filter(ends_on__gte=since.date(), starts_on__lte=now.date(), amount__gt=0)
    return spent.exclude(channel__in=_channels(seen))


def _channels(ids: Iterable[int]) -> Sequence[int]:
    """These, and those they count as."""
    known = set(ids)
    return [*known, *Channel.objects.filter(spellings__in=known).values_list("pk", flat=True)]
