"""A form described for the script that draws it within another page: fields, words and style, no markup."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from django import forms
from django.contrib.staticfiles import finders
from django.forms import BoundField
from django.utils.translation import gettext as _

from capture.models import Form
from capture.web_forms import marks
from capture.web_forms.question_form import QuestionForm

SHEETS: Final = ("css/capture/embed.css", "css/theme.css")
SCRIPT: Final = "js/capture/embed.js"


def described(form: Form, question_form: QuestionForm, *, mark: str, asked: str) -> dict[str, Any]:
    """What the script needs to know."""
    return {
        "title": form.title,
        "intro": form.intro,
        "button": form.button,
        "fields": [_field(bound) for bound in question_form],
        "honeypot": form.honeypot,
        "hidden": [[marks.NAME, mark], ["_asked", asked]],
        "mark": marks.NAME,
        "look": f"accent-{form.accent} radius-{form.radius} size-{form.font_size}",
        "style": "\n".join(text_of(sheet) for sheet in SHEETS),
        "failed": _("This could not be sent. Try again in a minute."),
    }


@cache
def text_of(name: str) -> str:
    """The text of one of our own static files."""
    path = finders.find(name)
    assert path is not None, name  # noqa: S101 (a file of this package)
    return Path(str(path)).read_text(encoding="utf-8")


def _field(bound: BoundField) -> dict[str, Any]:
    widget = bound.field.widget
    described_field = {
        "id": f"baton_{bound.name}",
        "name": bound.name,
        "label": str(bound.label),
        "help": str(bound.help_text),
        "required": bound.field.required,
        "optional": _("(optional)"),
        "kind": _kind(widget),
        "type": getattr(widget, "input_type", "text"),
        "longest": widget.attrs.get("maxlength"),
        "autocomplete": widget.attrs.get("autocomplete"),
        "inputmode": widget.attrs.get("inputmode"),
    }
    if isinstance(bound.field, forms.ChoiceField):
        choices: Any = bound.field.choices
        described_field["choices"] = [[str(value), str(label)] for value, label in choices]
    return described_field


def _kind(widget: forms.Widget) -> str:
    # The narrower first: a list of boxes and radio buttons are selects to Django.
    kinds = (
        (forms.CheckboxSelectMultiple, "several"),
        (forms.RadioSelect, "radio"),
        (forms.Select, "select"),
        (forms.CheckboxInput, "checkbox"),
    )
    return next((kind for cls, kind in kinds if isinstance(widget, cls)), "input")
