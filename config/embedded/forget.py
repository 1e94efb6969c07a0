"""`python -m config.embedded.forget`: remove the state directory and the servers' data that belongs to it."""

import shutil
import sys
from pathlib import Path

from config.embedded.locks import is_held
from config.embedded.state import state_dir


def forget(root: Path) -> str | None:
    """Remove this state directory and the servers' home; a sentence when somebody uses it."""
    for name in ("run.lock", "postgresql.keeper", "valkey.keeper"):
        if is_held(root / name):
            return f"Baton or one of its commands still uses {root}. Stop it first."
    note = root / "home"
    if note.exists():
        shutil.rmtree(Path(note.read_text()), ignore_errors=True)
    shutil.rmtree(root, ignore_errors=True)
    return None


if __name__ == "__main__":
    sys.exit(forget(state_dir()))
