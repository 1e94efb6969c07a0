"""Phone numbers as people write them, stored as they are dialled from abroad."""

import phonenumbers
from django.utils.translation import gettext as _


class NoPhone(ValueError):
    """The text is no phone number; the message says so to the person who wrote it."""


def read_phone(text: str, *, country: str) -> str:
    """Returns the number such as +351 21 099 9999; as written where it names no country and none is known.

    `country` is the code of two letters of who wrote it, or empty. Raises NoPhone.
    """
    text = text.strip()
    if not country and not text.startswith(("+", "00")):
        if sum(character.isdigit() for character in text) < 5:
            raise NoPhone(_("This is too short for a phone number."))
        return text
    dialled = f"+{text[2:]}" if text.startswith("00") else text
    try:
        number = phonenumbers.parse(dialled, country or None)
    except phonenumbers.NumberParseException as error:
        raise NoPhone(_("This is no phone number. Write it like +351 21 099 9999.")) from error
    if not phonenumbers.is_possible_number(number):
        raise NoPhone(_("This phone number is too long or too short. Write it like +351 21 099 9999."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
