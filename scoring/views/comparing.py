"""Two versions side by side in words, and what a version is compared with first."""

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ROLES
from scoring.criteria.content import with_content
from scoring.criteria.difference import Difference, difference
from scoring.models import Criteria


@require_safe
@role_required(*ROLES)
def against(request: SignedInRequest, number: int, other: int) -> HttpResponse:
    """What the one version says that the other does not."""
    versions = {
        version.number: version for version in with_content(Criteria.objects.filter(number__in=(number, other)))
    }
    if not {number, other} <= versions.keys():
        raise Http404
    context = {
        "title": _("Version %(number)d against version %(other)d") % {"number": number, "other": other},
        "difference": difference(old=versions[other], new=versions[number]),
        "versions": Criteria.objects.all(),
        "number": number,
        "other": other,
    }
    return render(request, "scoring/criteria/difference.html", context)


@require_safe
@role_required(*ROLES)
def compare(request: SignedInRequest) -> HttpResponse:
    """Two versions chosen in a form; sends on to their page, and back to the criteria when they are not two numbers."""
    chosen = [request.GET.get(name, "") for name in ("version", "against")]
    if not all(text.isascii() and text.isdigit() and len(text) < 10 for text in chosen):
        return redirect("scoring:agreement")
    return redirect("scoring:difference", *map(int, chosen))


def changes_from_in_force(criteria: Criteria) -> Difference | None:
    """What this version, read with its content, says that the one in force does not; None where it is that one."""
    published = with_content(Criteria.objects.filter(state=Criteria.State.PUBLISHED).exclude(pk=criteria.pk)).first()
    return difference(old=published, new=criteria) if published else None


def compared_with(criteria: Criteria) -> list[Criteria]:
    """The versions one wants to compare this one with: what is in force, and what it was made from."""
    asked = Q(state=Criteria.State.PUBLISHED) | Q(pk=criteria.based_on_id)
    return list(Criteria.objects.filter(asked).exclude(pk=criteria.pk))
