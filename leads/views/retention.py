"""How long things are kept, who is left alone, and the records of processing: for administrators; marketing reads."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.models import ApiKey
from accounts.roles import ADMINISTRATOR, EDITING
from leads.consent.suppression import is_suppressed, lift, suppress
from leads.events import Agent
from leads.forms.retention import RetentionForm, SuppressionForm
from leads.models import CustomField, Erasure, Purpose, Suppression
from leads.models.consent import SuppressionReason
from leads.privacy.holdings import holdings
from leads.privacy.retention import change_policy, dry_run, policies, policy_of
from lib import clock


@require_safe
@role_required(*EDITING)
def retention(request: SignedInRequest) -> HttpResponse:
    """What is kept how long, and what was removed."""
    context = {"title": _("Privacy"), "policies": policies(), "now": clock.now(), **_tabs(request)}
    return render(request, "leads/privacy/retention.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITING)
def retention_policy(request: SignedInRequest, key: str) -> HttpResponse:
    """The dry run of one policy; an administrator changes it."""
    try:
        kind, policy = policy_of(key)
    except KeyError:
        raise Http404 from None
    now = clock.now()
    is_editor = request.user.has_role(ADMINISTRATOR)
    form = RetentionForm(request.POST or None, instance=policy)
    if request.method == "POST" and is_editor and form.is_valid() and "dry_run" not in request.POST:
        values = form.cleaned_data
        change_policy(key=key, is_on=values["is_on"], days=values["days"], actor=request.user, now=now)
        messages.info(request, _("This holds from the next night on."))
        return redirect("privacy:retention")
    days = form.cleaned_data["days"] if form.is_bound and form.is_valid() else policy_of(key)[1].days
    context = {
        "title": str(kind.label),
        "kind": kind,
        "form": form,
        "days": days,
        "dry_run": dry_run(key, days=days, now=now),
        "is_editor": is_editor,
    }
    return render(request, "leads/privacy/retention_policy.html", context, status=422 if form.errors else 200)


@require_safe
@role_required(*EDITING)
def records(request: SignedInRequest) -> HttpResponse:
    """The records of processing, made from what is configured (article 30 of the GDPR)."""
    context = {
        "title": _("Records of processing"),
        "purposes": Purpose.objects.all(),
        "holdings": holdings(),
        "policies": policies(),
        "sensitive": CustomField.objects.filter(is_sensitive=True).order_by("pk"),
        "keys": ApiKey.objects.filter(revoked_at=None).order_by("name", "pk"),
        "erasures": Erasure.objects.count(),
        "suppressed": Suppression.objects.count(),
        "now": clock.now(),
        **_tabs(request),
    }
    return render(request, "leads/privacy/records.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(ADMINISTRATOR)
def suppressed(request: SignedInRequest) -> HttpResponse:
    """Whether an address is suppressed; suppressing it, and lifting that. No list: there are only hashes."""
    form = SuppressionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _suppression(request, form)
    context = {
        "title": _("Suppressed addresses"),
        "form": form,
        "count": Suppression.objects.count(),
        **_tabs(request),
    }
    return render(request, "leads/privacy/suppressed.html", context, status=422 if form.errors else 200)


def _suppression(request: SignedInRequest, form: SuppressionForm) -> None:
    email = form.cleaned_data["email"]
    if "suppress" in request.POST:
        reason = SuppressionReason(form.cleaned_data["reason"] or SuppressionReason.ASKED)
        suppress([email], reason=reason, agent=Agent(user=request.user), now=clock.now())
        messages.info(request, _("The address is suppressed."))
    elif "lift" in request.POST:
        was = lift(email)
        messages.info(request, _("The address may become a lead again.") if was else _("It was not suppressed."))
    else:
        known = is_suppressed(email)
        messages.info(request, _("The address is suppressed.") if known else _("The address is not suppressed."))


def _tabs(request: SignedInRequest) -> dict[str, object]:
    names = {"retention": _("How long it is kept"), "records": _("Records of processing")}
    if request.user.has_role(ADMINISTRATOR):
        names["suppressed"] = _("Suppressed addresses")
    here = request.resolver_match.url_name if request.resolver_match else ""
    tabs = [
        {"label": label, "url": reverse(f"privacy:{name}"), "is_current": name == here} for name, label in names.items()
    ]
    return {"tabs": tabs}
