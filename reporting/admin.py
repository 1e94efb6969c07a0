"""How often the criteria are reviewed, and what past reviews decided."""

from typing import ClassVar

from django.contrib import admin

from accounts.admin import RoleAdmin
from accounts.roles import MANAGING
from handoff.admin.access import OnlyRow
from reporting.models import CriteriaReview, ReviewPolicy


@admin.register(ReviewPolicy)
class ReviewPolicyAdmin(OnlyRow[ReviewPolicy]):
    list_display = ("__str__", "months")


@admin.register(CriteriaReview)
class CriteriaReviewAdmin(RoleAdmin, admin.ModelAdmin[CriteriaReview]):
    """Read only: it is recorded on its page."""

    viewers: ClassVar[tuple[str, ...]] = MANAGING
    editors: ClassVar[tuple[str, ...]] = ()
    list_display = ("criteria", "due_on", "decided_at", "decided_by", "good", "missing", "early", "draft")
    list_select_related = ("criteria", "decided_by", "draft")
    ordering = ("-decided_at", "-pk")
