"""Changes the rules: what one asks, and in which order they stand."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from capture.models import ChannelRule, TagSpelling
from leads.models import Channel
from leads.normalise import source_key


@transaction.atomic
def save_rule(*, rule_id: int | None, values: Mapping[str, Any]) -> ChannelRule:
    """Stores what a rule asks; a new one comes before all others, where it is seen to work."""
    rules = list(ChannelRule.objects.select_for_update().order_by("position", "pk"))
    rule = next((each for each in rules if each.pk == rule_id), None) or ChannelRule(position=0)
    rule.name = str(values["name"])
    rule.channel = Channel.objects.get(pk=values["channel"])
    rule.origin = str(values["origin"])
    rule.sources, rule.mediums = values["sources"], values["mediums"]
    rule.click_ids, rule.hosts = values["click_ids"], values["hosts"]
    rule.site_kinds, rule.is_enabled = values["site_kinds"], bool(values["is_enabled"])
    rule.save()
    if rule_id is None:
        _number([rule, *rules])
    return rule


@transaction.atomic
def move_up(*, rule_id: int) -> None:
    """One place up; the first stays where it is."""
    rules = list(ChannelRule.objects.select_for_update().order_by("position", "pk"))
    place = next(place for place, rule in enumerate(rules) if rule.pk == rule_id)
    if place:
        rules[place - 1 : place + 1] = rules[place], rules[place - 1]
    _number(rules)


def count_as(*, spelling: str, counts_as: str) -> None:
    """What comes with this utm_source is read as if it came with the other, from now on."""
    key, other = source_key(spelling), source_key(counts_as)
    if key and other and key != other:
        TagSpelling.objects.update_or_create(
            tag=TagSpelling.Tag.SOURCE, spelling=key, defaults={"counts_as": other}
        )  # fmt: skip


def _number(rules: list[ChannelRule]) -> None:
    for position, rule in enumerate(rules, start=1):
        rule.position = position
    ChannelRule.objects.bulk_update(rules, ["position"])
