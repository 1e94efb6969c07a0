"""The forms of signing in, in the words of the rest of the house."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["remember"].label = _("Stay signed in on this device")


class ComingInForm(SetPasswordForm):
    """Who was invited says their name and chooses a password."""

    name = forms.CharField(label=_("Your name"), max_length=150, help_text=_("As the others read it."))
    field_order = ("name", "new_password1", "new_password2")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs.update({"autocomplete": "name", "autofocus": True})
        self.fields["new_password1"].label = _("Password")
        self.fields["new_password1"].widget.attrs.pop("autofocus", None)
        self.fields["new_password2"].label = _("Password again")

    def chosen(self) -> dict[str, str]:
        """Name and password, once they are valid."""
        return {"name": self.cleaned_data["name"], "password": self.cleaned_data["new_password1"]}


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
