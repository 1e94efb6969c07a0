"""What the API that takes activities and leads asks a key for."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.scopes import register

EVENTS_WRITE: Final = register("events:write", _("send activities"))
LEADS_WRITE: Final = register("leads:write", _("create and change leads"))
