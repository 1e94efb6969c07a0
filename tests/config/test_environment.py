"""What the environment may say: a value arrives whole, or a sentence names its variable."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db.utils import ConnectionHandler
from django.test import Client
from django.utils import timezone
from kombu import Connection
from pytest_django.fixtures import Settings
from redis import Redis

from accounts.models import User
from config.embedded.state import BASE_DIR
from config.environment import QUICKLY, Environment, WrongSetting
from lib import signed_links

# env.text("NAME"), os.environ.get("NAME"), also over two lines.
READ = re.compile(r"""\benv(?:iron)?\.\w+\(\s*["']([A-Z_]+)["']""")
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "PWD"}  # Django's, and the shell's
LIMITS = "-c lock_timeout=10000"


class TestExample:
    def test_it_lists_every_variable_that_is_read_and_no_other(self) -> None:
        sources = [path.read_text() for path in (BASE_DIR / "config").rglob("*.py")]
        read = {name for source in sources for name in READ.findall(source)} - NOT_OURS
        example = (BASE_DIR / ".env.example").read_text()
        listed = re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)
        assert sorted(listed) == sorted(read)

    def test_a_shell_can_read_it(self) -> None:
        line = "set -a; . ./.env.example; set +a; env"
        told = subprocess.run(["sh", "-euc", line], cwd=BASE_DIR, env={}, capture_output=True, text=True, check=True)
        assert told.stderr == ""
        values = dict(each.split("=", 1) for each in told.stdout.splitlines())
        assert values["BATON_FROM_EMAIL"] == "Baton <baton@localhost>"
        assert values["BATON_DEMO"] == "yes", "the last line arrives too"


# (what is wrong, part of the sentence)
WRONG = [
    ({"BATON_SECRET_KEY": ""}, "BATON_SECRET_KEY is not set"),
    ({"BATON_SECRET_KEY_FILE": "/etc/hostname"}, "BATON_SECRET_KEY and BATON_SECRET_KEY_FILE are both set"),
    ({"BATON_EMAIL_URL_FILE": "/nowhere/mail"}, "BATON_EMAIL_URL_FILE names /nowhere/mail, which cannot be read"),
    ({"BATON_EMAIL_URL_FILE": os.devnull}, "BATON_EMAIL_URL_FILE names /dev/null, and that is empty."),
    ({"BATON_ALL_MAIL_TO": "ada@example.com, bob@example.com"}, "and that is no address such as ada@example.com."),
    ({"BATON_ALL_MAIL_TO": "@example.com"}, "BATON_ALL_MAIL_TO is '@example.com'"),
    ({"BATON_HSTS_PRELOAD": "always"}, "BATON_HSTS_PRELOAD is 'always'; say yes or no."),
    ({"BATON_SECRET_KEY": "short", "BATON_BASE_URL": "https://baton.example"}, "BATON_SECRET_KEY has 5 characters"),
    ({"BATON_ALLOWED_HOSTS": "a.example,*", "BATON_BASE_URL": "https://a.example"}, "BATON_ALLOWED_HOSTS is *"),
    ({"BATON_BASE_URL": "baton.example"}, "BATON_BASE_URL is 'baton.example'"),
    ({"BATON_BASE_URL": "https://baton.example/app"}, "BATON_BASE_URL is 'https://baton.example/app'"),
    ({"BATON_DEBUG": "perhaps"}, "BATON_DEBUG is 'perhaps'; say yes or no."),
    ({"BATON_TRUSTED_PROXIES": "yes"}, "BATON_TRUSTED_PROXIES is 'yes', and not a whole number from 0 on."),
    ({"BATON_CONN_MAX_AGE": "-1"}, "BATON_CONN_MAX_AGE is '-1'"),
    ({"BATON_STATEMENT_TIMEOUT_MS": "60s"}, "BATON_STATEMENT_TIMEOUT_MS is '60s'"),
    ({"BATON_OUTGOING_PORTS": "443,https"}, "BATON_OUTGOING_PORTS is 'https'"),
    ({"BATON_TIME_ZONE": "Mars/Base"}, "BATON_TIME_ZONE is 'Mars/Base'"),
    ({"BATON_LOG_LEVEL": "loud"}, "BATON_LOG_LEVEL is 'LOUD'"),
    ({"BATON_STATE_DIR": "/etc/passwd"}, "BATON_STATE_DIR is /etc/passwd"),
    (
        {"BATON_EMIAL_URL": "smtp://mail.example"},
        "BATON_EMIAL_URL is not a setting of Baton. Did you mean BATON_EMAIL_URL?",
    ),
    ({"BATON_EMAIL_URL": "mail.example:587"}, "BATON_EMAIL_URL is no address such as smtp+tls://"),
    ({"BATON_EMAIL_URL": "smtp://mail.example?use_tls=1"}, "BATON_EMAIL_URL has options"),
    ({"DATABASE_URL": "hello"}, "DATABASE_URL is no address such as postgresql://"),
    ({"DATABASE_URL": "sqlite:///baton.db"}, "DATABASE_URL is no address such as postgresql://"),
    ({"DATABASE_URL": "postgresql://db.example"}, "DATABASE_URL names no database"),
    ({"DATABASE_URL": "postgresql://db.example/baton?sslmodus=require"}, 'invalid URI query parameter: "sslmodus"'),
    ({"DATABASE_URL": "postgresql://me:se%zzcret@db.example/baton"}, "DATABASE_URL cannot be used"),
    ({"REDIS_URL": "hello"}, "REDIS_URL is no address such as redis://"),
    ({"REDIS_URL": "redis://redis.example/first"}, "REDIS_URL is 'first', and not a whole number"),
    ({"REDIS_URL": "redis://redis.example:port/0"}, "REDIS_URL is no address that can be read"),
    ({"REDIS_URL": "redis://redis.example/0?ssl_ca_certs=/x"}, "REDIS_URL has an option that is not known here"),
    ({"REDIS_URL": "rediss://redis.example/0?cert=/x"}, "REDIS_URL has an option that is not known here: cert."),
]
RIGHT = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "BATON_SECRET_KEY": "k" * 50,
}


@pytest.fixture
def settings_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """`settings_of(BATON_DEBUG="yes")`: Django's settings in such an environment."""

    def read(**values: str) -> dict[str, Any]:
        for name in [name for name in os.environ if name.startswith("BATON_")]:
            monkeypatch.delenv(name)
        for name, value in (RIGHT | values).items():
            monkeypatch.setenv(name, value)
        source = BASE_DIR / "config" / "settings.py"
        module = {"__file__": str(source), "__name__": "config.other_settings"}
        exec(compile(source.read_text(), source, "exec"), module)  # noqa: S102
        return module

    return read


class TestSecrets:
    def test_one_lies_in_a_file_of_its_own(self, settings_of: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
        (tmp_path / "key").write_text("f" * 60 + "\n")
        made = settings_of(BATON_SECRET_KEY="", BATON_SECRET_KEY_FILE=str(tmp_path / "key"))
        assert made["SECRET_KEY"] == "f" * 60

    def test_a_new_key_leaves_in_force_what_the_old_ones_signed(
        self, settings_of: Callable[..., dict[str, Any]]
    ) -> None:
        first, second = (
            settings_of(),
            settings_of(BATON_SECRET_KEY="n" * 50, BATON_SECRET_KEY_OLD=f"{'m' * 50},{'k' * 50}"),
        )
        assert second["SECRET_KEY_FALLBACKS"] == ["m" * 50, "k" * 50]
        assert first["SUPPRESSION_KEY"] == second["SUPPRESSION_KEY"] == "k" * 50

    def test_who_is_signed_in_stays_so_and_links_go_on(
        self, client: Client, administrator: User, settings: Settings
    ) -> None:
        other = Client()
        for browser in (client, other):
            browser.force_login(administrator)
        link = signed_links.sign_link(administrator.public_id, purpose="test", until=timezone.now() + timedelta(days=1))
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
        assert client.get("/").status_code == 200
        assert signed_links.read_link(link, purpose="test", now=timezone.now()) == administrator.public_id
        settings.SECRET_KEY_FALLBACKS = []
        assert client.get("/").status_code == 200, "its session is of the new key by now"
        assert other.get("/").status_code == 302


class TestCopies:
    def test_the_mail_of_a_copy_goes_another_way(self, settings_of: Callable[..., dict[str, Any]]) -> None:
        server = {"BATON_EMAIL_URL": "smtp://mail.example"}
        assert settings_of(**server)["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
        made = settings_of(**server, BATON_ALL_MAIL_TO="ada@example.com")
        assert (made["EMAIL_BACKEND"], made["ALL_MAIL_TO"]) == ("lib.copy_mail.EmailBackend", "ada@example.com")


class TestHsts:
    def test_subdomains_and_browsers_own_lists_are_asked_for(self, settings_of: Callable[..., dict[str, Any]]) -> None:
        names = ("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD")

        def found(**values: str) -> list[object]:
            module = settings_of(BATON_ALLOWED_HOSTS="baton.example", **values)
            return [module[name] for name in names]

        public = {"BATON_BASE_URL": "https://baton.example"}
        assert found(**public) == [31_536_000, False, False]
        asked = {"BATON_HSTS_SECONDS": "3600", "BATON_HSTS_SUBDOMAINS": "yes", "BATON_HSTS_PRELOAD": "yes"}
        assert found(**public, **asked) == [3600, True, True]
        assert found(**asked) == [0, False, False]


class TestWrongSettings:
    @pytest.mark.parametrize(("wrong", "sentence"), WRONG, ids=[" ".join(wrong) for wrong, _sentence in WRONG])
    def test_the_settings_refuse_them_and_name_the_variable(
        self, wrong: dict[str, str], sentence: str, settings_of: Callable[..., dict[str, Any]]
    ) -> None:
        with pytest.raises(WrongSetting) as refused:
            settings_of(**wrong)
        assert sentence in str(refused.value)
        assert "zzcret" not in str(refused.value)

    @pytest.mark.parametrize(
        "program",
        ["manage.py migrate", "-m gunicorn config.wsgi --log-level critical", "-m celery -A config.celery beat"],
    )
    def test_every_program_ends_with_the_sentence(self, program: str) -> None:
        kept = {"PATH": os.environ["PATH"], "BATON_DEBUG": "perhaps"}
        command = [sys.executable, *program.split()]
        told = subprocess.run(
            command, env=RIGHT | kept, cwd=BASE_DIR, capture_output=True, text=True, timeout=30, check=False
        )
        assert told.returncode != 0
        assert told.stderr == "BATON_DEBUG is 'perhaps'; say yes or no.\n"


def database(url: str) -> dict[str, Any]:
    return Environment({"DATABASE_URL": url}).database("DATABASE_URL", limits=LIMITS)


def connect(url: str) -> psycopg.Connection[Any]:
    """As Django does with these settings."""
    wrapper = ConnectionHandler({"default": database(url)})["default"]
    connection: psycopg.Connection[Any] = wrapper.get_new_connection(wrapper.get_connection_params())
    return connection


def value(connection: psycopg.Connection[Any], setting: str) -> str:
    with connection:
        row = connection.execute("SELECT current_setting(%s)", [setting]).fetchone()
    return str(row and row[0])


@pytest.fixture(scope="module")
def server() -> str:
    """The URL of the PostgreSQL of the tests, which has no TLS and does not listen on a socket of the file system."""
    return os.environ["DATABASE_URL"].partition("?")[0]


@pytest.fixture
def socket_folder(server: str, tmp_path: Path) -> Iterator[Path]:
    """A directory with PostgreSQL's socket, which leads to that server."""
    address = database(server)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / ".s.PGSQL.5432"))
        door.listen()

        def pass_on(source: socket.socket, target: socket.socket) -> None:
            while data := source.recv(65_536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

        def serve() -> None:
            inside, _ = door.accept()
            outside = socket.create_connection((address["HOST"], int(address["PORT"])))
            threading.Thread(target=pass_on, args=(outside, inside), daemon=True).start()
            pass_on(inside, outside)

        threading.Thread(target=serve, daemon=True).start()
        yield tmp_path


class TestDatabase:
    @pytest.mark.parametrize("options", ["sslmode=require", "sslmode=verify-full&sslrootcert=/nowhere/root.crt"])
    def test_tls_that_is_asked_for_is_not_done_without(self, server: str, options: str) -> None:
        with pytest.raises(psycopg.OperationalError, match="server does not support SSL"):
            connect(f"{server}?{options}")

    def test_the_root_certificate_arrives(self) -> None:
        found = database("postgresql://db.example/baton?sslmode=verify-full&sslrootcert=/etc/baton/root.crt")
        assert found["OPTIONS"] == {
            **QUICKLY, "sslmode": "verify-full", "sslrootcert": "/etc/baton/root.crt", "options": LIMITS
        }  # fmt: skip

    def test_the_directory_of_a_socket_is_found(self, server: str, socket_folder: Path) -> None:
        parts = database(server)
        connection = connect(
            f"postgresql:///{parts['NAME']}?host={socket_folder}&user={parts['USER']}&password={parts['PASSWORD']}"
        )
        assert value(connection, "lock_timeout") == "10s"

    def test_a_server_that_says_nothing_is_waited_for_as_long_as_asked(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            began = time.monotonic()
            with pytest.raises(psycopg.OperationalError, match="timeout"):
                connect(f"postgresql://me@127.0.0.1:{silent.getsockname()[1]}/none?connect_timeout=2")
        assert 1.5 < time.monotonic() - began < 6

    def test_otherwise_for_three_seconds(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            began = time.monotonic()
            with pytest.raises(psycopg.OperationalError, match="timeout"):
                connect(f"postgresql://me@127.0.0.1:{silent.getsockname()[1]}/none")
        assert 2 < time.monotonic() - began < 7

    def test_its_own_options_are_added_to_our_limits(self, server: str) -> None:
        url = f"{server}?options=-c%20search_path%3Dnowhere&application_name=mine"
        assert value(connect(url), "lock_timeout") == "10s"
        assert value(connect(url), "search_path") == "nowhere"
        assert value(connect(url), "application_name") == "mine"

    def test_what_the_url_spells_with_percent_signs_arrives(self) -> None:
        found = database("postgres://m%40e:p%2F%3A%23%3F@[::1]:6432/b%20n?sslmode=prefer")
        assert {name: found[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")} == {
            "USER": "m@e", "PASSWORD": "p/:#?", "HOST": "::1", "PORT": "6432", "NAME": "b n"
        }  # fmt: skip
        assert found["OPTIONS"] == {**QUICKLY, "sslmode": "prefer", "options": LIMITS}

    def test_the_settings_of_this_process_keep_all_limits(self) -> None:
        options = settings.DATABASES["default"]["OPTIONS"]["options"]
        assert re.findall(r"-c (\w+)=", options) == [
            "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"
        ]  # fmt: skip


class TestRedis:
    @pytest.mark.parametrize(
        ("url", "database", "checked"),
        [
            ("redis://:secret@redis.example:6380/3", 3, None),
            ("redis://redis.example", 0, None),
            ("rediss://redis.example/2", 2, "required"),
            ("rediss://redis.example/2?ssl_cert_reqs=none", 2, "none"),
            ("rediss://redis.example/2?ssl_ca_certs=/etc/root.crt", 2, "required"),
        ],
    )
    def test_cache_and_broker_read_it_alike(self, url: str, database: int, checked: str | None) -> None:
        address = Environment({"REDIS_URL": url}).redis("REDIS_URL")
        cache = Redis.from_url(address).connection_pool.connection_kwargs
        broker = Connection(address)
        certificates = broker.ssl if isinstance(broker.ssl, dict) else {}
        assert (cache.get("db", 0), int(broker.virtual_host or 0)) == (database, database)
        assert cache.get("ssl_cert_reqs") == checked
        named = {None: None, "required": 2, "none": 0}[checked]
        assert certificates.get("ssl_cert_reqs") == named
        if "ssl_ca_certs" in url:
            assert cache["ssl_ca_certs"] == certificates["ssl_ca_certs"] == "/etc/root.crt"


class TestMail:
    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("smtp+tls://m%40e:p%2Fw@mail.example", ("mail.example", 587, "m@e", "p/w", True, False)),
            ("smtp+ssl://mail.example", ("mail.example", 465, "", "", False, True)),
            ("smtp://127.0.0.1:2525", ("127.0.0.1", 2525, "", "", False, False)),
        ],
    )
    def test_a_server(self, url: str, expected: tuple[Any, ...]) -> None:
        found = Environment({"BATON_EMAIL_URL": url}).mail("BATON_EMAIL_URL", folder=Path("/mail"))
        names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL")
        assert tuple(found.get(f"EMAIL_{name}", False) for name in names) == expected

    def test_without_one_mails_become_files_whatever_the_directory_is_called(self) -> None:
        folder = Path("/var/lib/b #1 100%?/mail")
        assert Environment({}).mail("BATON_EMAIL_URL", folder=folder)["EMAIL_FILE_PATH"] == folder
