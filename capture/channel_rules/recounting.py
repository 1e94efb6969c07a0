"""The past counted by the rules as they stand: first what would change, then, when a person wants that, for good.

A worker goes from lead to lead by their ids, a chunk a transaction that also says how far it is: whoever goes on after
a worker that died begins at the next chunk, and what is done is not done again. When the rules change while it runs it
is broken off: the counts that were shown would not be true of the rest.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from json import dumps
from time import monotonic
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Count, Max

from accounts.models import User
from capture.channel_rules.arrivals import stored_arrival
from capture.channel_rules.matching import Rules, rules_in_force
from capture.models import ChannelRecount
from leads.events import Agent
from leads.models import ARRIVAL, ActivityProperties, Channel, Lead
from leads.recounting import Recount, preview_recount, recount
from leads.turns import Turn
from lib.hints import send_hint

CHUNK: Final = 500


class UnderWay(Exception):
    """Another one runs."""


class NotTried(Exception):
    """Nobody has seen yet what these rules would change."""


def ask(*, is_trial: bool, actor: User, now: datetime) -> ChannelRecount:
    """Asks for a trial, or for what the last trial has shown. Raises UnderWay and NotTried."""
    rules = rules_in_force().digest
    if not is_trial and not is_shown(last_trial(), rules=rules):
        raise NotTried
    leads = Lead.objects.aggregate(last=Max("pk", default=0), count=Count("pk"))
    try:
        with transaction.atomic():
            asked = ChannelRecount.objects.create(
                is_trial=is_trial,
                rules=rules,
                asked_by=actor,
                asked_at=now,
                leads=leads["count"],
                last_lead=leads["last"],
            )
    except IntegrityError as error:
        raise UnderWay from error
    transaction.on_commit(hint, robust=True)
    return asked


def last_trial() -> ChannelRecount | None:
    """The newest that is over."""
    return ChannelRecount.objects.filter(is_trial=True, finished_at__isnull=False).first()


def is_shown(trial: ChannelRecount | None, *, rules: str) -> bool:
    """Whether this trial says what these rules would change, and nobody has changed it since."""
    if trial is None or trial.rules != rules or trial.is_broken_off:
        return False
    return not ChannelRecount.objects.filter(is_trial=False, pk__gt=trial.pk).exists()


def go_on(*, clock: Callable[[], datetime], until: float) -> bool:
    """Takes chunk after chunk until nothing is left or `monotonic()` says `until`. Returns whether something is left.

    Twice at once is harmless: the second finds it taken.
    """
    while monotonic() < until:
        with transaction.atomic():
            running = ChannelRecount.objects.filter(finished_at=None)
            one = running.select_related("asked_by").select_for_update(skip_locked=True, of=("self",)).first()
            if one is None:
                return False
            _chunk(one, now=clock())
    return ChannelRecount.objects.filter(finished_at=None).exists()


def hint() -> None:
    """Tells a worker that there is something to do; a hint that is lost costs a minute."""
    send_hint("capture.tasks.recount_channels")


def _chunk(one: ChannelRecount, *, now: datetime) -> None:
    rules = rules_in_force()
    left = Lead.objects.filter(pk__gt=one.last_done, pk__lte=one.last_lead)
    ids = list(left.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    if not ids or one.rules != rules.digest:
        one.is_broken_off, one.finished_at = bool(ids), now
        one.save(update_fields=["is_broken_off", "finished_at"])
        return
    names = dict(Channel.objects.values_list("pk", "key"))
    wanted = _wanted(rules, first=ids[0], last=ids[-1], channels={key: pk for pk, key in names.items()})
    agent = Agent(user=one.asked_by, turn=Turn.WAITS)
    changes = preview_recount(wanted) if one.is_trial else recount(wanted, agent=agent, now=now)
    one.moves = _added(one.moves, changes, names)
    one.last_done, one.leads_done = ids[-1], one.leads_done + len(ids)
    one.save(update_fields=["moves", "last_done", "leads_done"])


def _wanted(rules: Rules, *, first: int, last: int, channels: dict[str, int]) -> dict[int, int | None]:
    """Of the activities of these leads that say where a visit came from: the channel by the rules."""
    rows = ActivityProperties.objects.filter(
        activity__lead__gte=first, activity__lead__lte=last, properties__has_key=ARRIVAL
    ).values_list("pk", f"properties__{ARRIVAL}")
    known: dict[str, int | None] = {}
    wanted = {}
    for pk, value in rows:
        key = dumps(value, sort_keys=True)
        if key not in known:
            rule = rules.matching(stored_arrival(value))
            known[key] = channels[rule.channel] if rule else None
        wanted[pk] = known[key]
    return wanted


def _added(moves: Iterable[list[Any]], changes: Recount, names: dict[int, str]) -> list[list[Any]]:
    """The moves with those of another chunk, most activities first."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for before, after, *numbers in moves:
        counts[before, after] = Counter(dict(zip(("activities", "first", "last"), numbers, strict=True)))
    for name, some in (
        ("activities", changes.activities),
        ("first", changes.first_touches),
        ("last", changes.last_touches),
    ):
        for move, number in some.items():
            pair = tuple(names[channel] if channel else "" for channel in move)
            counts.setdefault((pair[0], pair[1]), Counter())[name] += number
    ranked = sorted(counts.items(), key=lambda item: (-item[1]["activities"], item[0]))
    return [[*pair, one["activities"], one["first"], one["last"]] for pair, one in ranked]
