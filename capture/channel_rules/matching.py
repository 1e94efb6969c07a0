"""The rules as they are in force, and the channel they say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from json import dumps
from typing import Any, Final

from capture.channel_rules.arrivals import Arrival
from capture.models.channel_rules import ChannelRule, KnownSite, TagSpelling
from leads.normalise import source_key
from lib.process_cache import ProcessCache

# Before the dot of a country's own: google.co.uk.
_SECOND_LEVEL: Final = frozenset({"co", "com", "org", "net"})
EVERY_COUNTRY: Final = ".*"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as it is compared."""

    id: int
    name: str
    channel: str
    origin: str
    sources: frozenset[str]
    mediums: frozenset[str]
    click_ids: frozenset[str]
    hosts: Sequence[str]
    site_kinds: frozenset[str]

    @property
    def lists(self) -> tuple[Iterable[str], ...]:
        """What it asks of which any entry does."""
        return self.sources, self.mediums, self.click_ids, self.hosts, self.site_kinds


@dataclass(frozen=True, slots=True)
class Rules:
    """All that says a channel: the rules in their order, the known sites, the spellings of tags."""

    rules: Sequence[Rule]
    # The kind of a site by its host ("google." for google.*), and by what a utm_source calls it.
    kinds: Mapping[str, str]
    kinds_of_sources: Mapping[str, str]
    spellings: Mapping[tuple[str, str], str]

    @property
    def digest(self) -> str:
        """Equal for rules that say the same of every visit by the same questions, whatever they are called."""
        rules = [(rule.channel, rule.origin, *map(sorted, rule.lists)) for rule in self.rules]
        known = [sorted(some.items()) for some in (self.kinds, self.kinds_of_sources)]
        return sha256(dumps([rules, known, sorted(self.spellings.items())]).encode()).hexdigest()

    def matching(self, arrival: Arrival) -> Rule | None:
        """The first rule that holds."""
        source = self.tag("source", arrival.source)
        medium = self.tag("medium", arrival.medium)
        kinds = {self.kind_of_host(arrival.referrer), self.kind_of_source(source)} - {""}
        return next((rule for rule in self.rules if _holds(rule, arrival, source, medium, kinds)), None)

    def tag(self, tag: str, text: str) -> str:
        """A tag as rules compare it: folded, and as the spelling it counts as."""
        key = source_key(text)
        return self.spellings.get((tag, key), key)

    def kind_of_source(self, source: str) -> str:
        """What a folded utm_source is; it may be a host."""
        return self.kinds_of_sources.get(source, "") or self.kind_of_host(source)

    def kind_of_host(self, host: str) -> str:
        """What a site is: itself, else the nearest of its parents that is known; empty when none is."""
        labels = host.split(".")
        for place in range(len(labels) - 1):
            kind = self.kinds.get(".".join(labels[place:]))
            if kind:
                return kind
            rest = labels[place + 1 :]
            if len(rest) == 1 or (rest[1:] == rest[-1:] and rest[0] in _SECOND_LEVEL):
                kind = self.kinds.get(f"{labels[place]}{EVERY_COUNTRY}")
                if kind:
                    return kind
        return ""


def rules_of(rules: Iterable[ChannelRule], sites: Iterable[KnownSite], spellings: Iterable[TagSpelling]) -> Rules:
    """Rows as rules, in the order in which they come; those that are switched off are left out."""
    known = list(sites)
    # Of two sites of one name the first counts.
    named = {source_key(site.name): site.kind for site in reversed(known)}
    return Rules(
        rules=[_rule(row) for row in rules if row.is_enabled],
        kinds={site.host: site.kind for site in known},
        kinds_of_sources=named,
        spellings={(row.tag, row.spelling): row.counts_as for row in spellings},
    )


_RULES: Final = ProcessCache(
    lambda: rules_of(
        ChannelRule.objects.select_related("channel").order_by("position", "pk"),
        KnownSite.objects.order_by("pk"),
        TagSpelling.objects.all(),
    )
)


def rules_in_force() -> Rules:
    """What this process keeps in memory until a rule, a site or a spelling changes."""
    return _RULES.get()


def rules_with(rule_id: int | None, asked: Mapping[str, Any]) -> Rules:
    """The rules as they would be with this one, which is not stored: in its place, or before all others."""
    rows = list(ChannelRule.objects.select_related("channel").order_by("position", "pk"))
    tried = ChannelRule(pk=rule_id or 0, **asked)
    if rule_id is None:
        rows.insert(0, tried)
    return rules_of(
        [tried if row.pk == rule_id else row for row in rows],
        KnownSite.objects.order_by("pk"),
        TagSpelling.objects.all(),
    )


def channel_of(arrival: Arrival | None) -> str:
    """The key of the channel a visit comes through; empty where no rule holds, or it is no arrival at all."""
    rule = rules_in_force().matching(arrival) if arrival else None
    return rule.channel if rule else ""


def _rule(row: ChannelRule) -> Rule:
    return Rule(
        id=row.pk,
        name=row.name,
        channel=row.channel.key,
        origin=row.origin,
        sources=frozenset(row.sources),
        mediums=frozenset(row.mediums),
        click_ids=frozenset(row.click_ids),
        hosts=tuple(row.hosts),
        site_kinds=frozenset(row.site_kinds),
    )


def _holds(rule: Rule, arrival: Arrival, source: str, medium: str, kinds: set[str]) -> bool:
    return (
        _comes_from(rule.origin, arrival)
        and (not rule.sources or source in rule.sources)
        and (not rule.mediums or medium in rule.mediums)
        and (not rule.click_ids or not rule.click_ids.isdisjoint(arrival.click_ids))
        and (not rule.site_kinds or not rule.site_kinds.isdisjoint(kinds))
        and (not rule.hosts or any(_is_of(arrival.referrer, host) for host in rule.hosts))
    )


def _comes_from(origin: str, arrival: Arrival) -> bool:
    if origin == ChannelRule.Origin.OWN_MAIL:
        return arrival.is_own_mail
    if origin == ChannelRule.Origin.REFERRER:
        return bool(arrival.referrer)
    return origin == ChannelRule.Origin.ANY or not (arrival.is_tagged or arrival.referrer)


def _is_of(host: str, parent: str) -> bool:
    return host == parent or host.endswith(f".{parent}")
