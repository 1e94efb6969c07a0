"""The doors for who has no password yet: the link of an invitation, and the code of the first administrator."""

from allauth.account.utils import perform_login
from allauth.account.views import LoginView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import invitations, setup
from accounts.doors import SignedInRequest
from accounts.forms import ComingInForm, FirstAdministratorForm
from accounts.models import User
from lib import clock
from lib.client import client_network
from lib.limits import is_within
from lib.pages import is_own_path
from lib.signed_links import LinkRefused


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, link: str) -> HttpResponse:
    """Who was invited says their name, sets a password and is in."""
    try:
        invited = invitations.behind(link, now=clock.now())
        form = ComingInForm(invited.user, request.POST or None, initial={"name": invited.user.name})
        if request.method == "POST" and form.is_valid():
            user = invitations.accept(link=link, now=clock.now(), **form.chosen())
            return _come_in(request, user)
    except LinkRefused as refusal:
        context: dict[str, object] = {"title": _("This invitation does not work"), "refusal": str(refusal)}
        return render(request, "accounts/invitation_refused.html", context, status=410)
    context = {"title": _("Welcome to Baton"), "form": form, "invitation": invited}
    return render(request, "accounts/invitation.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def first_administrator(request: HttpRequest) -> HttpResponse:
    """Who installed Baton becomes its administrator; while there is one, this page leads to the sign-in."""
    if not setup.is_wanted():
        return redirect("account_login")
    form = FirstAdministratorForm(request.POST or None)
    if request.method == "POST":
        if not is_within("setup", client_network(request), most=10, seconds=300, without_redis=False):
            return render(request, "429.html", status=429)
        if form.is_valid():
            try:
                user = setup.become_administrator(now=clock.now(), **form.chosen())
            except setup.CodeRefused as refusal:
                form.add_error("code", str(refusal))
            else:
                return _come_in(request, user)
    context = {"title": _("Set Baton up"), "form": form}
    return render(request, "accounts/first_administrator.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def density(request: SignedInRequest) -> HttpResponse:
    """Tables with closer or wider rows, on every page, for this person; and back to where they were."""
    request.user.is_compact = request.POST.get("is_compact") == "on"
    request.user.save(update_fields=["is_compact"])
    next_url = request.POST.get("next", "")
    return redirect(next_url if is_own_path(next_url) else "home")


class SignIn(LoginView):  # type: ignore[misc]
    """The sign-in page; an installation where nobody can sign in begins with its administrator."""

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not User.objects.filter(is_active=True).exists():
            return redirect("setup")
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer


def _come_in(request: HttpRequest, user: User) -> HttpResponse:
    answer: HttpResponse = perform_login(request, user, email_verification="none")
    return answer
