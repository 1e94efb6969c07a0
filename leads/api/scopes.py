"""What the API of leads asks a key for."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.scopes import register

LEADS_READ: Final = register("leads:read", _("read leads"))
