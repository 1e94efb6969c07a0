"""What the API of segments and sequences asks a key for."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.scopes import register

SEQUENCES_READ: Final = register("sequences:read", _("read sequences and who is in them"))
SEQUENCES_WRITE: Final = register("sequences:write", _("put leads into sequences and take them out"))
SEGMENTS_READ: Final = register("segments:read", _("read segments and lists"))
