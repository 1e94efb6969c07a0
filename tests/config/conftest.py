"""A state directory for each test that starts processes, and nothing left of it afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded.forget import forget
from tests.config.processes import Environment, eventually, plain_environment, unused_directory


@pytest.fixture
def root() -> Iterator[Path]:
    """A state directory nobody has used."""
    directory = unused_directory()
    yield directory
    eventually(lambda: forget(directory) is None)


@pytest.fixture
def environ(root: Path) -> Environment:
    """The environment of a person who has set nothing but that."""
    return plain_environment(root)
