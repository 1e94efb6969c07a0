"""docs/README.md leads to every page of docs/, and to nothing that is not there."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def linked() -> set[Path]:
    links = re.findall(r"\]\(([^)#]+)", (DOCS / "README.md").read_text(encoding="utf-8"))
    return {(DOCS / link).resolve() for link in links}


class TestIndex:
    def test_every_file_is_in_it(self) -> None:
        files = {path.resolve() for path in DOCS.rglob("*") if path.is_file()} - {(DOCS / "README.md").resolve()}
        assert files <= linked()

    def test_every_link_leads_somewhere(self) -> None:
        assert [path for path in linked() if not path.is_file()] == []
