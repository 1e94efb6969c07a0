"""Who is told what, where and when: each person for themselves."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ROLES
from lib import clock
from outbox import webhooks
from outbox.forms import WAYS, ChoicesForm, QuietHoursForm, WebhookForm
from outbox.transports import chat


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*ROLES)
def settings_page(request: SignedInRequest) -> HttpResponse:
    """GET shows what is chosen; POST stores the choices and the quiet hours together."""
    if request.method != "POST":
        return _show(request)
    choices, quiet = ChoicesForm(request.user, request.POST), QuietHoursForm(request.user, request.POST)
    if not (choices.is_valid() and quiet.is_valid()):
        return _show(request, choices=choices, quiet=quiet, status=422)
    choices.save()
    quiet.save()
    messages.info(request, _("This is how you are told from now on."))
    return redirect("notices:settings")


@require_POST
@role_required(*ROLES)
def webhook(request: SignedInRequest) -> HttpResponse:
    """The person's own chat, or another address for it."""
    form = WebhookForm(request.POST)
    if not form.is_valid():
        return _show(request, form=form, status=422)
    webhooks.set_own(request.user, **form.cleaned_data)
    messages.info(request, _("Your news goes there from now on. Send a test message to see it arrive."))
    return redirect("notices:settings")


@require_POST
@role_required(*ROLES)
def webhook_test(request: SignedInRequest) -> HttpResponse:
    """Posts a message and says what came back; a webhook that was paused and takes it is in use again."""
    own = webhooks.own_of(request.user)
    if own is None:
        return redirect("notices:settings")
    problem = chat.try_out(own, path=reverse("notices:list"), now=clock.now())
    if problem:
        messages.error(request, _("The test message was not taken: %(problem)s") % {"problem": problem})
    else:
        webhooks.set_own(request.user, product=own.product, url=own.url)
        messages.info(request, _("The test message was taken. Look into your chat."))
    return redirect("notices:settings")


@require_POST
@role_required(*ROLES)
def webhook_remove(request: SignedInRequest) -> HttpResponse:
    """The address is forgotten."""
    webhooks.remove_own(request.user)
    messages.info(request, _("The address is forgotten; nothing is sent there any more."))
    return redirect("notices:settings")


def _show(request: SignedInRequest, *, status: int = 200, **more: object) -> HttpResponse:
    own = webhooks.own_of(request.user)
    context = {
        "choices": ChoicesForm(request.user),
        "quiet": QuietHoursForm(request.user),
        "form": WebhookForm(),
        "ways": list(WAYS.values()),
        "own": own,
        "own_address": webhooks.masked(own) if own else "",
        "time_zone": request.user.time_zone,
        "title": _("What you are told"),
        **more,
    }
    return render(request, "outbox/notice_settings.html", context, status=status)
