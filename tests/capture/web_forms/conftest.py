"""A form that asks for an address, a name, a phone, a country and a company."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from capture.models import Form
from capture.web_forms import marks
from tests.caching import clear_own_cache

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
ASKS = ("email", "first_name", "last_name", "country", "phone", "company", "employees", "job_title")


def new_form(**fields: Any) -> Form:
    now: datetime = fields.pop("now", timezone.now())
    asks = fields.pop("asks", ASKS)
    values = {"name": "Demo request", "title": "Ask for a demo", "created_at": now, "changed_at": now} | fields
    form = Form.objects.create(**values)
    for position, ask in enumerate(asks):
        form.form_fields.create(
            position=position, ask=ask, label=ask.replace("_", " ").capitalize(), is_required=ask == "email"
        )
    return form


@pytest.fixture(autouse=True)
def nobody_has_posted() -> None:
    """What other tests posted counts for none of these."""
    clear_own_cache()


@pytest.fixture
def form(db: None) -> Form:
    return new_form()


@pytest.fixture
def post() -> Callable[..., Any]:
    """`post(form, email=...)`: what a browser sends some seconds after the form was shown."""
    client = Client(headers={"user-agent": BROWSER})

    def send(form: Form, *, seconds: int = 20, **fields: Any) -> Any:
        headers = fields.pop("headers", {})
        client_address = fields.pop("client_address", "192.0.2.7")
        shown_at = timezone.now() - timedelta(seconds=seconds)
        fields.setdefault(marks.NAME, marks.new_mark(form, now=shown_at))
        address = reverse("public_forms:page", args=[form.public_id])
        sent = {name: value for name, value in fields.items() if value is not None}
        return client.post(address, sent, headers=headers, REMOTE_ADDR=client_address)

    return send
