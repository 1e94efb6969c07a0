"""One piece of content, as marketing describes it."""

from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.content.codes import is_lead_magnet_code, proposed_code
from leads.content.personas import persona_names
from leads.models import Asset
from lib import clock
from lib.widgets import TextArea
from lib.zones import organisation_day

LARGEST_FILE = 50 * 1024 * 1024  # bytes


class AssetForm(forms.ModelForm[Asset]):
    url = forms.URLField(label=gettext_lazy("Address"), required=False, max_length=500, assume_scheme="https")
    persona = forms.ChoiceField(label=gettext_lazy("Persona"), required=False)

    class Meta:
        model = Asset
        fields = (
            "name", "kind", "funnel_stage", "is_gated", "key", "file", "url", "description", "topic", "persona",
            "product_line", "owner", "is_listed",
        )  # fmt: skip
        labels: ClassVar[dict[str, Any]] = {"key": gettext_lazy("Code")}
        widgets: ClassVar[dict[str, Any]] = {"description": TextArea(attrs={"rows": 3}), "file": forms.FileInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict.fromkeys([*persona_names(), *filter(None, [self.instance.persona])])
        self.fields["persona"].choices = [("", _("for everybody")), *((name, name) for name in names)]  # type: ignore[attr-defined]
        self.fields["key"].required = False
        self.fields["key"].help_text = _(
            "A lead magnet is written like LM_SecurityChecklist_Jan2026. Empty: made from the name."
        )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not isinstance(file, UploadedFile):
            return file
        if (file.size or 0) > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 50 MB. Put it elsewhere and give its address."))
        self.instance.file_name = (file.name or "")[:200]
        return file

    def clean(self) -> dict[str, Any]:
        """The code, made where it was left empty, checked where it is new: what is in use already stays in use."""
        values = super().clean() or self.cleaned_data
        name, key = values.get("name", ""), values.get("key", "").strip()
        proposed = proposed_code(name, on=organisation_day(clock.now()))
        if not key:
            key = proposed if values.get("is_gated") else name
        is_checked = values.get("is_gated") and (not self.instance.pk or {"key", "is_gated"} & set(self.changed_data))
        if is_checked and not is_lead_magnet_code(key):
            self.add_error(
                "key",
                _("A lead magnet is written like LM_SecurityChecklist_Jan2026; this one would be %(code)s.")
                % {"code": proposed},
            )
        values["key"] = key
        return values


class AuditForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("With a row of headings: name, and any of code, kind, stage, url, gated, topic."),
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > 2_000_000:
            raise forms.ValidationError(_("The file is larger than 2 MB."))
        content: bytes = file.read()
        return content
