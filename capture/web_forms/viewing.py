"""How often a form is shown to people."""

from datetime import datetime

from django.db.models import F

from capture.machines import verdict
from capture.models import Form, FormViews
from leads.models import Machine
from lib.zones import organisation_day


def count_view(form: Form, *, user_agent: str, now: datetime) -> None:
    """Counts a showing on the organisation's day; programs that say so are not counted."""
    if verdict(declared=False, user_agent=user_agent) != Machine.HUMAN:
        return
    day = FormViews.objects.filter(form=form, on=organisation_day(now))
    if not day.update(views=F("views") + 1):
        FormViews.objects.bulk_create([FormViews(form=form, on=organisation_day(now))], ignore_conflicts=True)
        day.update(views=F("views") + 1)
