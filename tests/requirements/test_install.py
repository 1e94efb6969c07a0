"""requirements/install.py installs what the lock says, with every pip that a supported Python brings."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.requirements.index import Checkout, Index, Interpreter, oldest_of_each

# Making an environment for each Python takes a while: one process does it for all of them.
pytestmark = pytest.mark.xdist_group("requirements")
INTERPRETERS = oldest_of_each()
# From here on pip takes the locked release of what another package asks for with an extra.
TAKES_THE_LOCKED_EXTRA = (23, 3)
MEND = '"--no-deps", '
PIPS = "PIPS = 2"


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "index")


@pytest.fixture(scope="module")
def checkouts(tmp_path_factory: pytest.TempPathFactory) -> dict[Interpreter, Checkout]:
    """One for each Python."""
    return {each: Checkout(tmp_path_factory.mktemp("with a blank and ümläut"), each) for each in INTERPRETERS}


@pytest.fixture
def checkout(request: pytest.FixtureRequest, checkouts: dict[Interpreter, Checkout]) -> Iterator[Checkout]:
    """Of the Python that the test is parametrised with, or of the oldest; with nothing installed."""
    found = checkouts[getattr(request, "param", INTERPRETERS[0])]
    installer = found.installer.read_text()
    yield found
    found.forget()
    found.installer.write_text(installer)


class TestEnvironment:
    @pytest.mark.parametrize("checkout", INTERPRETERS, ids=str, indirect=True)
    def test_it_has_the_pip_that_its_python_brings(self, checkout: Checkout, index: Index) -> None:
        checkout.lock(index.offer("alpha", "1.0"))
        assert checkout.install(index).returncode == 0
        assert checkout.imports(
            f"import pip; assert pip.__version__ == {checkout.interpreter.pip.name.split('-')[1]!r}"
        )
        assert checkout.imports("import sys; assert sys.prefix != sys.base_prefix")

    def test_one_that_does_not_work_is_made_anew(self, checkout: Checkout, index: Index) -> None:
        checkout.lock(index.offer("alpha", "1.0"))
        assert checkout.install(index).returncode == 0
        for program in (checkout.folder / ".venv" / "bin").glob("python*"):
            program.unlink()
        assert "Making the virtual environment" in checkout.install(index).stderr
        assert checkout.installed() == {"alpha": "1.0"}

    def test_a_python_without_pip_is_told_so(self, checkout: Checkout, index: Index) -> None:
        checkout.lock(index.offer("alpha", "1.0"))
        installer = checkout.installer.read_text()
        checkout.installer.write_text(installer.replace('"pip-*.whl"', '"pap-*.whl"'))
        shutil.rmtree(checkout.folder / ".venv", ignore_errors=True)
        told = checkout.install(index)
        assert told.returncode == 1
        assert "This Python brings no pip" in told.stderr


class TestLock:
    @pytest.mark.parametrize("checkout", INTERPRETERS, ids=str, indirect=True)
    def test_it_is_installed_whatever_is_newer_and_whatever_the_machine_wishes(
        self, checkout: Checkout, index: Index, tmp_path: Path
    ) -> None:
        checkout.lock(index.offer("alpha", "1.0", "beta[more]"), index.offer("beta", "1.0"))
        index.offer("beta", "2.0")
        wishes = tmp_path / "constraints.txt"
        wishes.write_text("beta>=2\n")

        # The control: the same installer, but one pip resolves.
        installer = checkout.installer.read_text()
        assert MEND in installer
        assert PIPS in installer
        checkout.installer.write_text(installer.replace(MEND, "").replace(PIPS, "PIPS = 1"))
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

    def test_packages_of_both_pips_are_there_and_a_failure_of_either_is_told(
        self, checkout: Checkout, index: Index
    ) -> None:
        whole = [index.offer(name, "1.0") for name in ("alpha", "beta", "gamma")]
        checkout.lock(*whole)
        told = checkout.install(index)
        assert told.returncode == 0, told.stderr
        assert checkout.installed() == {"alpha": "1.0", "beta": "1.0", "gamma": "1.0"}
        for missing in ("alpha", "beta"):
            checkout.forget()
            checkout.lock(*(line.replace(f"{missing}==1.0", f"{missing}==2.0") for line in whole))
            told = checkout.install(index)
            assert told.returncode == 1
            assert f"No matching distribution found for {missing}==2.0" in told.stderr

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
