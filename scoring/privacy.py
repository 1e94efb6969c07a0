"""What scoring keeps about a person: points by hand, and the scores themselves, which are numbers."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from leads.events import Agent
from leads.privacy.holdings import DataSubject, Holding, Row, register
from scoring.models import Override, Score

# A reason is there (a constraint), so it is replaced, not emptied.
GONE: Final = "(erased)"


def _scores(subject: DataSubject) -> Iterator[Row]:
    for score in Score.objects.filter(lead=subject.lead):
        yield {
            str(_("points")): score.total,
            str(_("fit")): score.fit,
            str(_("engagement")): score.engagement,
            str(_("grade")): score.grade,
        }
    for override in Override.objects.filter(lead=subject.lead).order_by("pk"):
        yield {
            str(_("points by hand")): override.points,
            str(_("reason")): override.reason,
            str(_("given")): override.created_at,
            str(_("until")): override.expires_at,
        }


def _count(subject: DataSubject) -> int:
    return Score.objects.filter(lead=subject.lead).count() + Override.objects.filter(lead=subject.lead).count()


def _erase(subject: DataSubject, _agent: Agent, _now: datetime) -> int:
    Override.objects.filter(lead=subject.lead).update(reason=GONE)
    return _count(subject)


register(
    Holding(
        key="scores",
        label=_("Scores"),
        afterwards=_("Points stay; the words that explain points by hand are gone."),
        rows=_scores,
        count=_count,
        erase=_erase,
    )
)
