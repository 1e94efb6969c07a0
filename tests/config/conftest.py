"""A state directory for each test that starts processes, and nothing left of it afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.processes import Environment, plain_environment, state_directory


@pytest.fixture
def root() -> Iterator[Path]:
    """A state directory nobody has used."""
    yield from state_directory()


@pytest.fixture
def environ(root: Path) -> Environment:
    """The environment of a person who has set nothing but that."""
    return plain_environment(root)
