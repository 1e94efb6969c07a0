"""What marketing reads on the home page: what to check, what to mend, and what sales sent back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import home
from accounts.home import Need, Part, Story
from accounts.models import User
from accounts.roles import MARKETING
from handoff.models import Handoff, Reason
from handoff.views.review import to_check, to_fix
from lib.numbers import number

LATELY: Final = timedelta(days=14)
MOST_STORIES: Final = 5


def _needs(user: User, now: datetime) -> Iterator[Need]:
    asked = to_check(user).order_by().aggregate(count=Count("pk"), late=Count("pk", filter=Q(pass_by__lt=now)))
    if check := asked["count"]:
        sentence = ngettext(
            "%(count)s lead is to be checked before sales gets it.",
            "%(count)s leads are to be checked before sales gets them.",
            check,
        )
        yield Need(
            text=sentence % {"count": number(check)},
            url=reverse("handoff:review"),
            icon="eye",
            meaning="late" if asked["late"] else "soon",
        )
    mend = to_fix(user, now=now).count()
    if mend:
        sentence = ngettext(
            "%(count)s lead came back from sales because something known of it was wrong.",
            "%(count)s leads came back from sales because something known of them was wrong.",
            mend,
        )
        yield Need(text=sentence % {"count": number(mend)}, url=reverse("handoff:review"), icon="edit", meaning="soon")


def _returned(user: User, now: datetime) -> Iterator[Story]:
    """Rejected, returned to nurture or disqualified by a person, newest first."""
    returned = Handoff.objects.visible_to(user).filter(closed_at__gte=now - LATELY, reason__isnull=False)
    returned = returned.exclude(decided_by=None).select_related("lead", "reason", "decided_by")
    for handoff in returned.order_by("-closed_at", "-pk").defer("receipt")[:MOST_STORIES]:
        yield Story(
            at=handoff.closed_at or now,  # which it has
            text=_("%(who)s sent %(lead)s back: %(reason)s.")
            % {"who": handoff.decided_by, "lead": handoff.lead, "reason": _label(handoff.reason)},
            url=reverse("handoff:detail", args=[handoff.public_id]),
        )


def _label(reason: Reason | None) -> str:
    return str(reason).rstrip(".")


home.offer(Part(role=MARKETING, order=10, needs=_needs, lately=_returned))
