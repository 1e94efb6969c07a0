"""Webhooks and messages that must not exist, tried with raw SQL: the database itself refuses each."""

from datetime import datetime

import pytest

from accounts.models import User
from capture.hooks.editing import add_hook
from tests.leads.test_illegal_rows import refused

pytestmark = pytest.mark.django_db


class TestRows:
    @pytest.mark.parametrize(
        ("statement", "guard"),
        [
            ("UPDATE capture_hook SET proof = 'oath', secret = 'x'", "hook_proof_known"),
            ("UPDATE capture_hook SET name = ''", "hook_has_name"),
            ("UPDATE capture_hook SET proof = 'zoom'", "hook_proof_has_secret"),
            ("UPDATE capture_hook SET proof = 'header', secret = 'x'", "hook_proof_has_name"),
            ("UPDATE capture_hook SET key = 'same'", "capture_hook_key"),
            ("UPDATE capture_hookmessage SET outcome = 'lost'", "hook_message_outcome_known"),
            ("UPDATE capture_hookmessage SET digest = 'same'", "hook_message_once"),
        ],
    )
    def test_a_row_that_must_not_exist_is_refused(
        self, statement: str, guard: str, marketer: User, now: datetime
    ) -> None:
        for name in ("One", "Two"):
            hook = add_hook(name=name, actor=marketer, now=now)
            for digest in ("a", "b"):
                hook.messages.create(digest=digest, body="{}", received_at=now, last_at=now)
        assert guard in refused(statement)
