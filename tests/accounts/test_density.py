"""How close the rows of tables stand: each person's own choice."""

import pytest
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db
COMPACT = 'data-density="compact"'


class TestDensity:
    def test_it_stays_for_the_person_on_every_page(self, client: Client, marketer: User, rep: User) -> None:
        client.force_login(marketer)
        assert COMPACT not in client.get("/leads/").content.decode()
        answer = client.post("/density/", {"is_compact": "on", "next": "/leads/?stage=mql"})
        assert (answer.status_code, answer["Location"]) == (302, "/leads/?stage=mql")
        elsewhere = Client()
        elsewhere.force_login(User.objects.get(pk=marketer.pk))
        assert COMPACT in elsewhere.get("/queue/").content.decode()
        elsewhere.force_login(rep)
        assert COMPACT not in elsewhere.get("/queue/").content.decode()
        client.post("/density/", {"next": "/leads/"})
        assert COMPACT not in client.get("/leads/").content.decode()

    @pytest.mark.parametrize("away", ["", "https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
    def test_it_leads_nowhere_else(self, client: Client, marketer: User, away: str) -> None:
        client.force_login(marketer)
        assert client.post("/density/", {"is_compact": "on", "next": away})["Location"] == "/"
