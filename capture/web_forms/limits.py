"""How often one may post: counted exactly, by the database, which stores what is posted anyway."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.utils.crypto import salted_hmac

from capture.models import RequestCount

MINUTES_REMEMBERED: Final = 60
# One statement, so of those who ask at the same time each gets a number of its own.
COUNT: Final = (
    "INSERT INTO capture_requestcount (key, minute_at, requests) VALUES (%s, %s, 1) "
    "ON CONFLICT (minute_at, key) DO UPDATE SET requests = capture_requestcount.requests + 1 RETURNING requests"
)


def count(*parts: object, now: datetime) -> int:
    """Counts a request of this minute under a key made of these parts; returns how many there are with it."""
    key = salted_hmac("capture.web_forms.limits", "\x00".join(map(str, parts))).hexdigest()[:40]
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [key, now.replace(second=0, microsecond=0)])
        requests: int = cursor.fetchone()[0]
        return requests


def forget_old(*, now: datetime) -> None:
    """Lets go of counts nobody asks for any more."""
    RequestCount.objects.filter(minute_at__lt=now - timedelta(minutes=MINUTES_REMEMBERED)).delete()
