"""What comes of content: from download to customer, and what many take and few become MQLs of."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.content import chains
from leads.content.chains import Chain
from leads.models import Asset, Lead, Machine
from tests.scoring.building import did

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]


@pytest.fixture
def guide() -> Asset:
    return Asset.objects.create(key="LM_Guide_Jan2026", name="The guide", is_gated=True)


def take(asset: Asset, lead: Lead, at: datetime, *, mql_at: datetime | None = None) -> None:
    did(lead, "download", at, asset=asset)
    if mql_at:
        Lead.objects.filter(pk=lead.pk).update(first_mql_at=mql_at, last_mql_at=mql_at, mql_count=1)


class TestChain:
    def test_only_what_came_afterwards_counts(self, guide: Asset, make_lead: MakeLead, now: datetime) -> None:
        hour = timedelta(hours=1)
        before, after, twice, bought, program = (make_lead(email=f"{n}@example.com") for n in range(5))
        take(guide, before, now, mql_at=now - hour)
        take(guide, after, now, mql_at=now + hour)
        take(guide, twice, now - hour, mql_at=now)
        take(guide, twice, now + hour, mql_at=now)
        take(guide, bought, now)
        Lead.objects.filter(pk=bought.pk).update(customer_at=now + hour)
        did(program, "download", now, asset=guide, machine=Machine.SCANNER)
        did(program, "email_clicked", now, asset=guide)
        assert chains.chains() == {guide.pk: Chain(downloads=5, leads=4, mqls=2, customers=1)}
        assert chains.chains(starts_at=now + hour)[guide.pk].downloads == 1

    def test_many_downloads_and_few_mqls_are_marked(
        self, guide: Asset, make_lead: MakeLead, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(chains, "ENOUGH", 6)
        other = Asset.objects.create(key="LM_Other_Jan2026", name="Other", is_gated=True)
        for number in range(6):
            take(guide, make_lead(email=f"g{number}@example.com"), now)
            take(other, make_lead(email=f"o{number}@example.com"), now, mql_at=now if number else None)
        assert {pk: one.is_weak for pk, one in chains.chains().items()} == {guide.pk: True, other.pk: False}
        assert chains.chains()[other.pk].to_mql == pytest.approx(5 / 6)
        monkeypatch.setattr(chains, "ENOUGH", 7)
        assert not any(one.is_weak or one.to_mql for one in chains.chains().values())


def test_the_library_and_the_page_of_the_content_show_it(
    client: Client, marketer: User, guide: Asset, make_lead: MakeLead, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chains, "ENOUGH", 2)
    other = Asset.objects.create(key="LM_Other_Jan2026", name="Other")
    for number in range(8):
        take(guide, make_lead(email=f"g{number}@example.com"), now)
        take(other, make_lead(email=f"o{number}@example.com"), now, mql_at=now)
    client.force_login(marketer)
    for address in (reverse("content:library"), reverse("content:edit", args=[guide.public_id])):
        assert client.get(address).text.count("many downloads, few MQLs") == 1, address
    assert "many downloads" not in client.get(reverse("content:edit", args=[other.public_id])).text
