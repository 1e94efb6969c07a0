"""What is asked about a mail and its blocks."""

from collections.abc import Mapping, Sequence
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.models import Purpose
from lib.widgets import Select, TextArea
from nurture.mails.blocks import KINDS, LONGEST_LINE, LONGEST_TEXT, MOST_BLOCKS, Block, Entry, Kind
from nurture.models.mails import LONGEST_LINE as LONGEST_HEAD

ADD: Final = "add"
MOVES: Final = {"up": -1, "down": 1}
REMOVE: Final = "remove"


class NewMailForm(forms.Form):
    """What a mail has to have from the beginning."""

    mail_name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What people choose it by. Who gets the mail does not see it.")
    )
    purpose = forms.ModelChoiceField(
        label=_("Purpose"),
        queryset=Purpose.objects.all(),
        to_field_name="key",
        empty_label=None,
        widget=Select,
        help_text=_("Who withdraws it gets no such mail."),
    )


class MailForm(NewMailForm):
    """All of a mail but its blocks. A draft may be without a subject; what is approved may not."""

    subject = forms.CharField(label=_("Subject"), max_length=LONGEST_HEAD, required=False)
    preheader = forms.CharField(
        label=_("Preview line"),
        max_length=LONGEST_HEAD,
        required=False,
        help_text=_("Stands behind the subject in the list of a mail program."),
    )


class BlockForm(forms.Form):
    """The texts of one block. Nothing has to be said before the mail is approved."""

    kind: Kind
    number: int


def block_form(
    kind: Kind, number: int, *, data: Mapping[str, str] | None = None, texts: Mapping[str, str]
) -> BlockForm:
    """The form of one block, by its place in the mail."""
    form = BlockForm(data, initial=dict(texts), prefix=f"b{number}")
    form.kind, form.number = kind, number
    for entry in kind.entries:
        form.fields[entry.name] = _field(entry)
    return form


def forms_of(blocks: Sequence[Block]) -> list[BlockForm]:
    """The forms of the blocks of a mail, to be filled."""
    return [block_form(block.kind, number, texts=block.texts) for number, block in enumerate(blocks, start=1)]


def posted_forms(data: Mapping[str, str]) -> list[BlockForm]:
    """The forms that were sent, in their order; what is of no kind that there is, is left out."""
    forms_sent = []
    for number in range(1, MOST_BLOCKS + 1):
        kind = KINDS.get(data.get(f"b{number}-kind", ""))
        if kind is not None:
            forms_sent.append(block_form(kind, number, data=data, texts={}))
    return forms_sent


def rearranged(blocks: Sequence[Block], todo: str) -> tuple[list[Block], int]:
    """The blocks after what was pressed, such as "add:text", "up:2" or "remove:3", and the number of the block to look
    at. What cannot be done changes nothing."""
    what, _colon, which = todo.partition(":")
    changed = list(blocks)
    if what == ADD and which in KINDS and len(changed) < MOST_BLOCKS:
        changed.append(Block(KINDS[which], len(changed) + 1, {}))
        return changed, len(changed)
    index = int(which) - 1 if which.isdecimal() and len(which) < 4 else -1
    if not 0 <= index < len(changed):
        return changed, 0
    if what == REMOVE:
        changed.pop(index)
        return changed, min(index + 1, len(changed))
    if what in MOVES and 0 <= index + MOVES[what] < len(changed):
        changed.insert(index + MOVES[what], changed.pop(index))
        return changed, index + MOVES[what] + 1
    return changed, index + 1


def _field(entry: Entry) -> forms.CharField:
    widget: forms.Widget = TextArea(attrs={"rows": 5}) if entry.is_long else forms.TextInput()
    if entry.is_address:
        widget.attrs["list"] = "addresses"
        widget.attrs["inputmode"] = "url"
    return forms.CharField(
        label=str(entry.label),
        help_text=str(entry.help_text),
        required=False,
        max_length=LONGEST_TEXT if entry.is_long else LONGEST_LINE,
        widget=widget,
    )
