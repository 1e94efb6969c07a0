"""The pages of the help. Whoever is signed in may read all of it."""

from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest
from config.help.documents import document, sections_for, titles
from config.help.search import search
from lib import glossary

LONGEST: Final = 200  # letters of a search; more is no word of any document


@require_safe
@login_required
def index(request: SignedInRequest) -> HttpResponse:
    """What there is to read, what is for one's own roles first; with ?search= where a text is found."""
    text = request.GET.get("search", "").strip()[:LONGEST]
    context = {
        "title": _("Help"),
        "text": text,
        "hits": search(text),
        "sections": sections_for(request.user.roles),
        "own": request.user.roles,
    }
    return render(request, "config/help/index.html", context)


@require_safe
@login_required
def page(request: SignedInRequest, key: str) -> HttpResponse:
    """One document."""
    if key not in titles():
        raise Http404
    return render(request, "config/help/document.html", {"title": document(key).title, "document": document(key)})


@require_safe
@login_required
def terms(request: SignedInRequest) -> HttpResponse:
    """Every word of the field that the pages use."""
    return render(request, "config/help/glossary.html", {"title": _("Glossary"), "terms": glossary.terms()})
