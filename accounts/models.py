"""Who signs in, and what signs in without being a person."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Final

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import scopes
from accounts.roles import ADMINISTRATOR, CHOICES, ROLES, in_words
from lib.fields import RegisteredField
from lib.text import unturned

SYSTEM_WORDS: Final = _(
    "The system whose external ids it sends, such as crm or shop. The same id of two systems is two leads. "
    "Left empty, its ids are compared with those of everything else that names no system. "
    "It stays as it is once the key is made."
)


class UserManager(BaseUserManager["User"]):
    """Django's own commands create people through this."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who signs in by e-mail; the address is kept in lower case."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person with every right, for the first minute of an installation; told what administrators are told."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, roles=[ADMINISTRATOR], **fields)


class UserQuerySet(models.QuerySet["User"]):
    def in_role(self, *roles: str) -> "UserQuerySet":
        """Active people who have any of these roles."""
        return self.filter(is_active=True, roles__overlap=list(roles))


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="UTC",
        help_text=_("Times are shown in this zone, such as Europe/Lisbon."),
    )
    team = models.CharField(
        _("team"),
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text=_("Such as Iberia or Enterprise; it stands beside the name."),
    )
    roles = ArrayField(
        models.CharField(max_length=32, choices=CHOICES),
        verbose_name=_("roles"),
        default=list,
        db_default=[],
        blank=True,
    )
    is_compact = models.BooleanField(
        _("compact tables"), default=False, db_default=False, help_text=_("More rows of a list on a screen.")
    )
    is_staff = models.BooleanField(_("may open the admin"), default=False)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Switch off instead of deleting: what a person decided stays on record.")
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects = UserManager.from_queryset(UserQuerySet)()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]  # asked for by createsuperuser

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("name", "email")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message=_("Somebody with this e-mail address exists already."),
            ),
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=list(ROLES)),
                name="user_roles_known",
                violation_error_message=_("There is no such role."),
            ),
        ]

    def __str__(self) -> str:
        return unturned(self.name) or self.email

    def has_role(self, *roles: str) -> bool:
        """Whether the person is active and has any of these roles; a superuser has the administrator's."""
        own = {*self.roles, ADMINISTRATOR} if self.is_superuser else self.roles
        return self.is_active and not set(roles).isdisjoint(own)

    def give_roles(self, roles: Sequence[str]) -> None:
        """These and no others. Who made the installation may do everything only while administrator."""
        self.roles = list(roles)
        self.is_superuser = self.is_superuser and ADMINISTRATOR in self.roles

    @property
    def roles_in_words(self) -> str:
        """Such as "Marketing, Administrator"."""
        return in_words(self.roles)


class Invitation(models.Model):
    """A person may set a password and come in, by a link that is mailed; see accounts/invitations.py."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="invitation")
    # What the link names; another one with each mail, so that only the newest link works.
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("invitation")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("invited_at")), name="invitation_expires_later"
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(revoked_at=None), name="invitation_ends_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def is_open(self) -> bool:
        """Whether it was neither followed nor revoked; it may be too old all the same."""
        return self.accepted_at is None and self.revoked_at is None


class SetupCode(models.Model):
    """With it the first administrator is made; only its hash is kept, see accounts/setup.py. There is one at most."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("setup code")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="setup_code_only_one")]

    def __str__(self) -> str:
        return str(self.expires_at)


class SettledStep(models.Model):
    """Somebody said that a step of the first-run list needs nothing more; see accounts/first_steps.py."""

    key = models.CharField(max_length=30, primary_key=True)
    settled_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    settled_at = models.DateTimeField()

    class Meta:
        verbose_name = _("settled step")

    def __str__(self) -> str:
        return self.key


class HiddenSteps(models.Model):
    """Who has put the first-run list away."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    hidden_at = models.DateTimeField()

    class Meta:
        verbose_name = _("hidden list of first steps")

    def __str__(self) -> str:
        return str(self.user)


class Standstill(models.Model):
    """Something Baton does by itself stands still; see accounts/standstill/. What has no end does so now."""

    # The key of its switch.
    switch = models.CharField(max_length=20)
    why = models.CharField(max_length=300)
    began_at = models.DateTimeField()
    # Empty: it began by itself, in a database that comes from a backup.
    began_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # When the backup was made from which the database comes: nothing has been done since then.
    backup_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("standstill")
        ordering = ("-began_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["switch"], condition=models.Q(ended_at=None), name="standstill_once_a_switch"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_by=None)
                | models.Q(ended_at__gte=models.F("began_at"), ended_by__isnull=False),
                name="standstill_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(backup_at=None) | models.Q(backup_at__lte=models.F("began_at")),
                name="standstill_backup_before_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.switch} {self.began_at:%Y-%m-%d %H:%M}"

    @property
    def since(self) -> datetime:
        """The moment after which nothing has been done: a backup's is before the start."""
        return self.backup_at or self.began_at


class ApiKey(models.Model):
    """A key for a program. Only its hash is kept, so it is shown once; see accounts/keys.py."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100, help_text=_("The system that uses the key, such as Website."))
    system = models.CharField(
        _("ids of"),
        max_length=50,
        blank=True,
        default="",
        db_default="",
        help_text=SYSTEM_WORDS,
    )
    prefix = models.CharField(_("starts with"), max_length=24, unique=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(
        RegisteredField(max_length=32, choices=scopes.choices),
        verbose_name=_("may"),
        help_text=_("Give no more than it needs."),
    )
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="api_key_expires_later",
                violation_error_message=_("A key has to expire after it was made."),
            )
        ]

    def __str__(self) -> str:
        return self.name
