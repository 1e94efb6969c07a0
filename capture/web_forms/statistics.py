"""What came of forms: how many saw one, sent it, and how many of its leads became MQLs and customers."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum

from capture.models import FormViews, Submission, Verdict
from capture.models.submissions import ASIDE


@dataclass(slots=True)
class Figures:
    """Of one form, since it was made."""

    views: int = 0
    # Submissions that came from the form's own page or from within a page, and were taken.
    seen_and_sent: int = 0
    # All that were taken.
    submissions: int = 0
    # Those a person may look at and have taken.
    aside: int = 0
    unconfirmed: int = 0
    leads: int = 0
    mqls: int = 0
    customers: int = 0

    @property
    def conversion(self) -> float | None:
        """Submissions per view, 1.0 at most; None: nobody saw it here."""
        return min(1.0, self.seen_and_sent / self.views) if self.views else None


def figures_of(form_ids: Collection[int]) -> dict[int, Figures]:
    """The figures of each form, in three statements however many there are."""
    figures = {form_id: Figures() for form_id in form_ids}
    for shown in FormViews.objects.filter(form__in=form_ids).values("form").annotate(total=Sum("views")):
        figures[shown["form"]].views = shown["total"]
    of_forms = Submission.objects.filter(form__in=form_ids).order_by().values("form")
    is_taken = Q(verdict=Verdict.TAKEN)
    for sent in of_forms.annotate(
        submissions=Count("pk", filter=is_taken),
        seen_and_sent=Count("pk", filter=is_taken & ~Q(came_by=Submission.CameBy.POST)),
        aside=Count("pk", filter=Q(verdict__in=ASIDE)),
        unconfirmed=Count("pk", filter=Q(verdict=Verdict.UNCONFIRMED)),
    ):
        one = figures[sent["form"]]
        one.submissions, one.seen_and_sent = sent["submissions"], sent["seen_and_sent"]
        one.aside, one.unconfirmed = sent["aside"], sent["unconfirmed"]
    for made in of_forms.filter(lead__isnull=False).annotate(
        leads=Count("lead", distinct=True),
        mqls=Count("lead", distinct=True, filter=Q(lead__last_mql_at__gte=F("received_at"))),
        customers=Count("lead", distinct=True, filter=Q(lead__customer_at__gte=F("received_at"))),
    ):
        one = figures[made["form"]]
        one.leads, one.mqls, one.customers = made["leads"], made["mqls"], made["customers"]
    return figures
