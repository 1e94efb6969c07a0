"""Connecting a website: name it, copy one line into its pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import EDITING
from capture.models import Site
from capture.sites.adding import add_site
from capture.sites.forms import AddSiteForm, SiteForm
from capture.sites.keys import new_server_key
from capture.sites.live import latest
from lib import clock
from lib.page_sizes import SITE_LIST_ROWS
from lib.pages import page_of

may_connect = role_required(*EDITING)


def access_site(user: User, slug: str) -> Site:
    """The site this person may look at and change, or 404."""
    return get_object_or_404(Site.objects.visible_to(user), slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@may_connect
def site_list(request: SignedInRequest) -> HttpResponse:
    """The sites, and a form for another one."""
    form = AddSiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        site = add_site(**form.cleaned_data, actor=request.user, now=clock.now())
        return redirect("connect:detail", site.slug)
    page = page_of(request, Site.objects.visible_to(request.user), SITE_LIST_ROWS)
    context = {"title": _("Connect"), "form": form, "page": page, "now": clock.now()}
    return render(request, "capture/sites/list.html", context, status=422 if form.errors else 200)


@require_safe
@may_connect
def site_detail(request: SignedInRequest, slug: str) -> HttpResponse:
    """The line to copy, and the keys."""
    site = access_site(request.user, slug)
    context = {"title": site.name, "site": site, "script": script_address(request, site), "sightings": latest(site)}
    context["now"] = clock.now()
    return render(request, "capture/sites/detail.html", context)


@require_safe
@may_connect
def site_live(request: SignedInRequest, slug: str) -> HttpResponse:
    """The latest messages, which the page asks for again and again."""
    site = access_site(request.user, slug)
    context = {"site": site, "sightings": latest(site), "now": clock.now()}
    return render(request, "capture/sites/_live.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_connect
def site_settings(request: SignedInRequest, slug: str) -> HttpResponse:
    """Its addresses and what holds for privacy."""
    site = access_site(request.user, slug)
    form = SiteForm(request.POST or None, instance=site)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("connect:detail", site.slug)
    context = {"title": _("Settings of %(site)s") % {"site": site.name}, "site": site, "form": form}
    return render(request, "capture/sites/settings.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
@may_connect
def server_key(request: SignedInRequest, slug: str) -> HttpResponse:
    """Makes another server key and shows it, this once."""
    site = access_site(request.user, slug)
    key = new_server_key(site=site, now=clock.now())
    context = {"title": _("Server key of %(site)s") % {"site": site.name}, "site": site, "key": key}
    return render(request, "capture/sites/server_key.html", context)


def script_address(request: HttpRequest, site: Site) -> str:
    """Where the script of the site is, as its pages name it."""
    return request.build_absolute_uri(reverse("tracking:script", args=[site.slug]))
