"""The first-run list on the home page: put away and brought back, and steps that an installation does without."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import first_steps
from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import MANAGING
from lib import clock


def access_step(user: User, key: str) -> first_steps.Step:
    """A step this person may do, and may leave out."""
    step = first_steps.step_of(key)
    if step is None or not step.may_be_left_out:
        raise Http404
    if not user.has_role(*step.roles):
        raise PermissionDenied
    return step


@require_POST
@role_required(*MANAGING)
def hide(request: SignedInRequest) -> HttpResponse:
    first_steps.hide(actor=request.user, now=clock.now())
    messages.info(request, _("The list is put away. It is brought back at the end of this page."))
    return redirect("home")


@require_POST
@role_required(*MANAGING)
def bring_back(request: SignedInRequest) -> HttpResponse:
    first_steps.bring_back(actor=request.user)
    return redirect("home")


@require_POST
@role_required(*MANAGING)
def leave_out(request: SignedInRequest, key: str) -> HttpResponse:
    """The installation does without this step."""
    first_steps.settle(key=access_step(request.user, key).key, actor=request.user, now=clock.now())
    return redirect("home")


@require_POST
@role_required(*MANAGING)
def take_up(request: SignedInRequest, key: str) -> HttpResponse:
    """The step is to be done after all."""
    first_steps.take_up(key=access_step(request.user, key).key)
    return redirect("home")
