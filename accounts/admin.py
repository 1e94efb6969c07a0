"""People and keys in the admin, and the rule by which every other admin page decides who may do what."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, cast

from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts import keys, scopes
from accounts.admin_requests import is_offered, refuse_absent_rows
from accounts.models import ApiKey, User
from accounts.roles import ADMINISTRATOR, CHOICES
from lib import clock
from lib.folding import FoldedField
from lib.number_fields import AmountField, WholeNumberField
from lib.page_sizes import ADMIN_ROWS
from lib.sorting import as_people_sort
from lib.zones import zone_name


class Autocomplete(AutocompleteSelect):
    """Django's, but what is no id at all is shown as nothing chosen when the form comes back, not as a 500."""

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        return super().optgroups(name, [each for each in value if _is_id(each)], attr)


def _is_id(text: str) -> bool:
    return text == "" or (text.isascii() and text.isdecimal() and len(text) <= 18)


_SUCCESS: Final = re.compile(r" successfully\b|^Successfully ")


class RoleAdmin:
    """Mixin for ModelAdmin and inlines: who may look and who may change, by role."""

    viewers: ClassVar[tuple[str, ...]] = (ADMINISTRATOR,)
    editors: ClassVar[tuple[str, ...]] = (ADMINISTRATOR,)
    list_filter: ClassVar[Any] = ()
    # Django draws a hundred, which takes longer than anybody reads on.
    list_per_page: ClassVar[int] = ADMIN_ROWS
    date_hierarchy: ClassVar[Any] = None
    autocomplete_fields: ClassVar[Any] = ()
    # Numbers are read here as everywhere else; a number input of the browser reads them in its own way.
    formfield_overrides: ClassVar[Any] = {
        models.IntegerField: {"form_class": WholeNumberField, "widget": forms.TextInput({"class": "vIntegerField"})},
        models.BigIntegerField: {"form_class": WholeNumberField, "widget": forms.TextInput({"class": "vIntegerField"})},
        models.DecimalField: {"form_class": AmountField, "widget": forms.TextInput({"class": "vIntegerField"})},
    }

    def _is(self, request: HttpRequest, roles: tuple[str, ...]) -> bool:
        return isinstance(request.user, User) and request.user.has_role(*roles)

    def lookup_allowed(self, lookup: str, value: object, request: HttpRequest) -> bool:
        """Only what the filters beside the list ask, by its exact name.

        Django would take every field, lookups of fields behind relations ("owner__password__startswith", which reads
        a hash letter by letter), and regular expressions.
        """
        model = self.model  # type: ignore[attr-defined]
        return is_offered(lookup, str(value), model, self.list_filter, self.date_hierarchy)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Django's, but a form that promises more rows than it sends is refused before one of them is built."""
        refuse_absent_rows(request.POST)
        answer: HttpResponse = super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]
        return answer

    def message_user(self, request: HttpRequest, message: Any, *args: Any, **kwargs: Any) -> None:
        """Django's own words, but what was saved is saved: nobody has to read that it was successful."""
        words = _SUCCESS.sub("", str(message))
        words = words[:1].upper() + words[1:]
        # Only words were taken away: what was escaped still is.
        plain = SafeString(words) if isinstance(message, SafeString) else words
        super().message_user(request, plain, *args, **kwargs)  # type: ignore[misc]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = Autocomplete(db_field, admin.site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._is(request, self.viewers + self.editors)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._is(request, self.viewers + self.editors)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._is(request, self.editors)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._is(request, self.editors)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is(request, self.editors)


def _roles_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Roles"), choices=CHOICES, widget=forms.CheckboxSelectMultiple, required=False
    )


class PersonForm(UserChangeForm[User]):
    roles = _roles_field()

    def clean_time_zone(self) -> str:
        return zone_name(self.cleaned_data["time_zone"])


class NewPersonForm(AdminUserCreationForm[User]):
    roles = _roles_field()


# A role is a key of a person: groups decide nothing here. Which accounts of elsewhere let in, the settings say.
admin.site.unregister([Group, SocialAccount, SocialApp, SocialToken])


@admin.register(User)
class UserAdmin(RoleAdmin, DjangoUserAdmin[User]):
    form = PersonForm
    add_form = NewPersonForm
    ordering = (as_people_sort("name"), "email")
    list_display = ("email", "name", "role_names", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("email", "name")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("name", "time_zone")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "roles")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2", "roles")}),)

    @admin.display(description=_("roles"))
    def role_names(self, user: User) -> str:
        return user.roles_in_words

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool) -> None:  # noqa: FBT001
        obj.give_roles(obj.roles)
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what a person decided stays on record: switch them off instead


class ApiKeyForm(forms.ModelForm[ApiKey]):
    scopes = forms.MultipleChoiceField(
        label=_("May"),
        choices=scopes.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Give no more than it needs."),
    )

    class Meta:
        model = ApiKey
        fields = ("name", "scopes", "system", "expires_at")
        field_classes: ClassVar[dict[str, Any]] = {"system": FoldedField}

    def clean_expires_at(self) -> datetime:
        """A moment to come, at most a year ahead; one that was kept is not asked about again."""
        expires_at: datetime = self.cleaned_data["expires_at"]
        now = clock.now()
        if "expires_at" not in self.changed_data and self.instance.pk:
            return expires_at
        if expires_at <= now:
            raise forms.ValidationError(_("This moment has passed. Choose a later one; to end a key, revoke it."))
        if expires_at > now + keys.LONGEST_LIFE:
            raise forms.ValidationError(_("A key lasts a year at most. Choose an earlier day."))
        return expires_at


@admin.register(ApiKey)
class ApiKeyAdmin(RoleAdmin, admin.ModelAdmin[ApiKey]):
    form = ApiKeyForm
    list_display = ("name", "prefix", "scope_names", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("created_by",)
    readonly_fields = ("prefix", "created_by", "created_at", "last_used_at", "revoked_at")
    actions = ("revoke",)

    @admin.display(description=_("may"))
    def scope_names(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        """A key that does not exist yet has nothing to show but what is asked."""
        asked = ("name", "scopes", "system", "expires_at")
        return (*asked, *self.readonly_fields) if obj else asked

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        """What leads are known by does not change its meaning under them."""
        return (*self.readonly_fields, "system") if obj else self.readonly_fields

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"expires_at": clock.now() + keys.LONGEST_LIFE}

    def save_model(self, request: HttpRequest, obj: ApiKey, form: forms.ModelForm[ApiKey], change: bool) -> None:  # noqa: FBT001
        if change:
            obj.save(update_fields=["name", "scopes", "expires_at"])
            return
        made, secret = keys.issue(
            name=obj.name,
            scopes=obj.scopes,
            actor=cast("User", request.user),
            now=clock.now(),
            expires_at=obj.expires_at,
            system=obj.system,
        )
        obj.pk = made.pk
        messages.warning(request, _("Copy the key now, it is not shown again: %(key)s") % {"key": secret})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Revoke the selected keys"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        now = clock.now()
        for key in queryset:
            keys.revoke(key=key, now=now)
        messages.info(request, _("Programs that use these keys are refused from now on."))
