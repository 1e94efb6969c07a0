"""What the home page says of leads themselves."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import home
from accounts.home import Need, Part
from accounts.models import User
from accounts.roles import MARKETING
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
            text=_("There is no lead yet. Bring the ones you have in a file; a website is connected under Capture."),
            url=reverse("leads:list"),
            icon="leads",
        )


home.offer(Part(role=MARKETING, order=90, needs=_needs))
