"""One process under the supervisor."""

import signal
import sys
import time
from pathlib import Path

import pytest

from config.supervisor.children import Child
from tests.config.processes import eventually

PATIENCE = 5
# It hears nothing that asks it to stop, as a worker while it starts, and says one line.
DEAF = "import signal, time; signal.signal(signal.SIGQUIT, signal.SIG_IGN); print({line!r}, flush=True); time.sleep(99)"


def deaf(root: Path, line: str) -> Child:
    """A process that was started and has said its line."""
    (root / "log").mkdir(exist_ok=True)
    child = Child(
        name="worker",
        command=[sys.executable, "-c", DEAF.format(line=line)],
        stop_signal=signal.SIGQUIT,
        death=signal.SIGKILL,
        patience=PATIENCE,
        root=root,
        ready_line=" ready.",
    )
    child.start()
    log = root / "log" / "worker.log"
    eventually(lambda: log.exists() and line in log.read_text())
    return child


class TestStop:
    @pytest.mark.parametrize(("line", "is_waited_for"), [("Loading.", False), ("It is ready.", True)])
    def test_only_one_that_works_may_finish_what_it_does(self, tmp_path: Path, line: str, is_waited_for: bool) -> None:
        child = deaf(tmp_path, line)
        began = time.monotonic()
        child.stop()
        assert (time.monotonic() - began >= PATIENCE) is is_waited_for
        assert child.process is None
