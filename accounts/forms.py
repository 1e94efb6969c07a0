"""The forms of signing in, in the words of the rest of the house."""

from collections.abc import Sequence
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SignInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget.attrs["autofocus"] = True
        # The way to a new password stands below the form: before the field it would be in the way of the Tab key.
        self.fields["password"].help_text = ""
        self.fields["remember"].label = _("Stay signed in on this device")


class ComingInForm(SetPasswordForm):  # type: ignore[type-arg] # Django has no generic there, its stubs have
    """Who was invited says their name and chooses a password."""

    name = forms.CharField(label=_("Your name"), max_length=150, help_text=_("As the others read it."))
    field_order: Sequence[str] = ("name", "new_password1", "new_password2")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs.update({"autocomplete": "name", "autofocus": True})
        self.fields["new_password1"].label = _("Password")
        self.fields["new_password1"].widget.attrs.pop("autofocus", None)
        self.fields["new_password1"].help_text = _("At least 8 characters, and none that many people use.")
        self.fields["new_password2"].label = _("Password again")
        self.fields["new_password2"].help_text = ""

    def chosen(self) -> dict[str, str]:
        """Name and password, once they are valid."""
        return {"name": self.cleaned_data["name"], "password": self.cleaned_data["new_password1"]}


class FirstAdministratorForm(ComingInForm):
    """Who installs Baton, with the code of the terminal."""

    code = forms.CharField(
        label=_("Code"), max_length=30, help_text=_("As it was printed when Baton was started, such as ABCDE-23456.")
    )
    email = forms.EmailField(label=_("Your e-mail address"), max_length=254, help_text=_("You sign in with it."))
    field_order = ("code", "email", "name", "new_password1", "new_password2")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(User(), *args, **kwargs)
        self.fields["code"].widget.attrs.update({"autocomplete": "off", "autofocus": True})
        self.fields["email"].widget.attrs["autocomplete"] = "username"
        self.fields["name"].widget.attrs.pop("autofocus")

    def chosen(self) -> dict[str, str]:
        """What makes the administrator, once it is valid."""
        return super().chosen() | {"code": self.cleaned_data["code"], "email": self.cleaned_data["email"]}


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "oldpassword": _("Current password"),
            "password1": _("New password"),
            "password2": _("New password again"),
        }
        for name, label in labels.items():
            self.fields[name].label = label
            # The label says it; as a placeholder it would be read twice and be gone while typing.
            self.fields[name].widget.attrs.pop("placeholder", None)
