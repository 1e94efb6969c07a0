"""What a person fills in about what they are told: by which way, when not, and in which chat."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from lib import clock
from lib.outgoing import check_address
from outbox.kinds import Text, kinds_for, told_kinds
from outbox.models import ChatWebhook, NoticeChoice, QuietHours
from outbox.quiet_hours import release

# The column of a choice and what it is called.
WAYS: Final[dict[str, str | Promise]] = {
    "by_bell": gettext_lazy("In Baton"),
    "by_mail": gettext_lazy("By mail"),
    "by_chat": gettext_lazy("By chat"),
}


class ChoicesForm(forms.Form):
    """One box for each kind of news this person can get and each way; no row stored means what the kind gives."""

    def __init__(self, user: User, data: Mapping[str, object] | None = None) -> None:
        super().__init__(data)
        self.user, self.kinds = user, kinds_for(user)
        stored = {choice.kind: choice for choice in NoticeChoice.objects.filter(user=user)}
        for kind in self.kinds:
            for way, label in WAYS.items():
                self.fields[f"{kind.key}:{way}"] = forms.BooleanField(
                    required=False,
                    initial=getattr(stored.get(kind.key, kind), way),
                    label=f"{capfirst(str(kind.label))}: {label}",
                )

    def rows(self) -> list[tuple[str, list[tuple[Any, forms.BoundField]]]]:
        """Kind by kind: its name, and its boxes with the name of the column."""
        return [
            (capfirst(str(kind.label)), [(label, self[f"{kind.key}:{way}"]) for way, label in WAYS.items()])
            for kind in self.kinds
        ]

    def save(self) -> None:
        """One statement, however many kinds there are."""
        choices = [
            NoticeChoice(user=self.user, kind=kind.key, **{way: self.cleaned_data[f"{kind.key}:{way}"] for way in WAYS})
            for kind in self.kinds
        ]
        NoticeChoice.objects.bulk_create(
            choices, update_conflicts=True, unique_fields=["user", "kind"], update_fields=list(WAYS)
        )


class QuietHoursForm(forms.Form):
    """From when to when, on the person's own clock; both empty means never."""

    starts_at = forms.TimeField(label=gettext_lazy("From"), required=False)
    ends_at = forms.TimeField(label=gettext_lazy("To"), required=False)
    weekends = forms.BooleanField(label=gettext_lazy("All of Saturday and Sunday too"), required=False)

    def __init__(self, user: User, data: Mapping[str, object] | None = None) -> None:
        self.user = user
        stored = QuietHours.objects.filter(user=user).first()
        initial = {name: getattr(stored, name) for name in ("starts_at", "ends_at", "weekends")} if stored else {}
        super().__init__(data, initial=initial)
        for name in ("starts_at", "ends_at"):
            self.fields[name].widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if (starts_at is None) != (ends_at is None):
            raise ValidationError(_("Say both, from when and to when; or leave both empty."))
        if starts_at is None and cleaned.get("weekends"):
            raise ValidationError(_("Say from when to when on other days as well."))
        if starts_at is not None and starts_at == ends_at:
            raise ValidationError(_("Quiet hours have to end at another time than they begin."))
        return cleaned

    def save(self) -> None:
        if self.cleaned_data["starts_at"] is None:
            QuietHours.objects.filter(user=self.user).delete()
        else:
            QuietHours.objects.update_or_create(user=self.user, defaults=self.cleaned_data)
        if self.has_changed():
            release(self.user, now=clock.now())


class WebhookForm(forms.Form):
    """A person's own Slack or Teams. The address is a secret: it is asked for, and never shown again."""

    product = forms.ChoiceField(
        label=gettext_lazy("Product"), choices=ChatWebhook.Product.choices, widget=forms.RadioSelect, initial="slack"
    )
    url = forms.CharField(
        label=gettext_lazy("Address of the incoming webhook"),
        max_length=2000,
        validators=[check_address],
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Paste the address, which begins with https://.")},
        help_text=gettext_lazy(
            "Slack: an incoming webhook of an app. Teams: a workflow “when a webhook request is received”. Who knows "
            "the address can post there, so it is not shown again."
        ),
    )


def team_choices() -> list[tuple[str, Text]]:
    """What a channel can be told, asked for when the form is shown: by then every package has registered its news."""
    return [(kind.key, capfirst(str(kind.label))) for kind in told_kinds()]


class TeamWebhookForm(forms.ModelForm[ChatWebhook]):
    """A team's channel in the admin."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("News"),
        choices=team_choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("What the channel is told. Everybody who reads the channel reads it."),
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=2000,
        validators=[check_address],
        widget=forms.URLInput(attrs={"size": 70, "autocomplete": "off"}),
        help_text=gettext_lazy("The incoming webhook's address, with https://. Whoever knows it can post there."),
    )

    class Meta:
        model = ChatWebhook
        fields = ("name", "product", "url", "kinds", "is_active")
