"""`make bench`: every bench into one table, in a database of its own that is gone afterwards.

    python -m bench [--leads 100000] [--activities 1000000] [--only score,work]

On the servers of the environment, else on servers of its own. Figures that hang on visibility maps and on a second
process cannot be had inside one transaction that is rolled back, so the data is really there.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from bench import table
from config.embedded import EmbeddedServers
from config.embedded.forget import forget

HERE = Path(__file__).resolve().parent
# What these measure on is made once; every other file makes what it needs and rolls it back.
ON_THE_DATA = ("score", "work", "whatif", "door", "collector")
NO_BENCH = ("bare", "clock", "data", "files", "floor", "people", "processes", "ready", "table", "traffic", "worker")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--leads", type=int, default=100_000)
    options.add_argument("--activities", type=int, default=1_000_000)
    options.add_argument("--only", default="", help="names of files in bench/, with commas")
    given = options.parse_args()
    os.environ.setdefault("BATON_SECRET_KEY", "only-for-the-bench-" * 3)
    server = os.environ["DATABASE_URL"]
    parts = urlsplit(server)
    name = f"{parts.path.lstrip('/')}_bench"
    _again(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    _again(server, "CREATE DATABASE {}", name)
    os.environ["DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{name}"))
    try:
        run(given)
    finally:
        _again(server, "DROP DATABASE {} WITH (FORCE)", name)


def run(given: argparse.Namespace) -> None:
    scale = ["--leads", str(given.leads), "--activities", str(given.activities)]
    _python("manage.py", "migrate", "--verbosity", "0")
    names = sorted(path.stem for path in HERE.glob("[a-z]*.py") if path.stem not in NO_BENCH)
    names = [name for name in names if not given.only or name in given.only.split(",")]
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as kept:
        os.environ[table.ROWS] = kept.name
        for name in (name for name in names if name not in ON_THE_DATA):
            print(f"\n{name}", flush=True)
            _python("-m", f"bench.{name}", *scale)
        if wanted := [name for name in ON_THE_DATA if name in names]:
            print("\nMaking the data ...", flush=True)
            _python("-m", "bench.data", *scale)
            for name in wanted:
                print(f"Measuring {name} ...", flush=True)
                _python("-m", f"bench.{name}", *scale)
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            version = str(connection.info.server_version // 10_000)
        print("\n" + table.facts(server=version, leads=given.leads, activities=given.activities) + "\n")
        table.show(table.read(Path(kept.name)))


def _python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=HERE.parent, check=True)


def _again(url: str, text: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(text).format(sql.Identifier(name)))


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
