"""Chosen advice as a new draft of the criteria in force. What is in force stays as it is."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from scoring.advice.verdicts import Advice, Change
from scoring.criteria.publication import PublicationRefused, draft_from
from scoring.models import Criteria, Gate, Rule, SourceBar

# Six months: long enough to see, short enough not to be forgotten.
BAR_LASTS: Final = timedelta(days=182)


class NothingChosen(PublicationRefused):
    """A draft without a change is not made here."""


class NoLongerInForce(PublicationRefused):
    """The advice is about criteria that have been replaced."""


def chosen_of(advice: Advice, keys: Collection[str]) -> list[Change]:
    """The changes of these keys, in the order of the advice; raises NothingChosen."""
    chosen = [change for change in advice.changes if change.key in keys]
    if not chosen:
        raise NothingChosen(_("Choose at least one change to make a draft of."))
    return chosen


@transaction.atomic
def draft_of(advice: Advice, keys: Collection[str], *, actor: User, now: datetime) -> Criteria:
    """A draft of the criteria in force with the chosen changes, or nothing at all.

    Raises NothingChosen, NoLongerInForce, and what publication.draft_from raises.
    """
    chosen = {change.key for change in chosen_of(advice, keys)}
    source = advice.definition.criteria
    draft = draft_from(source, actor=actor, now=now)
    # draft_from holds every version: what is in force now stays so until this is over.
    if not Criteria.objects.filter(pk=source.pk, state=Criteria.State.PUBLISHED).exists():
        raise NoLongerInForce(_("Other criteria are in force by now. Ask for new advice."))
    copies = _copies(source, draft)
    for verdict in advice.verdicts:
        rule = copies[verdict.rule.pk]
        if f"points-{verdict.rule.pk}" in chosen and verdict.other_points is not None:
            rule.points = verdict.other_points
        if f"required-{verdict.rule.pk}" in chosen:
            rule.gate = Gate.REQUIRED
        rule.save(update_fields=["points", "gate"])
    SourceBar.objects.bulk_create(
        SourceBar(
            criteria=draft,
            extra_points=source.extra,
            expires_at=now + BAR_LASTS,
            **{source.kind: source.source},
        )
        for source in advice.sources
        if f"{source.kind}-{source.source.pk}" in chosen
    )
    return draft


def _copies(source: Criteria, draft: Criteria) -> Mapping[int, Rule]:
    """The rule of the draft for each rule it was copied from: copies are made in this order."""
    old, new = source.rules.order_by("position", "pk"), draft.rules.order_by("position", "pk")
    return {rule.pk: copy for rule, copy in zip(old, new, strict=True)}
