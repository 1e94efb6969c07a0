"""What pages are, said by ordered rules over their addresses: for pages that come, and again for those that came."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction

from leads.models import Page, PageRule
from leads.models.content import PageCategory
from lib.folding import fold
from lib.patterns import matches
from lib.process_cache import ProcessCache

# The newest pages are looked at for a preview; sorting looks at all.
MOST_LOOKED_AT: Final = 20_000
EXAMPLES: Final = 5


@dataclass(frozen=True, slots=True)
class Sort:
    """What a rule makes of a page."""

    category: str
    is_key: bool


NO_RULE: Final = Sort(PageCategory.OTHER, is_key=False)


class PageRules:
    """Rules in their order, ready to be asked about folded addresses."""

    def __init__(self, rules: Sequence[PageRule]) -> None:
        self._rules = [(rule, _patterns(rule.pattern)) for rule in rules]

    def matching(self, key: str) -> PageRule | None:
        """The first rule that is for a page; names that are no paths are no rule's."""
        if not key.startswith("/"):
            return None
        return next((rule for rule, patterns in self._rules if any(matches(key, one) for one in patterns)), None)

    def sort(self, key: str) -> Sort:
        rule = self.matching(key)
        return Sort(rule.category, rule.is_key) if rule else NO_RULE


def _patterns(pattern: str) -> list[list[str]]:
    """The pattern in its parts; one that is for all below a page is for the page itself too."""
    folded = fold(pattern)
    whole = [folded.removesuffix("/*")] if folded.endswith("/*") and len(folded) > len("/*") else []
    return [one.split("*") for one in (folded, *whole)]


_IN_FORCE: Final = ProcessCache[PageRules](lambda: PageRules(list(PageRule.objects.all())))


def category_of(key: str) -> dict[str, object]:
    """The columns that the rules, as they were a second ago at most, give a page of this folded address."""
    sort = _IN_FORCE.get().sort(key)
    return {"category": sort.category, "is_key": sort.is_key}


@dataclass(slots=True)
class Pages:
    """How many pages there are of something, and some of them."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, page: Page) -> None:
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(page.key)


@dataclass(slots=True)
class Seen:
    """The pages that came: by category as they are sorted, by rule, and those that the rules would sort otherwise."""

    by_category: dict[str, Pages] = field(default_factory=dict)
    by_rule: dict[int, Pages] = field(default_factory=dict)
    otherwise: Pages = field(default_factory=Pages)
    # Those a rule is for that is tried.
    tried: Pages = field(default_factory=Pages)


def look(rules: Sequence[PageRule], *, tried: PageRule | None = None) -> Seen:
    """The newest MOST_LOOKED_AT pages beside these rules, and beside one that would go before them."""
    asked, alone = PageRules(rules), PageRules([tried] if tried else [])
    seen = Seen()
    for page in Page.objects.order_by("-pk")[:MOST_LOOKED_AT]:
        seen.by_category.setdefault(page.category, Pages()).add(page)
        key = fold(page.key)
        if alone.matching(key):
            seen.tried.add(page)
        if rule := asked.matching(key):
            seen.by_rule.setdefault(rule.pk, Pages()).add(page)
        if _differs(page, asked.sort(key)):
            seen.otherwise.add(page)
    return seen


def _differs(page: Page, sort: Sort) -> bool:
    return not page.is_by_hand and (page.category, page.is_key) != (sort.category, sort.is_key)


@transaction.atomic
def add_rule(*, pattern: str, category: str, is_key: bool) -> PageRule:
    """A rule before all others. Pages that come are sorted by it; those that came wait to be sorted."""
    rules = _held()
    rule = PageRule.objects.create(pattern=pattern, category=category, is_key=is_key, position=0)
    _number([rule, *rules])
    return rule


@transaction.atomic
def move_up(rule_id: int) -> None:
    """One place up; the first stays where it is."""
    rules = _held()
    place = next((place for place, rule in enumerate(rules) if rule.pk == rule_id), 0)
    if place:
        rules[place - 1 : place + 1] = rules[place], rules[place - 1]
    _number(rules)


def remove_rule(rule_id: int) -> None:
    PageRule.objects.filter(pk=rule_id).delete()


def sort_pages(pages: Sequence[Page]) -> int:
    """Makes these pages what the rules say, but for those a person has sorted by hand. Returns how many changed."""
    rules = PageRules(_held())
    moved = []
    for page in pages:
        sort = rules.sort(fold(page.key))
        if _differs(page, sort):
            page.category, page.is_key = sort.category, sort.is_key
            moved.append(page)
    Page.objects.bulk_update(moved, ["category", "is_key"])
    return len(moved)


def _held() -> list[PageRule]:
    return list(PageRule.objects.select_for_update().order_by("position", "pk"))


def _number(rules: Sequence[PageRule]) -> None:
    for position, rule in enumerate(rules, start=1):
        rule.position = position
    PageRule.objects.bulk_update(rules, ["position"])
