"""Says by an example what the messages of a webhook hold, and takes what waited for that."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest
from capture.hooks.editing import map_messages
from capture.hooks.forms import MappingForm
from capture.hooks.mapping import HookMapping, proposed, stored_mapping, values_in
from capture.hooks.masking import masked
from capture.hooks.preview import latest, preview
from capture.hooks.taking import messages_of, replay
from capture.hooks.views import access_hook
from capture.sites.views import may_connect
from lib import clock


@require_http_methods(["GET", "HEAD", "POST"])
@may_connect
def mapping(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Each value that came, and what it is; looking first shows what would be made of the messages."""
    hook = access_hook(request.user, public_id)
    examples = latest(hook)
    samples = messages_of(one.body for one in examples)
    known = stored_mapping(hook.mapping)
    form = MappingForm(request.POST or None, messages=samples, mapping=known or proposed(samples))
    tried = None
    if request.method == "POST" and form.is_valid():
        if "look" not in request.POST:
            map_messages(hook, form.mapping())
            return redirect("hooks:detail", hook.public_id)
        tried = preview(hook, form.mapping(), examples)
    context = {"title": _("What %(name)s sends") % {"name": hook.name}, "hook": hook, "form": form, "previews": tried}
    context |= {"is_guessed": known is None and bool(samples), "now": clock.now()}
    return render(request, "capture/hooks/mapping.html", context, status=422 if form.errors else 200)


@require_safe
@may_connect
def message(request: SignedInRequest, public_id: uuid.UUID, pk: int) -> HttpResponse:
    """One message, value by value, and what became of it."""
    hook = access_hook(request.user, public_id)
    one = get_object_or_404(hook.messages, pk=pk)
    known = stored_mapping(hook.mapping) or HookMapping()
    samples = values_in(messages_of([one.body]), each=known.each)
    values = [(path, masked(text, target=known.values.get(path, ""))) for path, text in samples.items()]
    context = {"title": _("Message of %(name)s") % {"name": hook.name}, "hook": hook, "message": one, "values": values}
    return render(request, "capture/hooks/message.html", context | {"now": clock.now()})


@require_POST
@may_connect
def replay_waiting(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Takes what waited for a mapping, or was refused by the one before."""
    hook = access_hook(request.user, public_id)
    count, is_more = replay(hook, now=clock.now())
    messages.info(request, ngettext("%d message was taken.", "%d messages were taken.", count) % count)
    if is_more:
        messages.info(request, _("There are more of them. Take them again until none is left."))
    return redirect("hooks:detail", hook.public_id)
