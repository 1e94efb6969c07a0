"""Countries however people write them: codes of ISO 3166, English names, local names, and what people call them.

What is stored everywhere is the code of two letters.
"""

import gettext
import unicodedata
from functools import cache, lru_cache
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONGEST: Final = 100
# Kosovo has no code of ISO 3166, and everybody uses this one.
_BEYOND_ISO: Final = {"kosovo": "XK", "kosova": "XK", "косово": "XK", "republic of kosovo": "XK", "xkx": "XK"}
_COMMON: Final = _BEYOND_ISO | {
    "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB", "great britain": "GB",
    "britain": "GB", "usa": "US", "us of a": "US", "america": "US", "united states of america": "US", "uae": "AE",
    "emirates": "AE", "holland": "NL", "czech republic": "CZ", "turkey": "TR", "korea": "KR", "south korea": "KR",
    "republic of korea": "KR", "north korea": "KP", "russia": "RU", "vietnam": "VN", "burma": "MM",
    "ivory coast": "CI", "cape verde": "CV", "swaziland": "SZ", "macedonia": "MK", "palestine": "PS", "vatican": "VA",
    "vatican city": "VA", "macau": "MO", "brunei": "BN", "laos": "LA", "syria": "SY", "iran": "IR", "moldova": "MD",
    "россия": "RU", "ประเทศไทย": "TH", "tanzania": "TZ", "venezuela": "VE", "bolivia": "BO", "taiwan": "TW",
    "east timor": "TL", "congo kinshasa": "CD", "drc": "CD", "dr congo": "CD", "democratic republic of congo": "CD",
    "congo brazzaville": "CG", "republic of congo": "CG", "micronesia": "FM", "falkland islands": "FK", "eire": "IE",
    "republic of ireland": "IE", "mainland china": "CN", "hongkong": "HK", "prc": "CN",
}  # fmt: skip
# Those in which countries are called by their own people or by their neighbours, and whose lists are well kept.
_LANGUAGES: Final = (
    "de", "fr", "es", "pt", "pt_BR", "it", "nl", "sv", "da", "nb", "nn", "fi", "is", "pl", "cs", "sk", "sl", "hr", "sr",
    "bs", "hu", "ro", "bg", "mk", "sq", "el", "tr", "ru", "uk", "be", "lt", "lv", "et", "ga", "ca", "eu", "gl", "ar",
    "he", "fa", "hi", "bn", "th", "vi", "id", "ms", "zh_CN", "zh_TW", "ja", "ko", "ka", "hy", "az", "kk",
)  # fmt: skip


class UnknownCountry(ValueError):
    """The text names no country."""


@lru_cache(maxsize=4096)  # each row of a file names one
def country_code(text: str) -> str:
    """The two letters of the country, such as GB for UK, GBR or United Kingdom. Raises UnknownCountry."""
    key = _key(text)
    if len(text) > LONGEST or not key:
        raise UnknownCountry(text[:LONGEST])
    code = _common().get(key) or _codes().get(key) or _english().get(key) or _local().get(key)
    if code is None:
        raise UnknownCountry(text)
    return code


def country_name(code: str) -> str:
    """How the country of these two letters is called; the letters where nobody calls it otherwise."""
    names = {country.alpha_2: getattr(country, "common_name", country.name) for country in _countries()}
    return str(({"XK": "Kosovo"} | names).get(code, code))


def unknown_country_words(text: str) -> str:
    """“Freedonia” is no country Baton knows. ..."""
    words = _("“%(text)s” is no country Baton knows. Write its name, or its two letters such as PT.")
    return words % {"text": text.strip()[:60]}


class CountryField(forms.CharField):
    """A country by code or name; its value is the two letters, or empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("max_length", None)  # of the column, which holds the code
        kwargs.setdefault("help_text", gettext_lazy("A name or two letters, such as Portugal or PT."))
        super().__init__(max_length=LONGEST, **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        try:
            return country_code(text) if text else ""
        except UnknownCountry as error:
            raise ValidationError(unknown_country_words(text), code="invalid_country") from error


def _key(text: str) -> str:
    """The name without accents, signs, capitals and article, so that St. Lucia and Saint Lucia are one."""
    plain = unicodedata.normalize("NFKD", text.replace("&", " and ").casefold())
    letters = "".join(ch for ch in plain if unicodedata.category(ch) != "Mn" and ch not in ".'’")
    words = "".join(ch if ch.isalnum() or unicodedata.category(ch) == "Mc" else " " for ch in letters).split()
    words = words[1:] if words[:1] == ["the"] else words[:-1] if words[-1:] == ["the"] else words
    return " ".join("saint" if word == "st" else word for word in words)


@cache
def _common() -> dict[str, str]:
    return {_key(name): code for name, code in _COMMON.items()}


@cache
def _codes() -> dict[str, str]:
    """The codes of two and of three letters."""
    codes = {"xk": "XK"}
    for country in _countries():
        codes[country.alpha_2.lower()] = codes[country.alpha_3.lower()] = country.alpha_2
    return codes


@cache
def _english() -> dict[str, str]:
    return {_key(name): country.alpha_2 for country in _countries() for name in _called(country)}


@cache
def _local() -> dict[str, str]:
    """The names where they are spoken; one that two languages give to two countries is none.

    To read all the languages takes a second, which a process whose files are in English never spends.
    """
    import pycountry  # what is seldom asked is not loaded by every process

    codes: dict[str, set[str]] = {}
    translations = [
        gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [language], fallback=True) for language in _LANGUAGES
    ]
    for country in _countries():
        for name in _called(country):
            for translation in translations:
                codes.setdefault(_key(translation.gettext(name)), set()).add(country.alpha_2)
    return {name: each.pop() for name, each in codes.items() if len(each) == 1}


def _countries() -> list[Any]:
    import pycountry

    return list(pycountry.countries)


def _called(country: Any) -> list[str]:
    """Its names, those with a comma (Korea, Republic of) also the other way round."""
    names = [getattr(country, name) for name in ("name", "common_name", "official_name") if hasattr(country, name)]
    turned = [" ".join(reversed(name.split(", "))) for name in names if name.count(", ") == 1]
    return names + turned
