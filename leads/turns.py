"""When leads go to sales that come to qualify through something that brings many at once."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Turn(models.TextChoices):
    """What becomes of those that qualify through it."""

    WAITS = "waits", _("They wait for their turn: so many a day go to sales, the highest scores first")
    NOW = "now", _("They go to sales at once, all of them")
    NEVER = "never", _("They do not go to sales until they do something themselves that scores")
