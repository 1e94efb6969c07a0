"""The baton passes once, in a browser: import, score, accept, report; with and without JavaScript."""

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from capture.models import ImportBatch
from capture.tasks import run_import
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.models import Lead
from tests.browser.conftest import Visit
from tests.handoff.promoting import drain_and_promote

pytestmark = pytest.mark.browser

CSV = (
    "Email,First Name,Last Name,Job Title,Company,Employees,Source\r\n"
    "ada@example.com,Ada,Lovelace,Founder,Analytical Engines,120,Organic Search\r\n"
    "bob@example.com,Bob,Byte,Clerk,Byte Ltd,5,Organic Search\r\n"
    "no address,Nobody,,,,,\r\n"
)


def import_leads(page: Page, folder: Path) -> None:
    file = folder / "leads.csv"
    file.write_text(CSV)
    page.goto("/leads/imports/new/")
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="Upload and look at it").click()
    page.get_by_role("button", name="See what will happen").click()  # the columns were guessed from the header
    expect(page.locator("main")).to_contain_text("e-mail address")
    expect(page.locator("main")).to_contain_text("0 leads would come to qualify for sales.")
    expect(page.get_by_label("They wait for their turn")).to_be_checked()
    page.get_by_label("They go to sales at once").check()
    page.get_by_role("button", name="Import 2 rows").click()
    page.wait_for_url("**/imports/*-*/")
    run_import(ImportBatch.objects.get().pk)  # what the worker does
    page.reload()
    expect(page.locator("main")).to_contain_text("They go to sales at once, all of them")


class TestTheBatonPasses:
    @pytest.mark.parametrize("javascript", [True, False])
    def test_import_score_accept_report(
        self, visit: Visit, marketer: User, rep: User, tmp_path: Path, javascript: bool
    ) -> None:
        page = visit(marketer, "/leads/", javascript=javascript)
        import_leads(page, tmp_path)
        batch = ImportBatch.objects.get()
        assert (batch.state, batch.rows, batch.created, batch.rejected) == ("done", 3, 2, 1)
        expect(page.locator("main")).to_contain_text("e-mail address")

        now = timezone.now()
        looked = ActivityInput(
            message_id="1", type="page_view", page="/pricing", lead=LeadInput(email="ada@example.com"), occurred_at=now
        )
        take_activities([looked], agent=Agent(name="website"), source="website", now=now)
        drain_and_promote(now=now)  # what the worker does within seconds
        ada = Lead.objects.get(email="ada@example.com")
        assert (ada.stage, ada.status, ada.owner_id) == ("mql", "awaiting_sales", rep.pk)

        page = visit(rep, "/queue/", javascript=javascript)
        page.get_by_role("link", name="Ada Lovelace").first.click()
        page.wait_for_url("**/queue/**-**/")
        expect(page.locator("main")).to_contain_text("35")
        page.get_by_role("button", name="Accept lead").first.click()
        expect(page.locator("main")).to_contain_text("Qualify")
        ada.refresh_from_db()
        assert (ada.stage, ada.status) == ("sal", "working")

        page = visit(marketer, "/reports/", javascript=javascript)
        row = page.get_by_role("row").filter(has_text="Organic search").first
        expect(row).to_contain_text("2")
        page.goto(f"/leads/{ada.public_id}/")
        expect(page.locator("main")).to_contain_text("Sales accepted the lead")
        if javascript:
            expect(page.locator("#score-panel")).to_contain_text("Visited the pricing page")

    @pytest.mark.parametrize("javascript", [True, False])
    def test_a_rejection_needs_its_reason(self, visit: Visit, rep: User, marketer: User, javascript: bool) -> None:
        now = timezone.now()
        founder = LeadInput(email="ada@example.com", first_name="Ada", job_title="Founder", company="A", employees=99)
        looked = ActivityInput(message_id="1", type="page_view", page="/pricing", lead=founder, occurred_at=now)
        take_activities([looked], agent=Agent(name="website"), source="website", now=now)
        drain_and_promote(now=now)
        page = visit(rep, "/queue/", javascript=javascript)
        page.get_by_role("link", name="Ada").first.click()
        page.wait_for_url("**/queue/**-**/")
        page.locator("a, button, summary").filter(has_text="Reject").first.click()
        page.get_by_label("Not enough engagement").first.check()
        with page.expect_response(lambda response: response.request.method == "POST"):
            page.get_by_role("button", name="Reject").last.click()
        lead = Lead.objects.get()
        assert (lead.stage, lead.status, lead.recycle_count) == ("lead", "recycled", 1)
