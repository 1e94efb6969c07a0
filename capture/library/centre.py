"""What the resource centre shows: listed content by stage and topic, and the form that stands before what is gated."""

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from capture.models import Form
from leads.content.library import library
from leads.models import Asset, FunnelStage

# What the stages are to who reads; the last is content without one.
_HEADINGS: Final = {
    FunnelStage.AWARENESS.value: _("Get to know the subject"),
    FunnelStage.CONSIDERATION.value: _("Compare your options"),
    FunnelStage.DECISION.value: _("Decide"),
    "": _("More"),
}


@dataclass(frozen=True, slots=True)
class Resource:
    """One piece of content, and the address that leads to it: its form where it is gated."""

    asset: Asset
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """The content of one stage, under a heading for readers."""

    heading: str
    resources: list[Resource]


def resources(*, topic: str = "") -> list[Group]:
    """By stage in the order of the funnel, then what has none. What is gated and has no form is left out."""
    assets = library().filter(is_listed=True)
    if topic:
        assets = assets.filter(topic=topic)
    forms = {form.asset_id: form for form in Form.objects.filter(archived_at=None, asset__isnull=False).order_by("-pk")}
    shown = [Resource(asset, _url(asset, forms.get(asset.pk))) for asset in assets]
    groups = [
        Group(str(heading), [one for one in shown if one.url and one.asset.funnel_stage == stage])
        for stage, heading in _HEADINGS.items()
    ]
    return [group for group in groups if group.resources]


def _url(asset: Asset, form: Form | None) -> str:
    if asset.is_gated:
        return reverse("public_forms:page", args=[form.public_id]) if form else ""
    return reverse("resource", args=[asset.public_id]) if asset.can_be_delivered else ""


def topics() -> list[str]:
    """Those of the listed content."""
    named = library().filter(is_listed=True).exclude(topic="").order_by("topic")
    return list(named.values_list("topic", flat=True).distinct())
