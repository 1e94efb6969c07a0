"""What can be wrong with a file as a whole, and with one of its lines."""

from dataclasses import dataclass


class Unreadable(Exception):
    """The file cannot be used at all; the message says why, where and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One line that is not used, or taken without some of its cells.

    `line` is where the row begins, counted from 1 as an editor does.
    """

    line: int
    code: str
    message: str
    column: str = ""
    is_taken: bool = False
    # How many rows of the file it stands for.
    weight: int = 1
