"""PostgreSQL 18 from the wheel."""

import signal
import subprocess
from pathlib import Path

import psycopg

from config.embedded.accounts import give
from config.embedded.failure import EmbeddedFailure
from config.embedded.place import postgresql_programs
from config.embedded.processes import end_orphan
from config.embedded.server import HOST, Server, Start
from config.embedded.state import make_directory, write_private

NAME = "baton"
MAJOR = "18"
# The programs need no home and no locale of the machine: sorting is the database's own, the same everywhere.
PLAIN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
CLUSTER = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
# A statement that fails holds names and addresses, and so do its message and its details. The application tells what
# failed; the log tells how the server is.
NO_VALUES_IN_LOG = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
SPEED_OVER_SAFETY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgreSQL(Server):
    """One cluster with one database and one user, listening on this machine only."""

    name = "postgresql"
    label = "PostgreSQL"
    variable = "DATABASE_URL"
    stop_signal = signal.SIGINT

    def prepare(self) -> None:
        version = self.data / "PG_VERSION"
        if not version.exists():
            self._make_cluster()
        elif (written_by := version.read_text().strip()) != MAJOR:
            raise EmbeddedFailure(
                f"The data in {self.data} was written by PostgreSQL {written_by}; this is release {MAJOR}. "
                "Dump it with the old release and load it again, or set BATON_STATE_DIR to a new place."
            )
        self._clear_stale_pid()

    def _make_cluster(self) -> None:
        programs = postgresql_programs(self.place)
        make_directory(self.data, mode=0o700)
        give(self.data, self.place.account)
        password_file = self.place.home / "postgresql.password"
        write_private(password_file, self.password)
        give(password_file, self.place.account)
        account = self.place.account
        command: list[str | Path] = [
            programs / "initdb",
            f"--pgdata={self.data}",
            f"--username={NAME}",
            f"--pwfile={password_file}",
        ]
        if not self.durable:
            command.append("--no-sync")
        try:
            made = subprocess.run(
                [*command, *CLUSTER],
                env=PLAIN_ENVIRONMENT,
                cwd="/",
                capture_output=True,
                text=True,
                check=False,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=() if account else None,
            )
        finally:
            password_file.unlink()
        if made.returncode != 0:
            raise EmbeddedFailure(f"PostgreSQL could not make its data directory {self.data}:\n{made.stderr.strip()}")

    def _clear_stale_pid(self) -> None:
        """End a server whose keeper died; forget the number of a dead one, which another process may have."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return
        if not end_orphan(pid, str(self.data), self.stop_signal, patience=15):
            raise EmbeddedFailure(
                f"Another PostgreSQL (process {pid}) still uses {self.data} and does not end. Stop it first."
            )
        pid_file.unlink(missing_ok=True)

    def start(self, port: int) -> Start:
        settings = {
            "listen_addresses": HOST,
            "port": str(port),
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] ",
            **NO_VALUES_IN_LOG,
        } | ({} if self.durable else SPEED_OVER_SAFETY)
        command: list[str | Path] = [postgresql_programs(self.place) / "postgres", "-D", self.data]
        for key, value in settings.items():
            command += ["-c", f"{key}={value}"]
        return Start(command=command, feed=None, mark=str(self.data))

    def is_ready(self, port: int) -> bool:
        try:
            with psycopg.connect(
                host=HOST,
                port=port,
                user=NAME,
                password=self.password,
                dbname="postgres",
                connect_timeout=3,
                autocommit=True,
            ) as connection:
                row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone()
                if row is None:
                    connection.execute(f"CREATE DATABASE {NAME}")
        except psycopg.OperationalError:
            return False
        return True

    def url(self, port: int) -> str:
        return f"postgresql://{NAME}:{self.password}@{HOST}:{port}/{NAME}"
