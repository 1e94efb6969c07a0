"""API keys on a page of the product: made, shown this once, and revoked; for administrators."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import keys, scopes
from accounts.doors import SignedInRequest, role_required
from accounts.key_forms import NewKeyForm
from accounts.models import ApiKey
from accounts.roles import ADMINISTRATOR
from lib import clock
from lib.page_sizes import PERSON_ROWS
from lib.pages import page_of

may_make = role_required(ADMINISTRATOR)
may_write = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@may_write
@may_make
def key_list(request: SignedInRequest) -> HttpResponse:
    """Every key there was, and a form for another; the answer to that form alone shows the key itself."""
    now = clock.now()
    form = NewKeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        key, secret = keys.issue(
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            system=form.cleaned_data["system"],
            actor=request.user,
            now=now,
            expires_at=form.expires_at(now=now),
        )
        title = _("Key of %(name)s") % {"name": key.name}
        return render(request, "accounts/keys/made.html", {"title": title, "key": key, "secret": secret})
    # Those that work first, then by name.
    page = page_of(
        request, ApiKey.objects.select_related("created_by").order_by("-revoked_at", "name", "pk"), PERSON_ROWS
    )
    labels = dict(scopes.choices())
    context = {
        "title": _("API keys"),
        "page": page,
        "rows": [(key, [labels.get(scope, scope) for scope in key.scopes]) for key in page],
        "form": form,
        "now": now,
    }
    return render(request, "accounts/keys/list.html", context, status=422 if form.errors else 200)


@may_write
@may_make
def key_revoke(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Asks whether it is meant (GET) and ends the key (POST)."""
    key = get_object_or_404(ApiKey, public_id=public_id)
    if key.revoked_at is not None:
        messages.info(request, _("The key of %(name)s was revoked before.") % {"name": key.name})
        return redirect("keys:list")
    if request.method == "POST":
        keys.revoke(key=key, now=clock.now())
        messages.info(request, _("Programs that use the key of %(name)s are refused from now on.") % {"name": key.name})
        return redirect("keys:list")
    context = {
        "title": _("Revoke the key of %(name)s") % {"name": key.name},
        "key": key,
        "consequences": [
            _("Whatever uses it is refused within a second; what it has sent stays."),
            _("It cannot be taken up again: make another key and give it to the system that needs one."),
        ],
        "cancel_url": reverse("keys:list"),
        "now": clock.now(),
    }
    return render(request, "accounts/keys/revoke.html", context)
