"""How much is thrown at Baton: a little with every `make check`, all of it by `make chaos`."""

import os
from typing import Final

IS_FULL: Final = os.environ.get("BATON_CHAOS") == "full"


def pick(*, small: int, full: int) -> int:
    """The size of this run."""
    return full if IS_FULL else small
