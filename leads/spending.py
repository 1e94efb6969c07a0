"""What channels and campaigns cost, as files and other systems say it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from leads.dimensions import Dimensions
from leads.models import Channel, Spend
from leads.normalise import Refusal, not_longer, source_key
from leads.parsing import Named
from lib.text import storable


@dataclass(slots=True)
class SpendInput:
    """What a channel, or one campaign of it, cost from one day to another, both included."""

    starts_on: date
    ends_on: date
    amount: Decimal
    channel: str = ""
    campaign: str = ""
    currency: str = "EUR"


@dataclass(slots=True)
class ParsedSpend:
    """The cost with the keys of what it was for."""

    starts_on: date
    ends_on: date
    amount: Decimal
    channel: Named
    campaign: Named | None
    currency: str


@dataclass(slots=True)
class Recorded:
    """What became of a cost: the row that holds it, and the amount it had before."""

    outcome: Literal["created", "updated", "unchanged"]
    spend_id: int
    amount: Decimal
    before: Decimal | None


def parse_spend(spend: SpendInput) -> tuple[ParsedSpend | None, list[Refusal]]:
    """The cost, and what of it cannot be used; None when that is the cost itself."""
    wrong: list[Refusal] = []
    names: dict[str, Named | None] = {}
    for field, text in (("channel", spend.channel), ("campaign", spend.campaign)):
        try:
            name = not_longer(storable(text).strip(), field, 100)
            names[field] = Named(source_key(name), name) if source_key(name) else None
        except Refusal as refusal:
            wrong.append(refusal)
    if spend.ends_on < spend.starts_on:
        wrong.append(Refusal("ends_before_start", "ends_on", _("The last day is before the first day.")))
    channel = names.get("channel")
    if channel is None and not wrong:
        wrong.append(Refusal("no_channel", "channel", _("The row does not say which channel the cost is for.")))
    if wrong or channel is None:
        return None, wrong
    return ParsedSpend(spend.starts_on, spend.ends_on, spend.amount, channel, names["campaign"], spend.currency), []


@transaction.atomic
def record_spend(inputs: Sequence[ParsedSpend]) -> list[Recorded]:
    """Stores each cost; one of the same channel, campaign, days and currency is corrected. In the order of inputs."""
    names = Dimensions(
        channels=[one.channel for one in inputs], campaigns=[one.campaign for one in inputs], pages=[], assets=[]
    )
    channel_ids = {one.channel.key: pk for one in inputs if (pk := names.channel(one.channel))}
    # Two who say the same cost at once: the second finds what the first stored.
    list(Channel.objects.filter(pk__in=channel_ids.values()).order_by("pk").select_for_update(no_key=True))
    known = _known(channel_ids.values(), inputs)
    results = []
    for one in inputs:
        channel_id, campaign_id = channel_ids[one.channel.key], names.campaign(one.campaign)
        key = (channel_id, campaign_id, one.starts_on, one.ends_on, one.currency)
        spend = known.get(key)
        if spend is None:
            spend = known[key] = Spend.objects.create(
                channel_id=channel_id, campaign_id=campaign_id, starts_on=one.starts_on, ends_on=one.ends_on,
                currency=one.currency, amount=one.amount,
            )  # fmt: skip
            results.append(Recorded("created", spend.pk, one.amount, None))
            continue
        before, spend.amount = spend.amount, one.amount
        if before != one.amount:
            spend.save(update_fields=["amount"])
        results.append(Recorded("unchanged" if before == one.amount else "updated", spend.pk, one.amount, before))
    return results


_Key = tuple[int, int | None, date, date, str]


def _known(channel_ids: Collection[int], inputs: Sequence[ParsedSpend]) -> dict[_Key, Spend]:
    """The costs of these channels in these days; of several that say the same the first."""
    if not inputs:
        return {}
    first, last = min(one.starts_on for one in inputs), max(one.ends_on for one in inputs)
    rows = Spend.objects.filter(channel__in=channel_ids, starts_on__gte=first, ends_on__lte=last).order_by("-pk")
    return {(row.channel_id, row.campaign_id, row.starts_on, row.ends_on, row.currency): row for row in rows}
