"""The browser of the tests: Debian's Chromium. `python -m tests.browser_install` installs it when it may.

The headless shell is the same engine without the windows of a browser, and takes two thirds of the processor.
"""

import os
import shutil
import subprocess
import sys

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """The program to drive: BATON_BROWSER, or a Chromium on the path."""
    chosen = os.environ.get("BATON_BROWSER")
    if chosen:
        return shutil.which(chosen)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> str | None:
    """Install Debian's Chromium; what went wrong, in a sentence, when that was not possible."""
    if shutil.which("apt-get") is None:
        return "there is no apt-get on this machine"
    if os.geteuid() != 0:
        return f"only root may install packages (apt-get install {SHELL})"
    print("Installing Chromium for the browser tests ...", file=sys.stderr, flush=True)
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["update"],
        ["install", "--yes", "--no-install-recommends", SHELL, "fonts-dejavu-core"],
    ):
        done = subprocess.run(
            ["apt-get", "--quiet", *command], env=environ, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            return f"apt-get {command[0]} failed: {done.stderr.strip()[-400:]}"
    return None if find_browser() else f"apt-get installed no {SHELL}"


def main() -> int:
    """Provide a browser; without one the browser tests are skipped, and in CI that is an error."""
    if shutil.which(os.environ.get("BATON_BROWSER") or SHELL):
        return 0
    problem = install()
    if problem is None or find_browser():
        return 0
    print(f"There is no browser for the browser tests: {problem}.", file=sys.stderr)
    if os.environ.get("CI"):
        return 1
    print("They will be SKIPPED. Everything else is tested.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
