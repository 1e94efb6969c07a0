"""What the API of reports asks a key for."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.scopes import register

REPORTS_READ: Final = register("reports:read", _("read reports"))
