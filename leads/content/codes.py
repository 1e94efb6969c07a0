"""What a lead magnet is called: LM_SecurityChecklist_Jan2026 says what it is and since when, in every report."""

import re
import unicodedata
from datetime import date
from typing import Final

# Months as the convention writes them, whatever language the page is in.
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CODE: Final = re.compile(rf"LM_[A-Z][A-Za-z0-9]*_(?:{'|'.join(MONTHS)})20\d\d")
_WORD: Final = re.compile(r"[A-Za-z0-9]+")
LONGEST_NAME: Final = 60


def is_lead_magnet_code(code: str) -> bool:
    """Whether the code is written like LM_SecurityChecklist_Jan2026."""
    return _CODE.fullmatch(code) is not None


def proposed_code(name: str, *, on: date) -> str:
    """The code of a lead magnet of that name made on that day: accents go, each word begins with a capital."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = [word[0].upper() + word[1:] for word in _WORD.findall(plain)]
    if words and words[0] == "LM":
        words = words[1:]
    joined = "".join(words)[:LONGEST_NAME].lstrip("0123456789") or "Name"
    return f"LM_{joined[0].upper()}{joined[1:]}_{MONTHS[on.month - 1]}{on.year}"
