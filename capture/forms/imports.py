"""The pages of an import: choosing a file, saying what its columns are."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from capture.importing.dates import DAY_FIRST, MONTH_FIRST
from capture.importing.encoding import ENCODINGS
from capture.importing.fields import column_name
from capture.importing.files import check_size
from capture.importing.kinds.register import kind_of
from capture.importing.kinds.stages import DealStage
from capture.importing.problems import Unreadable
from capture.importing.reading import Row
from capture.models import ImportBatch
from leads.custom_fields import kinds
from leads.turns import Turn
from lib.folding import FoldedField, fold
from lib.number_reading import COMMA, POINT
from lib.zones import organisation_zone, zone_name

_KINDS: Final = (
    (ImportBatch.Kind.LEADS, _("Leads: who they are and where they came from")),
    (ImportBatch.Kind.COMPANIES, _("Companies: where leads work")),
    (ImportBatch.Kind.ACTIVITIES, _("Activities: what leads did, such as visits, forms and e-mails")),
    (ImportBatch.Kind.OUTCOMES, _("Outcomes: which known leads were won or lost")),
    (ImportBatch.Kind.SPEND, _("Spend: what advertising cost")),
    (ImportBatch.Kind.CONSENTS, _("Consents: what known leads allowed or withdrew")),
    (ImportBatch.Kind.SUPPRESSIONS, _("Suppressions: addresses to be left alone")),
)
_FIND_OUT: Final = ("", _("Find out from the names of the columns"))
# Of a file with more columns than this the first are offered.
MOST_OWN: Final = 60
# A list of answers is made where fields are defined.
_OWN_KINDS: Final = (
    ("", _("is not kept")),
    *((kind.key, kind.label) for kind in (kinds.TEXT, kinds.NUMBER, kinds.DATE, kinds.YES_NO)),
)
_DELIMITERS: Final = ((",", _("comma")), (";", _("semicolon")), ("\t", _("tab")), ("|", _("vertical bar")))


class UploadForm(forms.Form):
    """A file and what is in it."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A table as CSV, Excel (.xlsx), OpenDocument (.ods), or one of these in a ZIP; at most 50 MB."),
        max_length=1000,
        allow_empty_file=True,  # said more helpfully by the import itself
    )
    kind = forms.ChoiceField(
        label=_("What is in it"), choices=(_FIND_OUT, *_KINDS), widget=forms.RadioSelect, initial="", required=False
    )

    sheet = forms.CharField(
        label=_("Sheet"),
        required=False,
        max_length=100,
        help_text=_("Of a workbook with several. Empty: the first that holds a table."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            check_size(file.size)
        except Unreadable as problem:
            raise forms.ValidationError(str(problem)) from problem
        return file


class ReadAgainForm(forms.Form):
    """How the file is to be read when what was found out is wrong."""

    kind = forms.ChoiceField(label=_("What is in it"), choices=_KINDS)
    encoding = forms.ChoiceField(label=_("Encoding"), choices=tuple(ENCODINGS.items()))
    delimiter = forms.ChoiceField(label=_("Separator"), choices=_DELIMITERS)


class ColumnsForm(forms.Form):
    """One select of columns per field, and what dates and times mean."""

    date_order = forms.ChoiceField(
        label=_("What 3/4/2024 means"),
        required=False,
        choices=(("", _("Find out from the column")), (DAY_FIRST, _("3 April")), (MONTH_FIRST, _("March 4"))),
        help_text=_("Only for dates that leave it open: one day over 12 in a column settles it for the column."),
    )
    is_strict = forms.BooleanField(
        label=_("Leave out each row with a cell that cannot be used"),
        required=False,
        help_text=_("Otherwise the row is taken without the cell, and the cell is listed."),
    )
    decimal_mark = forms.ChoiceField(
        label=_("What an amount of 1.000 means"),
        required=False,
        choices=(("", _("Find out from the column")), (COMMA, _("a thousand")), (POINT, _("one, with three decimals"))),
        help_text=_("Only for amounts that leave it open: one like 1.000,00 or 2.5 in a column settles it."),
    )
    time_zone = forms.CharField(
        label=_("Time zone of the times"),
        max_length=64,
    )
    system = FoldedField(
        label=_("Whose external ids these are"),
        required=False,
        max_length=50,
        help_text=_(
            "The system they come from, such as crm or shop: the same id of two systems is two leads. "
            "Leave it empty for ids that belong to no system."
        ),
    )

    def __init__(
        self,
        *args: Any,
        batch: ImportBatch,
        rows: Sequence[Row],
        stages: Sequence[tuple[str, int, DealStage]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        columns = [("", _("not in the file")), *_offers(batch, rows)]
        self.kind = kind_of(batch.kind)
        for field in self.kind.fields:
            self.fields[f"field_{field.key}"] = forms.ChoiceField(
                label=str(field.label), help_text=str(field.help), choices=columns, required=False,
                initial=str(batch.mapping.get(field.key, "")),
            )  # fmt: skip
            if field.may_be_fixed:
                self.fields[f"fixed_{field.key}"] = forms.CharField(
                    label=str(field.label), required=False, max_length=100, initial=batch.fixed.get(field.key, "")
                )
        for number, (word, count, stage) in enumerate(stages):
            self.fields[f"stage_{number}"] = forms.ChoiceField(
                label=Truncator(word).chars(60), choices=DealStage.choices, initial=stage,
                help_text=ngettext("%(count)s row", "%(count)s rows", count) % {"count": f"{count:,}"},
            )  # fmt: skip
        self._words = [word for word, _count, _stage in stages]
        for index, name in self._without_place():
            self.fields[f"own_{index}"] = forms.ChoiceField(
                label=Truncator(name).chars(60), choices=_OWN_KINDS, required=False,
                help_text=Truncator(", ".join(_values(rows, index))).chars(60),
            )  # fmt: skip
        self.fields["time_zone"].initial, self.fields["is_strict"].initial = batch.time_zone, batch.is_strict
        self.fields["system"].initial = batch.system
        self.fields["time_zone"].help_text = gettext(
            "For times that name none, such as Europe/Lisbon. A day without a time is a day of %(zone)s."
        ) % {"zone": organisation_zone()}
        self.order_fields([name for name in self.fields if name.startswith("field_")])

    @property
    def targets(self) -> list[forms.BoundField]:
        return self._named("field_")

    @property
    def asks_system(self) -> bool:
        """Whether the file can hold ids of leads."""
        return self.kind.field("external_id") is not None

    @property
    def fixed_ones(self) -> list[forms.BoundField]:
        return self._named("fixed_")

    @property
    def stage_words(self) -> list[forms.BoundField]:
        return self._named("stage_")

    def _named(self, prefix: str) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(prefix)]

    def clean_time_zone(self) -> str:
        return zone_name(self.cleaned_data["time_zone"])

    def mapping(self) -> dict[str, int]:
        """Field -> position of its column, of what was chosen."""
        chosen = {field.key: self.cleaned_data[f"field_{field.key}"] for field in self.kind.fields}
        return {key: int(index) for key, index in chosen.items() if index != ""}

    def orders(self) -> dict[str, str]:
        """Field -> order of day and month, where the person said it."""
        order = self.cleaned_data["date_order"]
        return dict.fromkeys(self.kind.keys(of=lambda type_: type_.is_date), order) if order else {}

    def marks(self) -> dict[str, str]:
        """Field -> mark before its decimals, where the person said it."""
        mark = self.cleaned_data["decimal_mark"]
        return dict.fromkeys(self.kind.keys(of=lambda type_: type_.is_number), mark) if mark else {}

    def fixed(self) -> dict[str, str]:
        """Field -> what holds for every row, where the person said it."""
        stated = {
            field.key: self.cleaned_data[f"fixed_{field.key}"] for field in self.kind.fields if field.may_be_fixed
        }
        return {key: text for key, text in stated.items() if text}

    def _without_place(self) -> list[tuple[int, str]]:
        """The columns that nothing is mapped to, where they can become fields of one's own."""
        if not self.kind.about:
            return []
        placed = self.batch.mapping.values()
        names = [(index, name) for index, name in enumerate(self.batch.columns) if name and index not in placed]
        return names[:MOST_OWN]

    @property
    def own_ones(self) -> list[forms.BoundField]:
        return self._named("own_")

    def own(self) -> dict[int, str]:
        """Position of a column -> the kind of field that it becomes."""
        kinds = {index: self.cleaned_data[f"own_{index}"] for index, _name in self._without_place()}
        return {index: kind for index, kind in kinds.items() if kind}

    def stages(self) -> dict[str, str]:
        """Word of the stage column, folded -> what it means."""
        return {fold(word): self.cleaned_data[f"stage_{number}"] for number, word in enumerate(self._words)}


class TurnForm(forms.Form):
    """When the leads go to sales that qualify by what the file says."""

    turn = forms.ChoiceField(label=_("Leads that qualify"), choices=Turn.choices, widget=forms.RadioSelect)


def _offers(batch: ImportBatch, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Each column with its first two values, so that one sees what is in it."""
    offers = []
    for index in range(len(batch.columns)):
        shown = ", ".join(_values(rows, index))
        name = Truncator(column_name(batch.columns, index)).chars(60)
        offers.append((str(index), f"{name}: {shown}" if shown else name))
    return offers


def _values(rows: Sequence[Row], index: int) -> list[str]:
    """The first two values of the column, shortened."""
    values = dict.fromkeys(row.cells[index] for row in rows if index < len(row.cells) and row.cells[index])
    return [Truncator(" ".join(value.split())).chars(28) for value in list(values)[:2]]
