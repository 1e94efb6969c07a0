"""The list of leads by keys, and the search that suggests."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from accounts.models import User
from leads.models import BulkChange, Lead
from tests.browser.conftest import Visit
from tests.browser.test_pages import expect_sound

pytestmark = pytest.mark.browser
MakeLead = Callable[..., Lead]


@pytest.mark.parametrize("width", [1280, 390])
def test_rows_are_chosen_by_keys_changed_and_changed_back(
    visit: Visit, marketer: User, make_lead: MakeLead, width: int
) -> None:
    for name in ("Ada", "Ben", "Cleo"):
        make_lead(first_name=name)
    page = visit(marketer, "/leads/?sort=name", width=width)
    for key in "jxjx":
        page.keyboard.press(key)
    assert page.locator(".select-row:checked").count() == 2
    expect(page.get_by_text("2 leads are ticked.")).to_be_visible()
    expect_sound(page)
    page.get_by_label("What to do with the leads").select_option("leave_alone")
    page.locator("#choose button").click()
    expect_sound(page)
    page.get_by_role("button", name="Do not contact them").click()
    expect(page.get_by_text("2 leads were changed.")).to_be_visible()
    expect_sound(page)
    assert Lead.objects.filter(do_not_contact=True).count() == 2
    page.get_by_role("button", name="Take all of it back").click()
    expect(page.get_by_text("2 leads are as before again")).to_be_visible()
    assert not Lead.objects.filter(do_not_contact=True).exists()


def test_without_javascript_it_is_the_same(visit: Visit, marketer: User, make_lead: MakeLead) -> None:
    make_lead(first_name="Ada")
    page = visit(marketer, "/leads/", javascript=False)
    page.get_by_label("the 1 lead that matches").check()
    page.get_by_label("What to do with the leads").select_option("leave_alone")
    page.locator("#choose button").click()
    page.get_by_role("button", name="Do not contact them").click()
    assert BulkChange.objects.get().changed == 1


def test_the_search_suggests_and_the_arrows_walk(visit: Visit, marketer: User, make_lead: MakeLead) -> None:
    make_lead(first_name="Ada", last_name="Lovelace", company="Adamas")
    make_lead(first_name="Ben")
    page = visit(marketer, "/leads/")
    page.keyboard.press("/")
    page.keyboard.type("ada")
    first = page.locator("#suggestions a").first
    expect(first).to_have_text("Ada Lovelace Adamas")
    expect_sound(page)
    page.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#suggestions a").nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#search")).to_be_focused()
    expect(page.locator("#suggestions a")).to_have_count(0)
    page.keyboard.type(" l")
    expect(first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Ada Lovelace")
