"""The door for people who are invited: a link of a mail, a name and a password."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import invitations
from accounts.forms import ComingInForm
from lib import clock
from lib.signed_links import LinkRefused


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, link: str) -> HttpResponse:
    """Who was invited says their name, sets a password and is in."""
    try:
        invited = invitations.behind(link, now=clock.now())
        form = ComingInForm(invited.user, request.POST or None, initial={"name": invited.user.name})
        if request.method == "POST" and form.is_valid():
            user = invitations.accept(link=link, now=clock.now(), **form.chosen())
            login(request, user)
            return redirect("home")
    except LinkRefused as refusal:
        context = {"title": _("This invitation does not work"), "refusal": str(refusal)}
        return render(request, "accounts/invitation_refused.html", context, status=410)
    context = {"title": _("Welcome to Baton"), "form": form, "invitation": invited}
    return render(request, "accounts/invitation.html", context, status=422 if form.errors else 200)
