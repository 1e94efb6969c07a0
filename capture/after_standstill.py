"""What is taken at once after a standstill."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import ngettext

from accounts.models import Standstill
from accounts.standstill.switches import Owed
from accounts.standstill.taking import TAKING
from capture import inbox
from capture.models import Submission, Verdict
from lib.numbers import number


def _owed(standstill: Standstill, now: datetime) -> Iterator[Owed]:
    count = inbox.waiting().requests
    sentence = ngettext(
        "%(count)s request of websites and webhooks that was kept is taken.",
        "%(count)s requests of websites and webhooks that were kept are taken.",
        count,
    )
    yield Owed(key="inbox", sentence=sentence % {"count": number(count)}, count=count)
    count = Submission.objects.filter(verdict=Verdict.TO_TAKE).count()
    sentence = ngettext(
        "%(count)s form that was filled is taken.", "%(count)s forms that were filled are taken.", count
    )
    yield Owed(key="submissions", sentence=sentence % {"count": number(count)}, count=count)


TAKING.owes(_owed)
