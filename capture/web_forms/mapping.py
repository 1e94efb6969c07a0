"""Which of another page's names is which of our questions: proposed from what came in, settled by people."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from capture.importing.headings import guess
from capture.models import Form, ImportBatch
from capture.web_forms.askables import askables

LOOKED_AT: Final = 50  # submissions, the latest
SAMPLE: Final = 60  # characters


@dataclass(frozen=True, slots=True)
class SentName:
    """A name that was posted, with the last value that was."""

    name: str
    sample: str
    # The key of what it is; empty: of nothing that is asked.
    key: str
    is_proposed: bool


def sent_names(form: Form) -> list[SentName]:
    """The names that came in lately or are mapped, the most frequent first, each with what it is or may be."""
    raws = [raw for raw in form.submissions.values_list("raw", flat=True)[:LOOKED_AT] if isinstance(raw, dict)]
    counts = Counter(name for raw in raws for name in raw if not name.startswith("_") and name != form.honeypot)
    names = [*(name for name, _count in counts.most_common()), *(name for name in form.mapping if name not in counts)]
    last = {name: " ".join(values)[:SAMPLE] for raw in reversed(raws) for name, values in raw.items()}
    proposed = propose([name for name in names if name not in form.mapping], last)
    return [
        SentName(name, last.get(name, ""), form.mapping.get(name, proposed.get(name, "")), name in proposed)
        for name in names
    ]


def propose(names: list[str], samples: dict[str, str]) -> dict[str, str]:
    """{name: key}: names read as the headings of a file are, with the values that came under them."""
    known = askables()
    columns = guess(ImportBatch.Kind.LEADS, names, [[samples.get(name, "") for name in names]])
    return {names[index]: key for key, index in columns.items() if key in known}
