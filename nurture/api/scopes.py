"""What the API of segments asks a key for."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.scopes import register

SEGMENTS_READ: Final = register("segments:read", _("read segments and lists"))
