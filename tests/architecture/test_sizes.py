"""How long things are."""

import math
from collections.abc import Iterable

from tests.architecture.reading import functions, length, name, sources, tell, templates, tree

LONGEST_FILE = 350
LONGEST_FUNCTION = 57  # what may be as long, once; nearly all are within the next
NEARLY_ALL, OF_THEM = 40, 0.99
LONGEST_TEMPLATE = 150


def percentile(numbers: Iterable[int], share: float) -> int:
    """The smallest of the numbers that this share of them does not go over (nearest rank)."""
    ordered = sorted(numbers)
    return ordered[math.ceil(share * len(ordered)) - 1]


class TestSizes:
    def test_files(self) -> None:
        tell(f"{name(p)} has {length(p)} lines" for p in sources() if length(p) > LONGEST_FILE)

    def test_templates(self) -> None:
        tell(f"{name(p)} has {length(p)} lines" for p in templates() if length(p) > LONGEST_TEMPLATE)

    def test_functions(self) -> None:
        lengths = {
            f"{name(path)}:{function.lineno} {function.name}": (function.end_lineno or 0) - function.lineno + 1
            for path in sources()
            for function in functions(tree(path))
        }
        tell(f"{where} has {lines} lines" for where, lines in lengths.items() if lines > LONGEST_FUNCTION)
        assert percentile(lengths.values(), OF_THEM) <= NEARLY_ALL, sorted(lengths.items(), key=lambda item: -item[1])[
            :20
        ]

    def test_a_percentile_is_one_of_the_numbers(self) -> None:
        assert percentile(range(1, 101), 0.99) == 99
        assert percentile([40] * 98 + [41] * 2, 0.99) == 41
        assert percentile([40] * 99 + [60], 0.99) == 40
