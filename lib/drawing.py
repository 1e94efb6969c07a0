"""Small templates that a page draws hundreds of times."""

from collections.abc import Hashable
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language


def drawn(template_name: str, **values: Hashable) -> SafeString:
    """Draw a template that shows nothing but these values and no moment: what was drawn lately is not drawn again."""
    return _drawn(template_name, get_language(), *values.items())


@lru_cache(maxsize=2_000)
def _drawn(template_name: str, _language: str, *values: tuple[str, Hashable]) -> SafeString:
    return render_to_string(template_name, dict(values))


def apart(words: str) -> SafeString:
    """Somebody's own words, whichever way they are written: their direction leaves what stands around them alone."""
    return format_html("<bdi>{}</bdi>", words)
