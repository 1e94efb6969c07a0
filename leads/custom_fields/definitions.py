"""Defines, changes and retires custom fields."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from leads.custom_fields.kinds import KINDS, MOST_CHOICES, Choice
from leads.custom_fields.uses import uses_of
from leads.models.custom_field import About, CustomField, LawfulBasis
from lib.folding import fold

# A page, a form and a row of the list hold so many.
MOST_FIELDS: Final = 200
LONGEST_KEY: Final = 30
LONGEST_CHOICE: Final = 60


class CannotDefine(ValueError):
    """The field cannot be made or changed like this; `field` names what is wrong of the form, the message tells why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def define(
    *,
    about: str,
    kind: str,
    label: str,
    actor: User | None,
    now: datetime,
    key: str = "",
    help_text: str = "",
    choices: Sequence[str] = (),
    is_sensitive: bool = False,
    lawful_basis: str = "",
) -> CustomField:
    """Makes a field, the last of its kind of owner. Without a key it gets one from the label. Raises CannotDefine."""
    # Two who define at the same time get different keys and places.
    same = list(CustomField.objects.select_for_update().filter(about=about))
    _check_room(same)
    field = CustomField(
        about=About(about).value,
        kind=KINDS[kind].key,
        key=_free_key(key or key_from(label), same, is_chosen=bool(key)),
        position=max((each.position for each in same), default=0) + 1,
        created_at=now,
        created_by=actor,
        **_described(label=label, help_text=help_text, is_sensitive=is_sensitive, lawful_basis=lawful_basis),
    )
    wanted = [Choice("", choice) for choice in choices]
    field.choices = [choice.stored() for choice in _choices(wanted, before=(), kind=kind)]
    field.save(force_insert=True)
    return field


@transaction.atomic
def change(
    *,
    field_id: int,
    label: str,
    help_text: str,
    choices: Sequence[Choice],
    is_sensitive: bool,
    lawful_basis: str,
) -> CustomField:
    """Says the field anew. Of its choices each keeps its key, whatever its label; one without a key is new, one that is
    left out is retired. Raises CannotDefine."""
    field = CustomField.objects.select_for_update().get(pk=field_id)
    if field.may_be_used_in_rules and is_sensitive and not lawful_basis and (uses := uses_of(field)):
        raise CannotDefine("lawful_basis", _("It needs a lawful basis: %(uses)s") % {"uses": " ".join(uses)})
    described = _described(label=label, help_text=help_text, is_sensitive=is_sensitive, lawful_basis=lawful_basis)
    for name, value in described.items():
        setattr(field, name, value)
    field.choices = [choice.stored() for choice in _choices(choices, before=field.all_choices, kind=field.kind)]
    field.save(update_fields=[*described, "choices"])
    return field


def retire(*, field_id: int, now: datetime) -> None:
    """Takes the field out of forms, lists and the choice of rules. Its values stay, rules that use it go on."""
    CustomField.objects.filter(pk=field_id, retired_at=None).update(retired_at=now)


def bring_back(*, field_id: int) -> None:
    """Uses a retired field again, with the values it has."""
    CustomField.objects.filter(pk=field_id).update(retired_at=None)


@transaction.atomic
def move_up(*, field_id: int) -> None:
    """One place up among the fields of its owner that are in use; the first stays where it is."""
    field = CustomField.objects.get(pk=field_id)
    same = CustomField.objects.select_for_update().filter(about=field.about).order_by("position", "pk")
    in_use = [one for one in same if one.retired_at is None or one.pk == field_id]
    place = next(place for place, one in enumerate(in_use) if one.pk == field_id)
    if place:
        in_use[place - 1 : place + 1] = in_use[place], in_use[place - 1]
    for position, one in enumerate(in_use, start=1):
        one.position = position
    CustomField.objects.bulk_update(in_use, ["position"])


def key_from(label: str) -> str:
    """What programs call it: "Zahl der Besuche" becomes zahl_der_besuche."""
    plain = unicodedata.normalize("NFKD", fold(label)).encode("ascii", "ignore").decode()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    key = key if key[:1].isalpha() else f"field_{key}".rstrip("_")
    return key[:LONGEST_KEY].rstrip("_")


def _described(*, label: str, help_text: str, is_sensitive: bool, lawful_basis: str) -> dict[str, object]:
    if not fold(label):
        raise CannotDefine("label", _("Say what people call this field."))
    if lawful_basis and lawful_basis not in LawfulBasis.values:
        raise CannotDefine("lawful_basis", _("This is no lawful basis."))
    return {
        "label": label.strip(),
        "help_text": help_text.strip(),
        "is_sensitive": is_sensitive,
        "lawful_basis": lawful_basis,
    }


def _check_room(same: Sequence[CustomField]) -> None:
    if sum(field.retired_at is None for field in same) >= MOST_FIELDS:
        raise CannotDefine("label", _("There are %(most)s fields already: retire one first.") % {"most": MOST_FIELDS})


def _free_key(key: str, same: Sequence[CustomField], *, is_chosen: bool) -> str:
    used = {field.key for field in same}
    if is_chosen:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,29}", key):
            raise CannotDefine(
                "key",
                _("A key begins with a letter and has small letters, digits and underscores, at most 30: visits_2026."),
            )
        if key in used:
            raise CannotDefine("key", _("There is a field with the key %(key)s.") % {"key": key})
        return key
    ends = ("", *(f"_{number}" for number in range(2, MOST_FIELDS * 10)))
    return next(free for end in ends if (free := key[: LONGEST_KEY - len(end)] + end) not in used)


def _choices(wanted: Sequence[Choice], *, before: Sequence[Choice], kind: str) -> list[Choice]:
    """The choices in their order, retired ones behind the others; each keeps its key, a new one gets one."""
    if not KINDS[kind].has_choices:
        return []
    _check_choices(wanted)
    used = {choice.key for choice in before}
    choices: list[Choice] = []
    for choice in wanted:
        key = choice.key if choice.key in used else _choice_key(choice.label, used)
        used.add(key)
        choices.append(Choice(key, choice.label.strip(), choice.is_retired))
    kept_keys = {choice.key for choice in choices}
    choices += [replace(choice, is_retired=True) for choice in before if choice.key not in kept_keys]
    return sorted(choices, key=lambda choice: choice.is_retired)


def _check_choices(wanted: Sequence[Choice]) -> None:
    """Raises CannotDefine unless each can be told from the others."""
    offered = [choice for choice in wanted if not choice.is_retired]
    words = [fold(choice.label) for choice in wanted]
    if not offered:
        raise CannotDefine("choices", _("Write at least one choice."))
    if len(offered) > MOST_CHOICES:
        raise CannotDefine("choices", _("At most %(most)s choices are offered.") % {"most": MOST_CHOICES})
    if not all(words) or any(len(choice.label) > LONGEST_CHOICE for choice in wanted):
        raise CannotDefine("choices", _("A choice has 1 to %(most)s characters.") % {"most": LONGEST_CHOICE})
    if len(set(words)) < len(words):
        raise CannotDefine("choices", _("Two choices are called the same."))


def _choice_key(label: str, used: Collection[str]) -> str:
    key = key_from(label)
    ends = ("", *(f"_{number}" for number in range(2, len(used) + 3)))
    return next(free for end in ends if (free := key[: LONGEST_KEY - len(end)] + end) not in used)
