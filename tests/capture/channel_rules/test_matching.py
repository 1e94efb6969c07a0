"""Which channel a visit comes through, by the rules an installation starts with and by others."""

import pytest

from capture.channel_rules.arrivals import Arrival, arrival, stored_arrival
from capture.channel_rules.matching import channel_of
from capture.models import ChannelRule, KnownSite, TagSpelling
from leads.models import Channel

pytestmark = pytest.mark.django_db
OURS = "https://www.example.com/pricing"


class TestTheRulesItStartsWith:
    @pytest.mark.parametrize(
        ("query", "referrer", "channel"),
        [
            ("", "", "direct"),
            ("", "https://www.google.com/", "organic_search"),
            ("", "https://www.google.co.uk/", "organic_search"),
            ("", "https://duckduckgo.com/?q=x", "organic_search"),
            ("", "https://mail.google.com/", "email"),
            ("", "https://gemini.google.com/app", "ai_assistants"),
            ("", "https://chatgpt.com/", "ai_assistants"),
            ("", "https://www.perplexity.ai/search", "ai_assistants"),
            ("", "https://copilot.microsoft.com/", "ai_assistants"),
            ("", "https://claude.ai/chat/1", "ai_assistants"),
            ("utm_source=chatgpt.com", "", "ai_assistants"),
            ("", "https://l.facebook.com/", "organic_social"),
            ("", "https://lnkd.in/abc", "organic_social"),
            ("", "https://google.evil.example/", "referral"),
            ("", "https://notgoogle.com/", "referral"),
            ("", "https://blog.partner.example/post", "referral"),
            ("gclid=abc", "https://www.google.com/", "paid_search"),
            ("msclkid=1", "", "paid_search"),
            ("fbclid=abc", "https://l.facebook.com/", "organic_social"),
            ("li_fat_id=1", "https://www.linkedin.com/", "paid_social"),
            ("utm_source=google&utm_medium=cpc", "", "paid_search"),
            ("utm_source=LinkedIn&utm_medium=CPC", "", "paid_social"),
            ("utm_source=linkedin.com&utm_medium=paid", "", "paid_social"),
            ("utm_source=news&utm_medium=E-Mail", "https://www.google.com/", "email"),
            ("utm_source=Newsletter", "", "email"),
            ("utm_source=linkedin&utm_medium=social", "", "organic_social"),
            ("utm_medium=display&utm_source=dv360", "", "display"),
            ("utm_source=acme&utm_medium=affiliate", "", "partner"),
            ("utm_source=somebody&utm_medium=something", "", ""),
        ],
    )
    def test_a_visit_comes_through(self, query: str, referrer: str, channel: str) -> None:
        assert channel_of(arrival(address=f"{OURS}?{query}", referrer=referrer)) == channel

    def test_our_own_mail_goes_before_what_the_browser_says(self) -> None:
        mail = arrival(address=OURS, referrer="https://mail.google.com/", is_own_mail=True)
        assert channel_of(mail) == "email"

    def test_a_step_within_the_site_is_no_arrival(self) -> None:
        assert arrival(address=OURS, referrer="https://example.com/") is None
        assert channel_of(None) == ""

    def test_a_tag_within_the_site_is_one(self) -> None:
        tagged = arrival(address=f"{OURS}?utm_source=newsletter", referrer="https://example.com/")
        assert tagged == Arrival(source="newsletter")

    def test_what_the_context_says_goes_before_the_address(self) -> None:
        said_so = arrival(address=f"{OURS}?utm_source=a&utm_medium=b", campaign={"source": "google", "medium": "cpc"})
        assert channel_of(said_so) == "paid_search"


class TestOddInput:
    @pytest.mark.parametrize("address", ["", "no address", "https://[broken", "//", "https://x/?" + "a&" * 500])
    def test_what_is_no_address_is_a_direct_visit_at_worst(self, address: str) -> None:
        assert channel_of(arrival(address=address, referrer=address)) in ("direct", "referral", "")

    @pytest.mark.parametrize("value", [None, 5, [], {"source": 5, "click_ids": "gclid", "referrer": None}])
    def test_what_is_no_arrival_says_nothing(self, value: object) -> None:
        assert stored_arrival(value) == Arrival()

    def test_an_arrival_is_the_same_when_it_was_stored(self) -> None:
        one = arrival(address=f"{OURS}?utm_source=A&utm_campaign=May&gclid=secret", referrer="https://www.google.com/x")
        assert one is not None
        assert one.stored() == {
            "source": "A",
            "campaign": "May",
            "click_ids": ["gclid"],
            "referrer": "google.com",
        }
        assert stored_arrival(one.stored()) == one


class TestOtherRules:
    def test_the_first_rule_that_holds_counts_and_each_asks_all_of_its_parts(self) -> None:
        ChannelRule.objects.create(
            position=0,
            name="The fair",
            channel=Channel.objects.get(key="event"),
            sources=["hannover"],
            hosts=["fair.example"],
        )
        both = arrival(address=f"{OURS}?utm_source=Hannover", referrer="https://tickets.fair.example/")
        assert channel_of(both) == "event"
        assert channel_of(arrival(address=f"{OURS}?utm_source=Hannover")) == ""
        ChannelRule.objects.filter(position=0).update(is_enabled=False)
        assert channel_of(both) == "referral"

    def test_a_site_one_adds_is_known_at_once(self) -> None:
        KnownSite.objects.create(host="frage.example", name="Frage", kind="ai")
        assert channel_of(arrival(address=OURS, referrer="https://www.frage.example/")) == "ai_assistants"
        assert channel_of(arrival(address=f"{OURS}?utm_source=FRAGE")) == "ai_assistants"

    def test_a_spelling_counts_as_another(self) -> None:
        misspelt = arrival(address=f"{OURS}?utm_source=Linked-In&utm_medium=cpc")
        assert channel_of(misspelt) == ""
        TagSpelling.objects.create(tag="source", spelling="linked_in", counts_as="linkedin")
        assert channel_of(misspelt) == "paid_social"
