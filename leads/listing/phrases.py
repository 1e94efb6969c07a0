"""How each filter of the lead list says itself, after the words "12 leads"."""

from collections.abc import Callable
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lib.countries import country_name

# Of the value that was asked for, and of how the filter's choices call it.
Phrase = Callable[[Any, str], str]
# Whose leads: of whoever looks, or of nobody.
ME: Final = "me"
NOBODY: Final = "nobody"
# What was last said of a purpose.
AGREED: Final = "agreed"
OBJECTED: Final = "objected"
SILENT: Final = "silent"


def says(words: str | Promise) -> Phrase:
    """The phrase of a filter whose choices are called so that they end it: "at the stage %(value)s"."""
    return lambda _value, label: str(words) % {"value": label}


def _of_owner(value: str, label: str) -> str:
    if value == ME:
        return gettext("that are yours")
    return gettext("that nobody has") if value == NOBODY else gettext("of %(name)s") % {"name": label}


def _active(value: str, label: str) -> str:
    if value.startswith("-"):
        return gettext("without activity in the last %(days)s days") % {"days": value.removeprefix("-")}
    return gettext("with activity %(lately)s") % {"lately": label}


PHRASES: Final[dict[str, Phrase]] = {
    "q": says(_("found by “%(value)s”")),
    "stage": says(_("at the stage %(value)s")),
    "status": says(_("with the status %(value)s")),
    "channel": says(_("that first came by %(value)s")),
    "campaign": says(_("last here by %(value)s")),
    "key_page": says(_("that looked at a key page %(value)s")),
    "owner": _of_owner,
    "active": _active,
    "country": lambda value, _label: gettext("from %(country)s") % {"country": country_name(value)},
    "chosen": lambda _value, _label: gettext("that you chose"),
    "consent": says(_("that %(value)s")),
}
