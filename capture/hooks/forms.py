"""The forms of incoming webhooks: a name, how the sender proves itself, and what stands where in a message."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from capture.hooks.mapping import IGNORED, LEAD_ONLY, HookMapping, kinds_in, values_in
from capture.hooks.masking import masked
from capture.hooks.paths import MOST_VALUES, BadPath, lists_in, read_path, written
from capture.hooks.targets import targets
from capture.models import Hook, Proof
from capture.models.hooks import NAMED_PROOFS
from leads.models import ActivityType
from lib.folding import fold

MOST_KINDS: Final = 50
CONSTANTS: Final = ("channel", "campaign", "asset")
Choices = Sequence[tuple[str, Any]]


class AddHookForm(forms.Form):
    """Names a tool."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What your team calls it, such as Typeform survey.")
    )


class HookForm(forms.ModelForm[Hook]):
    """What it is called, whose ids it sends, and how the sender proves itself."""

    secret = forms.CharField(
        label=_("Secret"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=_("The token or signing key, as the other tool shows it. Empty: the one that is there stays."),
    )

    class Meta:
        model = Hook
        fields = ("name", "system", "proof", "proof_name", "secret", "verify_token")
        widgets: Final = {"proof": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stored_secret = self.instance.secret

    def clean_system(self) -> str:
        return fold(self.cleaned_data["system"])

    def clean_secret(self) -> str:
        return self.cleaned_data["secret"] or self._stored_secret

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        proof, name = self.cleaned_data.get("proof"), self.cleaned_data.get("proof_name", "")
        if proof == Proof.NONE:
            self.cleaned_data["secret"] = ""
        if proof not in NAMED_PROOFS:
            self.cleaned_data["proof_name"] = ""
        elif proof == Proof.FIELD and name:
            try:
                is_name = all(isinstance(step, str) for step in read_path(name))
            except BadPath:
                is_name = False
            if not is_name:
                self.add_error("proof_name", gettext("Write the names that lead to the token, such as google_key."))
        return cleaned


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A place in the messages, what stands there in one of them, and the field that says what it is."""

    path: str
    sample: str
    hidden: forms.BoundField
    field: forms.BoundField


class MappingForm(forms.Form):
    """What stands where in the messages, each place with a value that came."""

    each = forms.ChoiceField(
        label=_("A message tells of"), required=False, help_text=_("Some tools send several leads in one message.")
    )
    kind = forms.ChoiceField(
        label=_("The kind of event stands in"),
        required=False,
        help_text=_(
            "Where a tool sends several kinds to this address. Look again after choosing, to say what each is."
        ),
    )
    type = forms.ChoiceField(label=_("A message that says no kind is"), required=False)
    channel = forms.CharField(label=_("Channel of all"), max_length=100, required=False)
    campaign = forms.CharField(label=_("Campaign of all"), max_length=100, required=False)
    asset = forms.CharField(label=_("Content of all"), max_length=150, required=False)

    def __init__(self, data: Mapping[str, str] | None, *, messages: Sequence[Any], mapping: HookMapping) -> None:
        self.messages = messages
        each = _path(mapping.each if data is None else data.get("each", ""))
        kind = _path(mapping.kind if data is None else data.get("kind", ""))
        values = mapping.values if data is None else _pairs(data, "value")
        kinds = mapping.kinds if data is None else _pairs(data, "kind")
        offered = values_in(messages, each=each)
        samples = offered | {path: "" for path in values if path not in offered and _path(path)}
        self.samples = dict(list(samples.items())[:MOST_VALUES])
        seen = kinds_in(messages, kind) if kind else []
        self.kinds = list(dict.fromkeys([*seen, *kinds]))[:MOST_KINDS] if kind else []
        super().__init__(None if data is None else self._laid_out(data, values, kinds) | {"each": each, "kind": kind})
        self._offer(mapping, each=each, kind=kind)
        self._add_rows("value", list(self.samples), values, _target_choices(), gettext("is not used"))
        self._add_rows("kind", self.kinds, kinds, _type_choices(), gettext("nobody knows yet: it waits"))

    def _laid_out(self, data: Mapping[str, str], values: Mapping[str, str], kinds: Mapping[str, str]) -> dict[str, str]:
        """What was posted, in the rows as they are now: other messages may have come, another list been chosen."""
        laid = {name: data.get(name, "") for name in ("type", *CONSTANTS)}
        for prefix, names, chosen in (("value", self.samples, values), ("kind", self.kinds, kinds)):
            for place, name in enumerate(names):
                laid |= {f"{prefix}_{place}_of": name, f"{prefix}_{place}": chosen.get(name, "")}
        return laid

    def _offer(self, mapping: HookMapping, *, each: str, kind: str) -> None:
        lists = dict.fromkeys(written(place) for one in self.messages for place in lists_in(one))
        of_lists = [(path, _each_words(path)) for path in _with(lists, each)]
        self._set("each", [("", gettext("one lead")), *of_lists], each)
        paths = _with([path for path in self.samples if "[]" not in path], kind)
        self._set("kind", [("", gettext("no place: all are the same")), *((one, one) for one in paths)], kind)
        self._set("type", _type_choices(), mapping.type)
        for name in CONSTANTS:
            self.fields[name].initial = mapping.constants.get(name, "")

    def _set(self, name: str, choices: Choices, initial: str) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
        field.choices = choices
        field.initial = initial

    def _add_rows(
        self, prefix: str, names: Sequence[str], known: Mapping[str, str], choices: Choices, empty: str
    ) -> None:
        for place, name in enumerate(names):
            self.fields[f"{prefix}_{place}_of"] = forms.CharField(
                widget=forms.HiddenInput, initial=name, required=False, strip=False
            )
            field = forms.ChoiceField(label=name, choices=[("", empty), *choices], required=False)
            field.initial = known.get(name, "")
            self.fields[f"{prefix}_{place}"] = field

    @property
    def value_rows(self) -> Iterator[ValueRow]:
        for place, (path, sample) in enumerate(self.samples.items()):
            field = self[f"value_{place}"]
            yield ValueRow(path, masked(sample, target=str(field.value() or "")), self[f"value_{place}_of"], field)

    @property
    def kind_rows(self) -> Iterator[ValueRow]:
        for place, kind in enumerate(self.kinds):
            yield ValueRow(kind, kind, self[f"kind_{place}_of"], self[f"kind_{place}"])

    @property
    def general(self) -> list[forms.BoundField]:
        return [self[name] for name in ("each", "kind", "type", *CONSTANTS)]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        chosen = self._chosen("value", self.samples).values()
        if not {"email", "external_id"}.intersection(chosen):
            message = gettext(
                "Say which value is the e-mail address, or the id of the lead. Without one nothing is made."
            )
            raise forms.ValidationError(message)
        return cleaned

    def mapping(self) -> HookMapping:
        """What was said, once it is valid."""
        data = self.cleaned_data
        return HookMapping(
            values=self._chosen("value", self.samples),
            constants={name: data[name] for name in CONSTANTS if data[name]},
            each=data["each"],
            kind=data["kind"],
            kinds=self._chosen("kind", self.kinds),
            type=data["type"] or LEAD_ONLY,
        )

    def _chosen(self, prefix: str, names: Iterable[str]) -> dict[str, str]:
        chosen = {name: self.cleaned_data.get(f"{prefix}_{place}", "") for place, name in enumerate(names)}
        return {name: choice for name, choice in chosen.items() if choice}


def _pairs(data: Mapping[str, str], prefix: str) -> dict[str, str]:
    """What was posted as chosen, by the name that stood beside it."""
    names = {name.removesuffix("_of"): of for name, of in data.items() if re.fullmatch(rf"{prefix}_\d+_of", name)}
    return {of: data.get(name, "") for name, of in names.items() if of and data.get(name)}


def _path(text: str) -> str:
    """The path, where it is one."""
    try:
        read_path(text)
    except BadPath:
        return ""
    return text


def _with(paths: Sequence[str] | Mapping[str, Any], chosen: str) -> list[str]:
    return list(dict.fromkeys([*paths, *([chosen] if chosen else [])]))


def _each_words(path: str) -> str:
    return gettext("one lead in each entry of %(path)s") % {"path": path}


def _target_choices() -> Choices:
    return [(key, field.label) for key, field in targets().items()]


def _type_choices() -> Choices:
    types = ActivityType.objects.filter(is_active=True).order_by("name").values_list("key", "name")
    return [
        (LEAD_ONLY, gettext("what is known of a lead, nothing they did")),
        (IGNORED, gettext("of no use")),
        (gettext("Something they did"), list(types)),
    ]
