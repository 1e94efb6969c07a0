"""The page of one version, as every view that ends on it shows it."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import EDITING, MANAGING
from lib import clock
from scoring.criteria.agreement import describe
from scoring.criteria.comments import may_be_discussed
from scoring.criteria.content import with_content
from scoring.criteria.editing import may_be_edited
from scoring.criteria.editor import Editor, editor_of
from scoring.criteria.refusals import problems_of
from scoring.criteria.steps import steps_for
from scoring.engine.definition import in_force
from scoring.lint.findings import findings
from scoring.models import Criteria
from scoring.models.criteria import EDITABLE
from scoring.views.comparing import compared_with
from scoring.views.draft_changes import last_change
from scoring.views.whatif import address_for


def version_of(number: int) -> Criteria:
    return get_object_or_404(with_content(Criteria.objects.all()), number=number)


def version_context(request: HttpRequest, user: User, criteria: Criteria, *, opened: Any = None) -> dict[str, object]:
    """Everything about it; `opened`: the form of a part of a draft."""
    in_admin = criteria.state in EDITABLE and user.is_staff and user.has_role(*EDITING)
    is_over = criteria.state == Criteria.State.RETIRED
    odd = [] if is_over else findings(criteria, published=in_force(), now=clock.now())
    is_edited = may_be_edited(criteria, user)
    return {
        "title": _("Criteria, version %(number)d") % {"number": criteria.number},
        "criteria": criteria,
        "agreement": describe(criteria),
        "steps": steps_for(criteria, user),
        "problems": problems_of(criteria) if criteria.state == Criteria.State.DRAFT else [],
        "odd": odd,
        "editor": editor_of(criteria, odd, opened=opened) if is_edited else None,
        "last_change": last_change(request, criteria) if is_edited else None,
        "is_over": is_over,
        "compared_with": compared_with(criteria),
        "missing": criteria.missing_sides if criteria.state == Criteria.State.PROPOSED else [],
        "what_if_url": address_for(criteria, user, now=clock.now()),
        "comments": criteria.comments.select_related("author"),
        "may_comment": may_be_discussed(criteria),
        "backtest_url": reverse("scoring:backtest", args=[criteria.number]) if user.has_role(*MANAGING) else None,
        "edit_url": reverse("admin:scoring_criteria_change", args=[criteria.pk]) if in_admin else None,
    }


def editor_context(request: HttpRequest, criteria: Criteria, *, opened: Any = None) -> dict[str, object]:
    """What is drawn anew after each change: the sentences, without the page around them."""
    odd = findings(criteria, published=in_force(), now=clock.now())
    editor: Editor = editor_of(criteria, odd, opened=opened)
    return {
        "criteria": criteria,
        "editor": editor,
        "problems": problems_of(criteria),
        "last_change": last_change(request, criteria),
    }
