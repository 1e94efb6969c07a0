"""What scoring adds to the list of companies: the best score of its people, all together, and the best first."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from leads.company_list import CompanyOrder, Figures, offer_figures, offer_order
from leads.models import Company
from leads.querysets import CompanyQuerySet, LeadQuerySet
from scoring.company_score import scores_at


def _best_first(companies: CompanyQuerySet, people: LeadQuerySet, after: Company | None, most: int) -> Sequence[int]:
    """By the best score of the people one sees; those of whom nobody was scored come last, the newest first.

    It walks the index of the highest scores and takes each company at the first of its people, so that a page costs
    what it shows. Of two with the same score the one whose lead is newer comes first.
    """
    scored = people.filter(score__isnull=False).order_by()
    top = scored.filter(company=after.pk).order_by("-score__total", "-pk") if after else scored.none()
    last = top.values_list("score__total", "pk").first()
    ids: list[int] = []
    if after is None or last:
        higher = scored.filter(company=OuterRef("company")).filter(
            Q(score__total__gt=OuterRef("score__total"))
            | Q(score__total=OuterRef("score__total"), pk__gt=OuterRef("pk"))
        )
        first = scored.filter(~Exists(higher), company__in=companies.order_by().values("pk"))
        if last:
            total, lead = last
            first = first.filter(Q(score__total__lte=total), Q(score__total__lt=total) | Q(pk__lt=lead))
        ids = list(first.order_by("-score__total", "-score__lead_id").values_list("company", flat=True)[:most])
    if len(ids) < most:
        unscored = companies.filter(~Exists(scored.filter(company=OuterRef("pk"))))
        unscored = unscored.filter(pk__lt=after.pk) if after and not last else unscored
        ids += unscored.order_by("-pk").values_list("pk", flat=True)[: most - len(ids)]
    return ids


offer_order(CompanyOrder(key="best", label=_("best score first"), ids=_best_first))
offer_figures(Figures(labels=(_("Best score"), _("Scores together")), read=scores_at))
