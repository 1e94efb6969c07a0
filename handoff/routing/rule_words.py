"""A routing rule in words: which leads, and to whom. `channels` and `reps__user` are expected to be loaded."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from handoff.models import RoutingRule
from lib.countries import country_name
from lib.numbers import number


def conditions(rule: RoutingRule) -> list[str]:
    """What a lead has to be like, one condition each; empty: every lead."""
    return list(_conditions(rule))


def _conditions(rule: RoutingRule) -> Iterator[str]:
    if rule.countries:
        names = ", ".join(country_name(country) for country in rule.countries)
        yield _("country %(names)s") % {"names": names}
    if rule.industries:
        yield _("industry %(names)s") % {"names": ", ".join(rule.industries)}
    yield from _size(rule.least_employees, rule.most_employees)
    if rule.least_company_best is not None:
        yield _("best score at the company from %(points)s") % {"points": number(rule.least_company_best)}
    if rule.least_company_together is not None:
        yield _("scores at the company together from %(points)s") % {"points": number(rule.least_company_together)}
    if channels := [str(channel) for channel in rule.channels.all()]:
        yield _("first came by %(names)s") % {"names": ", ".join(channels)}
    if rule.to_owner:
        yield _("its company has an owner")


def _size(least: int | None, most: int | None) -> Iterator[str]:
    if least is not None and most is not None:
        yield _("%(least)s to %(most)s employees") % {"least": number(least), "most": number(most)}
    elif least is not None:
        yield _("%(least)s employees or more") % {"least": number(least)}
    elif most is not None:
        yield _("%(most)s employees at most") % {"most": number(most)}


def whom(rule: RoutingRule) -> str:
    """Who gets what matches."""
    names = ", ".join(str(rep) for rep in rule.reps.all())
    if rule.to_owner:
        return _("the owner of the company, else %(names)s") % {"names": names} if names else _("the owner")
    return names or _("whoever has most room")
