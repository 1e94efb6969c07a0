from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.models import Channel, Lead, Page
from scoring.models import Rescore


class TestWhatRulesLookAt:
    def test_another_kind_of_page_asks_for_all_scores(
        self, client: Client, marketer: User, make_lead: Callable[..., Lead]
    ) -> None:
        make_lead(landing_page="/offer")
        client.force_login(marketer)
        page = Page.objects.get(key="/offer")
        address = reverse("admin:leads_page_change", args=[page.pk])
        said = {"key": page.key, "title": "The offer", "category": page.category, "funnel_stage": ""}
        client.post(address, said)
        assert not Rescore.objects.exists()
        client.post(address, said | {"category": "pricing"})
        assert Rescore.objects.get().leads == 1

    def test_a_mapped_channel_is_no_longer_to_be_mapped(
        self, client: Client, marketer: User, make_lead: Callable[..., Lead]
    ) -> None:
        make_lead(channel="Google Ads")
        spelling, known = Channel.objects.get(key="google_ads"), Channel.objects.get(key="paid_search")
        client.force_login(marketer)
        said = {"key": spelling.key, "name": spelling.name, "needs_mapping": "on", "counts_as": known.pk}
        client.post(reverse("admin:leads_channel_change", args=[spelling.pk]), said)
        spelling.refresh_from_db()
        assert (spelling.counts_as_id, spelling.needs_mapping) == (known.pk, False)

    def test_a_new_name_can_be_kept_as_a_channel(
        self, client: Client, marketer: User, make_lead: Callable[..., Lead]
    ) -> None:
        make_lead(channel="Trade fair")
        kept = Channel.objects.get(key="trade_fair")
        client.force_login(marketer)
        address = reverse("admin:leads_channel_changelist")
        assert client.get(address).content.decode().count("say what it counts as") == 1
        said = {"action": "keep_as_it_is", "_selected_action": [kept.pk]}
        shown = client.post(address, said, follow=True).content.decode()
        assert "They are channels of their own from now on." in shown
        assert "say what it counts as" not in shown

    @pytest.mark.parametrize("name", ["channel", "page", "asset", "campaign"])
    def test_what_reports_refer_to_is_never_deleted(self, client: Client, administrator: User, name: str) -> None:
        client.force_login(administrator)
        answer = client.get(reverse(f"admin:leads_{name}_changelist"))
        assert b"delete_selected" not in answer.content
