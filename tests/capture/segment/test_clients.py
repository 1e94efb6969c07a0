"""The published clients of Segment, for Python and for Node, with nothing changed but host and key."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, Final

import pytest
from django.db import connection
from pytest_django.live_server_helper import LiveServer
from segment.analytics.client import Client

from capture import inbox
from capture.models import QuarantinedEvent
from capture.sites.adding import add_site
from capture.sites.keys import new_server_key
from capture.tracking.joining import join_due
from leads.models import Lead
from lib import clock

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("transactional")]
# The client for Node with all it needs, each by its hash.
LOCKED: Final = Path(__file__).with_name("node")
SCRIPT: Final = """
const { Analytics } = require("@segment/analytics-node");
const analytics = new Analytics({ writeKey: process.env.KEY, host: process.env.HOST });
analytics.on("error", (error) => { console.error(error); process.exitCode = 1; });
const userId = "42", anonymousId = "device-1";
analytics.page({ anonymousId, name: "Prices", properties: { url: "https://example.com/pricing" } });
analytics.identify({ userId, anonymousId, traits: { email: "ada@example.com", firstName: "Ada", title: "CTO" } });
analytics.group({ userId, groupId: "g1", traits: { name: "Engines", employees: 80 } });
analytics.track({ userId, event: "Demo Requested", properties: { plan: "x" } });
analytics.screen({ userId, name: "Settings" });
analytics.alias({ previousId: "device-0", userId });
analytics.closeAndFlush();
"""


@pytest.fixture(autouse=True)
def nobody_stays_connected(transactional: None) -> Iterator[None]:
    """A client keeps its connection; the thread that answers it would keep its own to the database."""
    yield
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def server_key(now: datetime) -> str:
    site = add_site(name="Website", origins=["https://example.com"], actor=None, now=now)
    return new_server_key(site=site, now=now)


@pytest.fixture
def check(server_key: str) -> Callable[[], None]:
    def expect() -> None:
        inbox.drain(clock=clock.now, until=monotonic() + 30)
        join_due(clock=clock.now, until=monotonic() + 30)
        assert not list(QuarantinedEvent.objects.values_list("code", "detail"))
        lead = Lead.objects.select_related("company").get()
        assert (lead.email, lead.external_id, lead.first_name, lead.job_title) == (
            "ada@example.com", "42", "Ada", "CTO",
        )  # fmt: skip
        assert lead.company is not None
        assert (lead.company.name, lead.company.employees) == ("Engines", 80)
        done: Any = lead.activities.values_list("type__key", "page__key")
        assert sorted(done) == [("demo_requested", None), ("page_view", "/pricing"), ("page_view", "Settings")]

    return expect


class TestPython:
    @pytest.mark.parametrize("is_packed", [True, False])
    def test_it_sends_everything(
        self, live_server: LiveServer, server_key: str, check: Callable[[], None], is_packed: bool
    ) -> None:
        refused: list[Exception] = []
        client = Client(
            server_key, host=live_server.url, gzip=is_packed, on_error=lambda error, _batch: refused.append(error)
        )
        client.page(anonymous_id="device-1", name="Prices", properties={"url": "https://example.com/pricing"})
        traits = {"email": "ada@example.com", "firstName": "Ada", "title": "CTO"}
        client.identify("42", traits, anonymous_id="device-1")
        client.group("42", "g1", {"name": "Engines", "employees": 80})
        client.track("42", "Demo Requested", {"plan": "x"})
        client.screen("42", name="Settings")
        client.alias("device-0", "42")
        client.flush()
        client.join()
        assert not refused
        check()


@pytest.mark.skipif(shutil.which("node") is None or shutil.which("npm") is None, reason="Node is not installed here.")
class TestNode:
    def test_it_sends_everything(
        self, live_server: LiveServer, server_key: str, check: Callable[[], None], tmp_path: Path
    ) -> None:
        shutil.copytree(LOCKED, tmp_path, dirs_exist_ok=True)
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=tmp_path, check=True, timeout=120)
        (tmp_path / "send.cjs").write_text(SCRIPT)
        environment = {**os.environ, "KEY": server_key, "HOST": live_server.url}
        sent = subprocess.run(
            ["node", "send.cjs"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert sent.returncode == 0, sent.stderr
        check()
