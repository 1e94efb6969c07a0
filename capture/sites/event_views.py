"""What the events of a site mean: the names that came in, lines of one's own, and taking what waits for one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import SignedInRequest
from capture.models import EventMeaning
from capture.segment.lines import add_line, remove_line
from capture.segment.replaying import replay_unmapped
from capture.segment.seen_names import names_with, seen_names
from capture.sites.event_forms import MeaningForm
from capture.sites.views import access_site, may_connect
from lib import clock


@require_http_methods(["GET", "HEAD", "POST"])
@may_connect
def events(request: SignedInRequest, slug: str) -> HttpResponse:
    """Says what each name is taken for; looking first shows which names a line would be for."""
    site = access_site(request.user, slug)
    form = MeaningForm(request.POST or None, site=site)
    matching = None
    if request.method == "POST" and form.is_valid():
        if "look" in request.POST:
            matching = names_with(site, form.cleaned_data["pattern"])
        else:
            add_line(site=site, **form.cleaned_data)
            return redirect("connect:events", site.slug)
    context = {
        "title": _("Events of %(site)s") % {"site": site.name},
        "site": site,
        "form": form,
        "matching": matching,
        "lines": EventMeaning.objects.filter(site=site).select_related("type"),
        "names": seen_names(site),
        "now": clock.now(),
    }
    return render(request, "capture/sites/events.html", context, status=422 if form.errors else 200)


@require_POST
@may_connect
def event_remove(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes a line away; its names mean again what they usually do."""
    site = access_site(request.user, slug)
    remove_line(get_object_or_404(EventMeaning, site=site, pk=pk))
    return redirect("connect:events", site.slug)


@require_POST
@may_connect
def event_replay(request: SignedInRequest, slug: str) -> HttpResponse:
    """Takes what was kept because nothing said what it is, as far as a line says it now."""
    site = access_site(request.user, slug)
    count, is_more = replay_unmapped(site=site, now=clock.now())
    told = ngettext("%d kept event was taken.", "%d kept events were taken.", count) % count
    messages.info(request, told)
    if is_more:
        messages.info(request, _("There are more of them. Take them again until none is left."))
    return redirect("connect:events", site.slug)
