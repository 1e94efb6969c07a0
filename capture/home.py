"""What the home page says of how things come in."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import home
from accounts.home import Figure, Need, Part, Story
from accounts.models import User
from accounts.roles import ADMINISTRATOR, MARKETING
from capture import inbox
from capture.models import Identification, ImportBatch, QuarantinedEvent, Submission
from capture.models.submissions import ASIDE
from lib.moments import span_words
from lib.numbers import number

LATELY: Final = timedelta(days=14)
MOST_STORIES: Final = 5
# A worker takes what streamed in within seconds.
SLOW: Final = timedelta(minutes=1)


def _aside(user: User, now: datetime) -> Iterator[Need]:
    """What could not be used or believed, until a person decides."""
    events = QuarantinedEvent.objects.filter(replayed_at=None).count()
    if events:
        sentence = ngettext(
            "%(count)s event could not be used; see why, and send it again once that is mended.",
            "%(count)s events could not be used; see why, and send them again once that is mended.",
            events,
        )
        page = reverse("admin:capture_quarantinedevent_changelist")
        yield Need(text=sentence % {"count": number(events)}, url=page, icon="warning", meaning="soon")
    visitors = Identification.objects.filter(state=Identification.State.CANDIDATE).count()
    if visitors:
        sentence = ngettext(
            "%(count)s visitor says to be a lead you know; confirm it, or drop it.",
            "%(count)s visitors say to be leads you know; confirm each, or drop it.",
            visitors,
        )
        yield Need(text=sentence % {"count": number(visitors)}, url=reverse("connect:candidates"), icon="question")
    posts = Submission.objects.filter(verdict__in=ASIDE).count()
    if posts:
        sentence = ngettext(
            "%(count)s form that was sent is kept aside, as it could not be used or believed.",
            "%(count)s forms that were sent are kept aside, as they could not be used or believed.",
            posts,
        )
        yield Need(text=sentence % {"count": number(posts)}, url=reverse("forms:list"), icon="form")


def _imports(user: User, now: datetime) -> Iterator[Story]:
    """The files of the last days that this person may see."""
    done = ImportBatch.objects.visible_to(user).filter(finished_at__gte=now - LATELY, state=ImportBatch.State.DONE)
    for batch in done.order_by("-finished_at", "-pk")[:MOST_STORIES]:
        yield Story(
            at=batch.finished_at or now,  # which it has
            text=_imported(batch),
            url=reverse("capture:import_detail", args=[batch.public_id]),
        )


def _imported(batch: ImportBatch) -> str:
    """How many rows of the file were used, and how many were not."""
    used = batch.rows - batch.rejected
    sentence = ngettext("%(file)s was imported: %(rows)s row.", "%(file)s was imported: %(rows)s rows.", used)
    words = sentence % {"file": batch.file_name, "rows": number(used)}
    if not batch.rejected:
        return words
    left = ngettext("%(count)s row was not used.", "%(count)s rows were not used.", batch.rejected)
    return f"{words} {left % {'count': number(batch.rejected)}}"


def _stream(user: User, now: datetime) -> Iterator[Need | Figure]:
    waits = inbox.waiting()
    since = now - waits.oldest_at if waits.oldest_at else timedelta()
    if since > SLOW:
        yield Need(text=_slow(since), url=reverse("admin:index"), icon="late", meaning="late")
    yield Figure(
        label=_("Waiting to be taken"),
        value=number(waits.requests),
        unit=ngettext("request", "requests", waits.requests),
        note=_("the oldest for %(span)s") % {"span": span_words(since)} if waits.requests else "",
        definition=_("What websites, forms and programs sent, was acknowledged, and no worker has taken yet."),
    )


def _slow(span: timedelta) -> str:
    words = _("What was sent to Baton has waited for %(span)s. Is a worker of the queue “ingest” running?")
    return words % {"span": span_words(span)}


home.offer(Part(role=MARKETING, order=40, needs=_aside, lately=_imports))
home.offer(Part(role=ADMINISTRATOR, order=10, state=_stream))
