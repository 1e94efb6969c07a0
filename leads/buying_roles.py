"""What part a person has in what their company buys."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BuyingRole(models.TextChoices):
    """Empty: nobody has said."""

    UNKNOWN = "", _("not known")
    DECIDER = "decider", _("decides")
    INFLUENCER = "influencer", _("influences")
    USER = "user", _("uses it")
    BLOCKER = "blocker", _("is against it")
