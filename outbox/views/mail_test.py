"""A mail to oneself, to see whether mail works."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ADMINISTRATOR
from lib import clock
from outbox.mail_test import try_out


@require_POST
@role_required(ADMINISTRATOR)
def mail_test(request: SignedInRequest) -> HttpResponse:
    """Sends it at once and says what happened."""
    test = try_out(actor=request.user, now=clock.now())
    if test.is_taken:
        messages.info(request, _("The mail server took the test. Look into your mailbox, and into its spam."))
    else:
        messages.error(request, test.problem)
    return redirect("home")
