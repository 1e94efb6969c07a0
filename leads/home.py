"""What the home page says of leads themselves."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import home
from accounts.home import Need, Part, Tell
from accounts.models import User
from accounts.roles import MARKETING, ROLES
from leads.lead_tasks.lists import open_tasks
from leads.models import Duplicate, Lead
from lib.numbers import number

MOST_COUNTED: Final = 1000


def _needs(user: User, now: datetime) -> Iterator[Need]:
    count = Duplicate.objects.waiting().order_by()[: MOST_COUNTED + 1].count()
    if count:
        sentence = ngettext(
            "%(count)s pair of leads may be one person.", "%(count)s pairs of leads may be one person.", count
        )
        shown = number(MOST_COUNTED) + "+" if count > MOST_COUNTED else number(count)
        yield Need(text=sentence % {"count": shown}, url=reverse("leads:duplicates"), icon="copy")
    elif not Lead.objects.exists():
        yield Need(
            text=_("There is no lead yet. Import the ones you have from a file, or connect a website under Capture."),
            url=reverse("leads:list"),
            icon="leads",
        )


def _own_tasks(role: str) -> Tell[Need]:
    """What somebody has to do themselves, once: in the section of the first of their roles."""

    def needs(user: User, now: datetime) -> Iterator[Need]:
        if role != next(key for key in ROLES if user.has_role(key)):
            return
        today = timezone.localdate(now)
        counted = (
            open_tasks(user)
            .order_by()
            .aggregate(late=Count("pk", filter=Q(due_on__lt=today)), today=Count("pk", filter=Q(due_on=today)))
        )
        if count := counted["late"]:
            sentence = ngettext("%(count)s task of yours is overdue.", "%(count)s tasks of yours are overdue.", count)
            words = sentence % {"count": number(count)}
            yield Need(text=words, url=reverse("tasks:list"), icon="late", meaning="late")
        if count := counted["today"]:
            sentence = ngettext(
                "%(count)s task of yours is due today.", "%(count)s tasks of yours are due today.", count
            )
            words = sentence % {"count": number(count)}
            yield Need(text=words, url=reverse("tasks:list"), icon="check", meaning="soon")

    return needs


for key in ROLES:
    home.offer(Part(role=key, order=15, needs=_own_tasks(key)))
home.offer(Part(role=MARKETING, order=90, needs=_needs))
