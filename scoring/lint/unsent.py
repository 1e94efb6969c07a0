"""Rules about what nobody ever sent: an activity type, a page, content, a campaign or a channel no activity has."""

from collections.abc import Iterator
from typing import Final

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Count, Max, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.models import BY_PERSON, Activity
from lib.numbers import number
from scoring.engine.definition import Definition
from scoring.models import Rule

# Keys looked through, from the newest: what nobody sent among so many is not coming in, whatever came years ago.
LOOKED_AT: Final = 100_000
ENOUGH_ACTIVITIES: Final = 200

SENTENCES: Final[dict[str, str | Promise]] = {
    "type": gettext_lazy("none of the last %(activities)s activities of people is “%(what)s”"),
    "page": gettext_lazy("none of the last %(activities)s activities of people was on such a page (%(what)s)"),
    "asset": gettext_lazy("none of the last %(activities)s activities of people had such content (%(what)s)"),
    "campaign": gettext_lazy("none of the last %(activities)s activities of people came in the campaign “%(what)s”"),
    "channel": gettext_lazy("none of the last %(activities)s activities of people came through %(what)s"),
}


def never_sent(definition: Definition) -> dict[int, str]:
    """A sentence by the key of its rule; two statements, which look at the newest activities only."""
    asked = {rule: list(_named(rule)) for rule in definition.behaviours}
    conditions = list(dict.fromkeys(condition for named in asked.values() for _sort, _what, condition in named))
    newest = Activity.objects.aggregate(newest=Max("pk"))["newest"] if conditions else None
    if newest is None:
        return {}
    recent = Activity.objects.filter(pk__gt=newest - LOOKED_AT, machine__in=BY_PERSON).order_by()
    seen = recent.aggregate(
        activities=Count("pk"), **{f"c{place}": BoolOr(condition) for place, condition in enumerate(conditions)}
    )
    if seen["activities"] < ENOUGH_ACTIVITIES:
        return {}
    missing = {condition for place, condition in enumerate(conditions) if not seen[f"c{place}"]}
    return {
        rule.pk: _sentence(rule, sort, what, seen["activities"])
        for rule, named in asked.items()
        for sort, what, _condition in [each for each in named if each[2] in missing][:1]
    }


def _named(rule: Rule) -> Iterator[tuple[str, object, Q]]:
    """What a rule names: which sort of thing, what it is called, and which activities have it."""
    for kind in (rule.activity_type, rule.after_activity_type):
        if kind:
            yield "type", kind, Q(type_id=kind.pk)
    if rule.page:
        yield "page", rule.page, Q(page_id=rule.page_id)
    if rule.page_category:
        yield "page", rule.get_page_category_display(), Q(page__category=rule.page_category)
    if rule.on_key_page:
        yield "page", _("key pages"), Q(page__is_key=True)
    if rule.asset:
        yield "asset", rule.asset, Q(asset_id=rule.asset_id)
    if rule.asset_kind:
        yield "asset", rule.get_asset_kind_display(), Q(asset__kind=rule.asset_kind)
    if rule.campaign:
        yield "campaign", rule.campaign, Q(campaign_id=rule.campaign_id)
    if rule.channel:
        counting = rule.channel.counts_as_id or rule.channel_id
        yield "channel", rule.channel, Q(channel_id=counting) | Q(channel__counts_as_id=counting)


def _sentence(rule: Rule, sort: str, what: object, activities: int) -> str:
    words = {"what": what, "activities": number(activities)}
    return _(
        "“%(name)s” can match nobody: %(why)s. See whether it is sent under another name; if nobody sends it, leave "
        "the rule out."
    ) % {"name": rule.name, "why": str(SENTENCES[sort]) % words}
