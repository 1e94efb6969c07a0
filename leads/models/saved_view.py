"""Views of the list of leads that people saved under a name."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and those that are shared with everybody."""
        return self.filter(models.Q(owner=user) | models.Q(is_shared=True))


class SavedView(models.Model):
    """Filters, order and columns of the list of leads. Written by leads/listing/saved_views.py."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=60)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("of"), related_name="+")
    is_shared = models.BooleanField(_("shared with everybody"), default=False)
    # As the address of the list has them; an erasure takes away what names the person.
    query = models.TextField(_("filters"), blank=True)
    changed_at = models.DateTimeField(_("changed"))

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="saved_view_has_name"),
            models.UniqueConstraint(
                "owner",
                Lower("name"),
                name="saved_view_name_once",
                violation_error_message=_("You have a view of this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
