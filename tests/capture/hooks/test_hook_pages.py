"""A marketer names a tool, copies its address, sees what comes, says by that example what is what, and takes it."""

import json
import re
from datetime import datetime
from time import monotonic

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from capture import inbox
from capture.hooks.editing import add_hook
from capture.models import Hook
from leads.models import Activity, Lead
from lib import clock

pytestmark = pytest.mark.django_db
SENT = {"kind": "signup", "who": {"mail": "ada@example.com", "first name": "Ada"}, "list": [{"mail": "bo@example.com"}]}


@pytest.fixture
def page(client: Client, marketer: User) -> Client:
    client.force_login(marketer)
    return client


@pytest.fixture
def hook(marketer: User, now: datetime) -> Hook:
    return add_hook(name="Survey", actor=marketer, now=now)


def send(hook: Hook, message: object = SENT) -> None:
    Client().post(f"/h/{hook.key}", json.dumps(message), "application/json")
    inbox.drain(clock=clock.now, until=monotonic() + 20)


def shown(page: Client, name: str, hook: Hook) -> str:
    return page.get(reverse(f"hooks:{name}", args=[hook.public_id])).content.decode()


def filled_in(html: str) -> dict[str, str]:
    """What a browser would post of the page as it stands."""
    [form] = re.findall(r"<form method=\"post\" class=\"stack-loose\".*?</form>", html, re.DOTALL)
    data = {}
    for tag in re.findall(r"<input[^>]*>", form):
        found = dict(re.findall(r'(name|value)="([^"]*)"', tag))
        if "csrf" not in found.get("name", "csrf"):
            data[found["name"]] = found.get("value", "")
    for name, options in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        data[name] = chosen[1] if chosen else ""
    return data


class TestJourney:
    def test_from_a_name_to_a_lead(self, page: Client) -> None:
        page.post(reverse("hooks:list"), {"name": "Survey"})
        hook = Hook.objects.get()
        assert f"/h/{hook.key}" in shown(page, "detail", hook)
        assert "Waiting for the first message" in shown(page, "live", hook)
        send(hook)
        assert "Say what these messages hold" in shown(page, "live", hook)
        html = shown(page, "mapping", hook)
        assert "guessed" in html
        assert "ada@example.com" not in html
        assert "a…@example.com" in html
        data = filled_in(html)
        places = {value: name.removesuffix("_of") for name, value in data.items() if name.endswith("_of")}
        assert data[places["who.mail"]] == "email"
        # Looking makes nothing, and says what each kind is asked for.
        address = reverse("hooks:mapping", args=[hook.public_id])
        looked = page.post(address, data | {"kind": "kind", "look": "1"}).content.decode()
        assert "Nobody has said yet what this kind of event is." in looked
        data = filled_in(looked)
        assert data["kind_0_of"] == "signup"
        data["kind_0"] = "newsletter_joined"
        looked = page.post(address, data | {"look": "1"}).content.decode()
        assert "a…@example.com" in looked
        assert not Lead.objects.exists()
        page.post(address, data)
        assert not Lead.objects.exists()
        assert "Take the 1 message that waits" in shown(page, "live", hook)
        page.post(reverse("hooks:replay", args=[hook.public_id]))
        activity = Activity.objects.select_related("type", "lead").get()
        assert (activity.type.key, activity.lead.email) == ("newsletter_joined", "ada@example.com")
        assert activity.lead.first_name == "Ada"

    def test_each_entry_of_a_list_is_a_lead(self, page: Client, hook: Hook) -> None:
        send(hook)
        address = reverse("hooks:mapping", args=[hook.public_id])
        data = filled_in(shown(page, "mapping", hook))
        data = filled_in(page.post(address, data | {"each": "list[]", "look": "1"}).content.decode())
        places = {value: name.removesuffix("_of") for name, value in data.items() if name.endswith("_of")}
        data |= {places["list[].mail"]: "email", places["who.mail"]: "", "type": "_lead"}
        assert page.post(address, data).status_code == 302
        page.post(reverse("hooks:replay", args=[hook.public_id]))
        assert Lead.objects.get().email == "bo@example.com"

    def test_without_who_it_is_nothing_is_kept(self, page: Client, hook: Hook) -> None:
        send(hook)
        answer = page.post(reverse("hooks:mapping", args=[hook.public_id]), {"type": "_lead"})
        assert answer.status_code == 422
        assert "Say which value is the e-mail address" in answer.content.decode()
        hook.refresh_from_db()
        assert not hook.is_mapped

    def test_paths_that_were_made_up_do_no_harm(self, page: Client, hook: Hook) -> None:
        send(hook)
        data = {"value_0_of": "a[b", "value_0": "email", "value_1_of": "x" * 500, "value_1": "email", "kind": "[[["}
        data |= {"each": "]]", "value_99_of": "who.mail", "value_99": "external_id"}
        assert page.post(reverse("hooks:mapping", args=[hook.public_id]), data).status_code == 302
        hook.refresh_from_db()
        assert hook.mapping["values"] == {"who.mail": "external_id"}


class TestSettings:
    def test_a_secret_is_asked_for_and_never_shown(self, page: Client, hook: Hook) -> None:
        address = reverse("hooks:settings", args=[hook.public_id])
        fields = {"name": "Survey", "system": "Forms", "proof": "signature", "proof_name": "X-Sig"}
        assert page.post(address, fields).status_code == 422
        assert page.post(address, fields | {"secret": "a long secret"}).status_code == 302
        assert "a long secret" not in page.get(address).content.decode()
        assert page.post(address, fields | {"name": "Renamed"}).status_code == 302
        hook.refresh_from_db()
        assert (hook.name, hook.system, hook.secret) == ("Renamed", "forms", "a long secret")
        assert page.post(address, fields | {"proof": "field", "proof_name": "a[0]"}).status_code == 422
        assert page.post(address, fields | {"proof": "none"}).status_code == 302
        hook.refresh_from_db()
        assert (hook.secret, hook.proof_name) == ("", "")

    def test_pausing_and_removing(self, page: Client, hook: Hook) -> None:
        send(hook)
        page.post(reverse("hooks:pause", args=[hook.public_id]))
        assert "It is paused" in shown(page, "detail", hook)
        page.post(reverse("hooks:pause", args=[hook.public_id]), {"resume": "1"})
        assert "It is paused" not in shown(page, "detail", hook)
        assert "1 message that is kept of it" in shown(page, "remove", hook)
        page.post(reverse("hooks:remove", args=[hook.public_id]))
        assert not Hook.objects.exists()

    def test_one_message_is_shown_without_whose_it_is(self, page: Client, hook: Hook) -> None:
        send(hook)
        [message] = hook.messages.all()
        html = page.get(reverse("hooks:message", args=[hook.public_id, message.pk])).content.decode()
        assert "who.mail" in html
        assert "ada@example.com" not in html
