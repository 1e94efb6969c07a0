"""One folding for all names that identify: companies, channels, campaigns, assets, pages, titles in rules, search.

`fold` in Python and `lib_fold` in PostgreSQL (lib/migrations/sql/fold.sql) give the same for every text; tables keep
folded names in generated columns, so a query compares keys and never folds a column again.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any, Final

from django import forms
from django.db.models import Func, GeneratedField, TextField

# Unicode's White_Space and the separators U+001C to U+001F, which are also what str.split() takes for blanks in ASCII.
_BLANKS: Final = re.compile("[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
# Unicode's Default_Ignorable_Code_Point: marks of direction, joiners, soft hyphens, variation selectors.
_UNSEEN: Final = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_QUOTES: Final = dict.fromkeys("‘’‚‛ʹʻʼʽˈ′´", "'") | dict.fromkeys("“”„‟«»″", '"')
_DASHES: Final = dict.fromkeys("‐‑‒–—―−", "-")
_MARKS: Final = str.maketrans(_QUOTES | _DASHES)
_DOTLESS: Final = str.maketrans("ı", "i")
_DOT_ABOVE: Final = "i\u0307"  # what is left of the capital İ
# One letter can become eighteen, and an index takes no more than 2,704 bytes.
LONGEST: Final = 500


@lru_cache(maxsize=16_384)  # names repeat, and each row of a file and each activity brings some
def fold(text: str) -> str:
    """The text as names are compared, "" when nothing is left of it.

    Compatibility forms (NFKC) and case are one, also the dotless i and the final sigma; accents stay what they are.
    Typographic quotes and dashes are the plain ones. Marks of direction and joiners go, blanks become one space
    between words and none around them. At most 500 characters. Folding a folded text changes nothing.
    """
    if text.isascii():
        return " ".join(text.lower().split())[:LONGEST].rstrip(" ")
    text = unicodedata.normalize("NFKD", text.translate(_MARKS))
    text = _UNSEEN.sub("", text).casefold().translate(_DOTLESS).replace(_DOT_ABOVE, "i")
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text)).strip(" ")[:LONGEST].rstrip(" ")


class Fold(Func):
    """`fold` of a column or a value, by PostgreSQL."""

    function = "lib_fold"
    arity = 1
    output_field = TextField()


def folded(column: str) -> GeneratedField:
    """A stored column that holds another one folded."""
    return GeneratedField(expression=Fold(column), output_field=TextField(), db_persist=True)


class FoldedField(forms.CharField):
    """A name in a form, folded before its length is looked at: one letter can become eighteen."""

    def to_python(self, value: Any) -> str:
        return fold(super().to_python(value) or "")
