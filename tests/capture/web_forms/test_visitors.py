"""Whose visits they were: the visitor who fills in a form."""

from collections.abc import Callable
from typing import Any

import pytest

from capture.models import Identification, Visitor
from capture.sites.adding import add_site
from leads.models import Lead
from tests.capture.web_forms.conftest import new_form

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]
WHERE = {"_page": "https://www.example.com/demo", "_visitor": "6f2b1c1e-8a54-4b8e-9d63-0e4d3a1b7c55"}


class TestVisitors:
    @pytest.mark.parametrize("is_known", [False, True])
    def test_a_form_that_made_the_lead_proves_it_and_one_of_a_known_lead_claims_it(
        self, is_known: bool, post: Post, make_lead: Callable[..., Lead], now: Any
    ) -> None:
        add_site(name="Shop", origins=["https://www.example.com"], actor=None, now=now)
        if is_known:
            make_lead(email="ada@firm.example.com")
        post(new_form(), email="ada@firm.example.com", **WHERE)
        one = Identification.objects.get()
        assert (one.lead, one.is_verified) == (Lead.objects.get(), not is_known)
        assert one.visitor == Visitor.objects.get()

    def test_a_page_of_no_site_tells_nothing(self, post: Post) -> None:
        post(new_form(), email="ada@firm.example.com", **WHERE)
        assert not Visitor.objects.exists()
