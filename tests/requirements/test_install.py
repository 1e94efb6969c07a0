"""requirements/install.py installs what the lock says, with every pip that a supported Python brings."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.requirements.index import Checkout, Index, Interpreter, oldest_of_each

INTERPRETERS = oldest_of_each()
# From here on pip takes the locked release of what another package asks for with an extra.
TAKES_THE_LOCKED_EXTRA = (23, 3)
MEND = '"--no-deps", '


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "index")


@pytest.fixture(scope="module")
def checkouts(tmp_path_factory: pytest.TempPathFactory) -> dict[Interpreter, Checkout]:
    """One for each Python: making an environment takes longest."""
    return {each: Checkout(tmp_path_factory.mktemp("with a blank and ümläut"), each) for each in INTERPRETERS}


@pytest.fixture
def checkout(request: pytest.FixtureRequest, checkouts: dict[Interpreter, Checkout]) -> Iterator[Checkout]:
    """Of the Python that the test is parametrised with, or of the oldest; with nothing installed."""
    found = checkouts[getattr(request, "param", INTERPRETERS[0])]
    installer = found.installer.read_text()
    yield found
    found.forget()
    found.installer.write_text(installer)


class TestLock:
    @pytest.mark.parametrize("checkout", INTERPRETERS, ids=str, indirect=True)
    def test_it_is_installed_whatever_is_newer_and_whatever_the_machine_wishes(
        self, checkout: Checkout, index: Index, tmp_path: Path
    ) -> None:
        checkout.lock(index.offer("alpha", "1.0", "beta[more]"), index.offer("beta", "1.0"))
        index.offer("beta", "2.0")
        wishes = tmp_path / "constraints.txt"
        wishes.write_text("beta>=2\n")

        # The control: the same installer, but pip resolves.
        installer = checkout.installer.read_text()
        assert MEND in installer
        checkout.installer.write_text(installer.replace(MEND, ""))
        resolved = checkout.install(index)
        if checkout.interpreter.pip_version < TAKES_THE_LOCKED_EXTRA:
            assert resolved.returncode == 1
            assert "all requirements must have their versions pinned with ==" in resolved.stderr
            assert checkout.installed() == {}
        else:
            assert resolved.returncode == 0, resolved.stderr
        checkout.forget()

        checkout.installer.write_text(installer)
        told = checkout.install(index, PIP_CONSTRAINT=str(wishes), PIP_USER="1", PYTHONPATH=str(index.folder))
        assert told.returncode == 0, told.stderr
        assert checkout.installed() == {"alpha": "1.0", "beta": "1.0"}
        assert checkout.imports("import config")

    def test_one_that_forgets_a_package_is_refused(self, checkout: Checkout, index: Index) -> None:
        checkout.lock(index.offer("alpha", "1.0", "beta"))
        told = checkout.install(index)
        assert told.returncode == 1
        assert "alpha 1.0 requires beta, which is not installed" in told.stderr
        assert told.stderr.endswith("The lock is not whole; make lock repairs it.\n")

    def test_what_goes_elsewhere_is_noticed(self, checkout: Checkout, index: Index, tmp_path: Path) -> None:
        checkout.lock(index.offer("alpha", "1.0"))
        told = checkout.install(index, PIP_TARGET=str(tmp_path / "elsewhere"))
        assert told.returncode == 1
        assert told.stderr.endswith("what the lock says: alpha. What this machine tells pip: pip config list.\n")

    def test_nothing_is_built(self, checkout: Checkout, index: Index, tmp_path: Path) -> None:
        trace = tmp_path / "built"
        checkout.lock(index.offer_source("alpha", "1.0", f"open({str(trace)!r}, 'w')"))
        told = checkout.install(index)
        assert told.returncode == 1
        assert "No matching distribution found for alpha==1.0" in told.stderr
        assert not trace.exists()


class TestAgain:
    def test_it_is_quick_until_the_lock_changes(self, checkout: Checkout, index: Index) -> None:
        checkout.lock(index.offer("alpha", "1.0"))
        assert "Installed the locked packages" in checkout.install(index).stderr
        assert checkout.install(index).stderr == ""
        checkout.lock(index.offer("alpha", "2.0"))
        assert "Installed the locked packages" in checkout.install(index).stderr
        assert checkout.installed() == {"alpha": "2.0"}
