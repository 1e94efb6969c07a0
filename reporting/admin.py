"""How often the criteria are reviewed, and what past reviews decided."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin import RoleAdmin
from accounts.roles import ADMINISTRATOR, MANAGING, MARKETING, SALES_MANAGER
from reporting.models import CriteriaReview, ReviewPolicy


@admin.register(ReviewPolicy)
class ReviewPolicyAdmin(RoleAdmin, admin.ModelAdmin[ReviewPolicy]):
    viewers: ClassVar[tuple[str, ...]] = (MARKETING,)
    editors: ClassVar[tuple[str, ...]] = (SALES_MANAGER, ADMINISTRATOR)
    list_display = ("__str__", "months")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # there is one

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CriteriaReview)
class CriteriaReviewAdmin(RoleAdmin, admin.ModelAdmin[CriteriaReview]):
    """Read only: it is recorded on its page."""

    viewers: ClassVar[tuple[str, ...]] = MANAGING
    editors: ClassVar[tuple[str, ...]] = ()
    list_display = ("criteria", "due_on", "decided_at", "decided_by", "good", "missing", "early", "draft")
    list_select_related = ("criteria", "decided_by", "draft")
    ordering = ("-decided_at", "-pk")
