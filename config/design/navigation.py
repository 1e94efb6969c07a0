"""The left rail: the places a role may go to, and where the count of what waits there is read."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import ADMINISTRATOR, MANAGING, MARKETING, ROLES


@dataclass(frozen=True, kw_only=True)
class Place:
    """One entry of the rail. key is pressed after g; count_name names a URL that returns a number.

    It is marked as the place one is at on the pages of its own namespace and of those in `also`.
    """

    label: str | Promise
    icon: str
    url_name: str
    key: str
    roles: tuple[str, ...] = ROLES
    count_name: str = ""
    also: tuple[str, ...] = ()


PLACES = (
    Place(label=_("Queue"), icon="queue", url_name="handoff:queue", key="q", count_name="handoff:queue_count"),
    Place(
        label=_("Leads"), icon="leads", url_name="leads:list", key="l", also=("capture", "custom_fields", "channels")
    ),
    Place(label=_("Connect"), icon="link", url_name="connect:list", key="w", roles=(MARKETING, ADMINISTRATOR)),
    Place(label=_("Forms"), icon="form", url_name="forms:list", key="f", roles=(MARKETING, ADMINISTRATOR)),
    Place(label=_("Content"), icon="page", url_name="content:library", key="n", roles=MANAGING),
    Place(label=_("Privacy"), icon="shield", url_name="privacy:retention", key="p", roles=(MARKETING, ADMINISTRATOR)),
    Place(label=_("Criteria"), icon="criteria", url_name="scoring:agreement", key="c"),
    Place(
        label=_("Reports"),
        icon="reports",
        url_name="reporting:funnel",
        key="r",
        roles=MANAGING,
        count_name="reporting:review_count",
    ),
)


def address_of(name: str) -> str | None:
    """The address of a page, or None when there is none: the rail never links to what does not exist."""
    try:
        return reverse(name) if name else None
    except NoReverseMatch:
        return None


def navigation(request: HttpRequest) -> dict[str, object]:
    """Give every page its places, the search address and whether the person may use the admin."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    here = request.resolver_match.namespace if request.resolver_match else ""
    places = [
        {
            "place": place,
            "url": url,
            "count_url": address_of(place.count_name),
            "is_here": here in {place.url_name.split(":")[0], *place.also},
        }
        for place in PLACES
        if user.has_role(*place.roles) and (url := address_of(place.url_name))
    ]
    return {
        "places": places,
        "search_url": address_of("leads:list"),
        "notices_url": address_of("notices:list"),
        "notices_count_url": address_of("notices:count"),
        "admin_url": address_of("admin:index") if user.is_staff else None,
    }
