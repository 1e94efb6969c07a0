"""`make bench`: every bench, on the servers of the environment, else on servers of its own that are gone afterwards."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from config.embedded import EmbeddedServers
from config.embedded.forget import forget

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Migrate, then run each file beside this one with the same options; they roll back what they make."""
    os.environ.setdefault("BATON_SECRET_KEY", "only-for-the-bench-" * 3)
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=HERE.parent, check=True)
    for path in sorted(HERE.glob("[a-z]*.py")):
        print(f"\n{path.name}", flush=True)
        subprocess.run([sys.executable, path, *sys.argv[1:]], cwd=HERE.parent, check=True)


if __name__ == "__main__":
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        main()
    else:
        root = Path(tempfile.mkdtemp(prefix="baton-bench-")).with_suffix(".state")
        root.with_suffix("").rmdir()
        os.environ["BATON_STATE_DIR"] = str(root)
        try:
            with EmbeddedServers():
                main()
        finally:
            forget(root)
            shutil.rmtree(root, ignore_errors=True)
