"""What of the things that came in grows old."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capture.models import (
    Identification,
    ImportBatch,
    ImportChange,
    QuarantinedEvent,
    Submission,
    Verdict,
    Visitor,
    VisitorEvent,
)
from leads.privacy.retention import RetentionKind, register
from lib.moments import moment_words

_UNCONFIRMED: Final = (Verdict.UNCONFIRMED, Verdict.EXPIRED)


def _quarantined(before: datetime) -> QuerySet[QuarantinedEvent]:
    return QuarantinedEvent.objects.filter(received_at__lt=before).order_by("pk")


def _delete_quarantined(keys: Sequence[int], _now: datetime) -> int:
    QuarantinedEvent.objects.filter(pk__in=keys).delete()
    return len(keys)


def _quarantined_words(event: QuarantinedEvent) -> str:
    return _("Event of %(moment)s: %(code)s") % {"moment": moment_words(event.received_at), "code": event.code}


def _sent(before: datetime) -> QuerySet[Submission]:
    """Those of which there is something to remove still; what is to be taken is taken first."""
    old = Submission.objects.filter(received_at__lt=before).exclude(raw={}).exclude(verdict=Verdict.TO_TAKE)
    return old.order_by("pk")


def _never_confirmed(before: datetime) -> QuerySet[Submission]:
    return _sent(before).filter(verdict__in=_UNCONFIRMED)


def _empty(keys: Sequence[int], _now: datetime) -> int:
    """How many a form got is counted on; what was sent is gone."""
    return Submission.objects.filter(pk__in=keys).update(raw={}, differences={}, visitor=None, person="")


def _submission_words(submission: Submission) -> str:
    words = _("Submission of %(moment)s, %(verdict)s")
    return words % {"moment": moment_words(submission.received_at), "verdict": submission.get_verdict_display()}


def _old_visits(before: datetime) -> QuerySet[VisitorEvent]:
    return VisitorEvent.objects.filter(received_at__lt=before).order_by("pk")


def _delete_visits(keys: Sequence[int], _now: datetime) -> int:
    """The events, and the visitors of whom nothing is left and nobody said who they are."""
    events = VisitorEvent.objects.filter(pk__in=keys)
    visitor_ids = set(events.values_list("visitor", flat=True))
    events.delete()
    known = Identification.objects.filter(visitor=OuterRef("pk"))
    left = VisitorEvent.objects.filter(visitor=OuterRef("pk"))
    Visitor.objects.filter(pk__in=visitor_ids).exclude(Exists(known)).exclude(Exists(left)).delete()
    return len(keys)


def _visit_words(event: VisitorEvent) -> str:
    return _("Visit of %(moment)s") % {"moment": moment_words(event.occurred_at)}


register(
    RetentionKind(
        key="visits",
        label=gettext_lazy("Visits of whom nobody knows"),
        explanation=gettext_lazy(
            "Counted from when they came; deleted with the visitor's random id. What was identified is the lead's."
        ),
        # As long as the script itself remembers a browser: thirteen months.
        days=395,
        is_on=True,
        due=_old_visits,
        remove=_delete_visits,
        example=_visit_words,
    )
)
register(
    RetentionKind(
        key="unconfirmed",
        label=gettext_lazy("Submissions nobody confirmed"),
        explanation=gettext_lazy("Counted from when they were sent; what was sent is removed, their number stays."),
        days=30,
        is_on=True,
        due=_never_confirmed,
        remove=_empty,
        example=_submission_words,
    )
)
register(
    RetentionKind(
        key="submissions",
        label=gettext_lazy("What was sent by forms"),
        explanation=gettext_lazy(
            "Counted from when it was sent. The lead keeps what it said; the submission as it came is emptied."
        ),
        days=90,
        is_on=False,
        due=_sent,
        remove=_empty,
        example=_submission_words,
    )
)


def _recorded(before: datetime) -> QuerySet[ImportChange]:
    return ImportChange.objects.filter(batch__finished_at__lt=before).order_by("pk")


def _forget_changes(keys: Sequence[int], _now: datetime) -> int:
    changes = ImportChange.objects.filter(pk__in=keys)
    ImportBatch.objects.filter(pk__in=changes.order_by().values("batch")).update(is_recorded=False)
    changes.delete()
    return len(keys)


def _change_words(change: ImportChange) -> str:
    return _("Change by the import of %(moment)s") % {"moment": moment_words(change.batch.created_at)}


register(
    RetentionKind(
        key="import_changes",
        label=gettext_lazy("What imports changed"),
        explanation=gettext_lazy(
            "Counted from the end of the import. For so long it can be undone; what was there before is forgotten then."
        ),
        days=30,
        is_on=True,
        due=_recorded,
        remove=_forget_changes,
        example=_change_words,
    )
)
register(
    RetentionKind(
        key="quarantine",
        label=gettext_lazy("Events that could not be used"),
        explanation=gettext_lazy("Counted from when they came; deleted, so they cannot be sent again."),
        days=90,
        is_on=False,
        due=_quarantined,
        remove=_delete_quarantined,
        example=_quarantined_words,
    )
)
