"""The left rail: the places a role may go to, and where the count of what waits there is read."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import ADMINISTRATOR, EDITING, MANAGING, ROLES
from config.help.pages import help_url


@dataclass(frozen=True, kw_only=True)
class Place:
    """One entry of the rail. key is pressed after g; count_name names a URL that returns a number.

    It is marked as the place one is at on the pages of its own namespace and of those in `also`; a place with `parts`
    leads to the first of them that the role may see, and is the place of all of them.
    """

    label: str | Promise
    url_name: str
    key: str
    # A file of static/icons; a part has none.
    icon: str = ""
    roles: tuple[str, ...] = ROLES
    count_name: str = ""
    also: tuple[str, ...] = ()
    parts: "tuple[Place, ...]" = ()

    @property
    def namespaces(self) -> set[str]:
        """Of the pages that belong to it."""
        own = {self.url_name.split(":")[0], *self.also}
        return own.union(*(part.namespaces for part in self.parts))


# How things come in: each is a tab of the others' pages.
CAPTURE = (
    Place(label=_("Connect"), url_name="connect:list", key="w", roles=EDITING, also=("hooks",)),
    Place(label=_("Forms"), url_name="forms:list", key="f", roles=EDITING),
    Place(label=_("Content"), url_name="content:library", key="n", roles=MANAGING),
    Place(label=_("Channels"), url_name="channels:list", key="h", roles=EDITING),
    Place(label=_("Fields"), url_name="custom_fields:list", key="d", roles=EDITING),
    Place(label=_("Privacy"), url_name="privacy:retention", key="p", roles=EDITING),
)
PLACES = (
    Place(label=_("Queue"), icon="queue", url_name="handoff:queue", key="q", count_name="handoff:queue_count"),
    Place(
        label=_("Leads"),
        icon="leads",
        url_name="leads:list",
        key="l",
        also=("capture", "nurture", "mails", "sequences", "companies"),
    ),
    Place(label=_("Capture"), icon="link", url_name="connect:list", key="w", roles=MANAGING, parts=CAPTURE),
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


def _entry(place: Place, user: User, here: str) -> dict[str, Any] | None:
    """What the rail shows of a place; None where this person has none of it."""
    parts = [entry for part in place.parts if (entry := _entry(part, user, here))]
    url = parts[0]["url"] if parts else address_of(place.url_name)
    if not user.has_role(*place.roles) or url is None:
        return None
    return {
        "place": place,
        "url": url,
        "count_url": address_of(place.count_name),
        "is_here": here in place.namespaces,
        "parts": parts,
    }


def navigation(request: HttpRequest) -> dict[str, object]:
    """Give every page its places, the addresses of search and help, and whether the person may use the admin."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    here = request.resolver_match.namespace if request.resolver_match else ""
    places = [entry for place in PLACES if (entry := _entry(place, user, here))]
    current = next((entry for entry in places if entry["is_here"]), None)
    return {
        "places": places,
        "place_parts": current["parts"] if current else [],
        "place_label": current["place"].label if current else "",
        "search_url": address_of("leads:list"),
        "suggest_url": address_of("leads:suggest"),
        "notices_url": address_of("notices:list"),
        "notices_count_url": address_of("notices:count"),
        "tasks_url": address_of("tasks:list") if user.has_role(*ROLES) else None,
        "tasks_count_url": address_of("tasks:count"),
        "help_url": help_url(request),
        "people_url": address_of("people:list") if user.has_role(ADMINISTRATOR) else None,
        "keys_url": address_of("keys:list") if user.has_role(ADMINISTRATOR) else None,
        "standstill_url": address_of("standstill:overview") if user.has_role(ADMINISTRATOR) else None,
        "admin_url": address_of("admin:index") if user.is_staff else None,
    }
