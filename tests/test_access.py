"""Who may do what: every address of the product by every persona. An address that is not here fails the build."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.keys import issue
from accounts.models import User
from capture.hooks.editing import add_hook
from capture.models import ChannelRule, ImportBatch
from capture.sites.adding import add_site
from handoff.models import Handoff, RoutingRule
from leads.bulk import changing
from leads.correcting.companies import correct_company
from leads.correcting.leads import correct
from leads.events import Agent
from leads.exporting import background
from leads.exporting.lists import listed
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.lead_tasks import writing
from leads.lead_tasks.writing import Plan
from leads.listing import saved_views
from leads.models import Asset, Company, Lead
from leads.models.bulk_change import Doing
from nurture.segments.editing import make_segment
from reporting.reports import REPORTS
from scoring.criteria.publication import draft_from
from scoring.models import Criteria
from tests.capture.web_forms.conftest import new_form
from tests.handoff.promoting import drain_and_promote
from tests.leads.custom_fields.building import make_field
from tests.nurture.mailing import approved
from tests.nurture.sequences import draft as sequence_draft
from tests.nurture.sequences import tell

pytestmark = pytest.mark.django_db

PERSONAS: Final = ("nobody", "marketer", "rep", "other_rep", "manager", "administrator")
IN, NO, GONE = 200, 403, 404  # shown, forbidden, not visible at all
DOOR = 302  # sent elsewhere: to the sign-in page, or to where the work goes on

# GET: address name, what it is about, and the answer to nobody, marketer, rep, other rep, manager, administrator.
# The lead was passed to "rep"; the import is the marketer's.
PAGES: Final[tuple[tuple[str, str, tuple[int, ...]], ...]] = (
    ("livez", "", (IN, IN, IN, IN, IN, IN)),
    ("readyz", "", (IN, IN, IN, IN, IN, IN)),
    ("schema", "", (IN, IN, IN, IN, IN, IN)),
    ("home", "", (DOOR, IN, IN, IN, IN, IN)),
    ("density", "", (405, 405, 405, 405, 405, 405)),
    ("first_steps:hide", "", (405, 405, 405, 405, 405, 405)),
    ("first_steps:show", "", (405, 405, 405, 405, 405, 405)),
    ("first_steps:leave_out", "list", (405, 405, 405, 405, 405, 405)),
    ("first_steps:take_up", "list", (405, 405, 405, 405, 405, 405)),
    ("demo:load", "", (DOOR, NO, NO, NO, NO, IN)),
    ("demo:remove", "", (DOOR, NO, NO, NO, NO, IN)),
    ("demo:state", "", (DOOR, NO, NO, NO, NO, IN)),
    ("demonstration", "", (DOOR, IN, IN, IN, IN, IN)),
    ("help:index", "", (DOOR, IN, IN, IN, IN, IN)),
    ("help:glossary", "", (DOOR, IN, IN, IN, IN, IN)),
    ("help:document", "document", (DOOR, IN, IN, IN, IN, IN)),
    ("leads:list", "", (DOOR, IN, IN, IN, IN, IN)),
    ("exports:list", "", (DOOR, IN, IN, IN, IN, IN)),
    ("exports:export", "list", (405, 405, 405, 405, 405, 405)),
    ("exports:detail", "export", (DOOR, IN, GONE, GONE, GONE, GONE)),
    ("exports:download", "export", (DOOR, GONE, GONE, GONE, GONE, GONE)),
    ("leads:columns", "", (405, 405, 405, 405, 405, 405)),
    ("leads:new", "", (DOOR, IN, NO, NO, IN, IN)),
    ("leads:suggest", "", (405, 405, 405, 405, 405, 405)),
    ("leads:bulk_choose", "", (405, 405, 405, 405, 405, 405)),
    ("leads:bulk", "choice", (DOOR, IN, GONE, GONE, GONE, GONE)),
    ("leads:bulk_do", "choice", (405, 405, 405, 405, 405, 405)),
    ("leads:bulk_undo", "choice", (405, 405, 405, 405, 405, 405)),
    ("leads:view_new", "", (DOOR, IN, IN, IN, IN, IN)),
    ("leads:view_counts", "", (DOOR, IN, IN, IN, IN, IN)),
    ("leads:view_change", "shared view", (DOOR, IN, NO, NO, NO, IN)),
    ("leads:view_change", "own view", (DOOR, IN, GONE, GONE, GONE, GONE)),
    ("leads:view_delete", "shared view", (DOOR, IN, NO, NO, NO, IN)),
    ("leads:view_delete", "own view", (DOOR, IN, GONE, GONE, GONE, GONE)),
    ("leads:view_take", "own view", (405, 405, 405, 405, 405, 405)),
    ("leads:detail", "lead", (DOOR, IN, IN, GONE, IN, IN)),
    ("leads:note", "lead", (DOOR, IN, IN, GONE, IN, IN)),
    ("leads:task_new", "lead", (DOOR, IN, IN, GONE, IN, IN)),
    ("leads:task_edit", "lead and task", (DOOR, IN, IN, GONE, IN, IN)),
    ("leads:task_act", "lead, task and action", (405, 405, 405, 405, 405, 405)),
    ("leads:task_put_off", "lead, task and action", (405, 405, 405, 405, 405, 405)),
    ("tasks:list", "", (DOOR, IN, IN, IN, IN, IN)),
    ("tasks:count", "", (DOOR, IN, IN, IN, IN, IN)),
    ("leads:leave_alone", "lead", (DOOR, IN, IN, GONE, IN, IN)),
    ("leads:merge_with", "lead", (DOOR, IN, NO, NO, IN, IN)),
    ("leads:news", "lead", (DOOR, IN, IN, GONE, IN, IN)),
    ("leads:edit", "lead", (DOOR, IN, IN, GONE, IN, IN)),
    ("content:library", "", (DOOR, IN, NO, NO, IN, IN)),
    ("content:new", "", (DOOR, IN, NO, NO, NO, IN)),
    ("content:audit", "", (DOOR, IN, NO, NO, NO, IN)),
    ("content:edit", "asset", (DOOR, IN, NO, NO, NO, IN)),
    ("content:archive", "asset", (405, 405, 405, 405, 405, 405)),
    ("resources", "", (IN, IN, IN, IN, IN, IN)),
    ("privacy:retention", "", (DOOR, IN, NO, NO, NO, IN)),
    ("privacy:policy", "policy", (DOOR, IN, NO, NO, NO, IN)),
    ("privacy:records", "", (DOOR, IN, NO, NO, NO, IN)),
    ("privacy:suppressed", "", (DOOR, NO, NO, NO, NO, IN)),
    ("leads:privacy", "lead", (DOOR, IN, NO, NO, NO, IN)),
    ("leads:copy", "lead", (405, 405, 405, 405, 405, 405)),
    ("leads:ask_address", "lead", (405, 405, 405, 405, 405, 405)),
    ("leads:consent", "lead", (DOOR, IN, IN, GONE, IN, IN)),
    ("leads:outcome", "lead and outcome", (DOOR, IN, IN, GONE, IN, IN)),
    ("leads:duplicates", "", (DOOR, IN, NO, NO, IN, IN)),
    ("leads:merge_certain", "", (DOOR, IN, NO, NO, IN, IN)),
    ("leads:company_duplicates", "", (DOOR, IN, NO, NO, IN, IN)),
    ("leads:company_merge_certain", "", (DOOR, IN, NO, NO, IN, IN)),
    ("leads:undo_correction", "lead and correction", (DOOR, IN, IN, GONE, IN, IN)),
    ("companies:list", "", (DOOR, IN, IN, IN, IN, IN)),
    ("companies:detail", "company", (DOOR, IN, IN, GONE, IN, IN)),
    ("companies:edit", "company", (DOOR, IN, IN, GONE, IN, IN)),
    ("companies:undo_correction", "company and change", (DOOR, IN, IN, GONE, IN, IN)),
    ("leads:log", "lead", (DOOR, IN, IN, GONE, IN, IN)),
    ("capture:import_list", "", (DOOR, IN, NO, NO, NO, IN)),
    ("capture:import_new", "", (DOOR, IN, NO, NO, NO, IN)),
    ("capture:import_detail", "import", (DOOR, IN, NO, NO, NO, IN)),
    ("capture:import_columns", "import", (DOOR, DOOR, NO, NO, NO, DOOR)),
    ("capture:import_read", "import", (405, 405, 405, 405, 405, 405)),
    ("capture:import_preview", "import", (DOOR, DOOR, NO, NO, NO, DOOR)),
    ("capture:import_run", "import", (405, 405, 405, 405, 405, 405)),
    ("capture:import_undo", "import", (DOOR, IN, NO, NO, NO, IN)),
    ("capture:import_discard", "import", (405, 405, 405, 405, 405, 405)),
    ("connect:list", "", (DOOR, IN, NO, NO, NO, IN)),
    ("connect:detail", "site", (DOOR, IN, NO, NO, NO, IN)),
    ("connect:settings", "site", (DOOR, IN, NO, NO, NO, IN)),
    ("connect:server_key", "site", (405, 405, 405, 405, 405, 405)),
    ("connect:live", "site", (DOOR, IN, NO, NO, NO, IN)),
    ("connect:events", "site", (DOOR, IN, NO, NO, NO, IN)),
    ("connect:event_replay", "site", (405, 405, 405, 405, 405, 405)),
    ("connect:event_remove", "line", (405, 405, 405, 405, 405, 405)),
    ("connect:pages", "", (DOOR, IN, NO, NO, NO, IN)),
    ("connect:pages_sort", "", (405, 405, 405, 405, 405, 405)),
    ("connect:page_rule_up", "absence", (405, 405, 405, 405, 405, 405)),
    ("connect:page_rule_remove", "absence", (405, 405, 405, 405, 405, 405)),
    ("connect:candidates", "", (DOOR, IN, NO, NO, NO, IN)),
    ("connect:candidate_decide", "absence", (405, 405, 405, 405, 405, 405)),
    ("hooks:list", "", (DOOR, IN, NO, NO, NO, IN)),
    ("hooks:detail", "hook", (DOOR, IN, NO, NO, NO, IN)),
    ("hooks:live", "hook", (DOOR, IN, NO, NO, NO, IN)),
    ("hooks:mapping", "hook", (DOOR, IN, NO, NO, NO, IN)),
    ("hooks:message", "hook message", (DOOR, IN, NO, NO, NO, IN)),
    ("hooks:settings", "hook", (DOOR, IN, NO, NO, NO, IN)),
    ("hooks:remove", "hook", (DOOR, IN, NO, NO, NO, IN)),
    ("hooks:replay", "hook", (405, 405, 405, 405, 405, 405)),
    ("hooks:pause", "hook", (405, 405, 405, 405, 405, 405)),
    ("tracking:collect", "site", (405, 405, 405, 405, 405, 405)),
    ("forms:list", "", (DOOR, IN, NO, NO, NO, IN)),
    ("forms:new", "", (DOOR, IN, NO, NO, NO, IN)),
    ("forms:questions", "form", (DOOR, IN, NO, NO, NO, IN)),
    ("forms:settings", "form", (DOOR, IN, NO, NO, NO, IN)),
    ("forms:website", "form", (DOOR, IN, NO, NO, NO, IN)),
    ("forms:submissions", "form", (DOOR, IN, NO, NO, NO, IN)),
    ("forms:archive", "form", (DOOR, IN, NO, NO, NO, IN)),
    ("forms:question", "question", (DOOR, IN, NO, NO, NO, IN)),
    ("forms:submission", "submission", (DOOR, IN, NO, NO, NO, IN)),
    ("forms:order", "form", (405, 405, 405, 405, 405, 405)),
    ("forms:duplicate", "form", (405, 405, 405, 405, 405, 405)),
    ("forms:reopen", "form", (405, 405, 405, 405, 405, 405)),
    ("forms:move", "question", (405, 405, 405, 405, 405, 405)),
    ("forms:remove", "question", (405, 405, 405, 405, 405, 405)),
    ("forms:take", "submission", (405, 405, 405, 405, 405, 405)),
    ("tracking:script", "site", (200, 200, 200, 200, 200, 200)),
    ("channels:list", "", (DOOR, IN, NO, NO, NO, IN)),
    ("channels:new", "", (DOOR, IN, NO, NO, NO, IN)),
    ("channels:change", "rule", (DOOR, IN, NO, NO, NO, IN)),
    ("channels:up", "rule", (405, 405, 405, 405, 405, 405)),
    ("channels:recount", "", (DOOR, IN, NO, NO, NO, IN)),
    ("channels:recount_try", "", (405, 405, 405, 405, 405, 405)),
    ("channels:recount_start", "", (405, 405, 405, 405, 405, 405)),
    ("channels:spelling", "", (405, 405, 405, 405, 405, 405)),
    ("custom_fields:list", "", (DOOR, IN, NO, NO, NO, IN)),
    ("custom_fields:new", "", (DOOR, IN, NO, NO, NO, IN)),
    ("custom_fields:change", "field", (DOOR, IN, NO, NO, NO, IN)),
    ("custom_fields:retire", "field", (405, 405, 405, 405, 405, 405)),
    ("custom_fields:up", "field", (405, 405, 405, 405, 405, 405)),
    ("scoring:agreement", "", (DOOR, IN, IN, IN, IN, IN)),
    ("scoring:progress", "", (DOOR, IN, IN, IN, IN, IN)),
    ("scoring:start", "", (DOOR, IN, NO, NO, NO, IN)),
    ("scoring:what_if", "", (DOOR, IN, NO, NO, IN, IN)),
    ("scoring:version_what_if", "draft", (DOOR, IN, NO, NO, IN, IN)),
    ("scoring:version", "criteria", (DOOR, IN, IN, IN, IN, IN)),
    ("scoring:settings", "draft", (DOOR, IN, NO, NO, NO, IN)),
    ("scoring:margin", "draft", (DOOR, IN, NO, NO, NO, IN)),
    ("scoring:meaning", "draft", (DOOR, IN, NO, NO, IN, IN)),
    ("scoring:rule", "draft and rule", (DOOR, IN, NO, NO, NO, IN)),
    ("scoring:new_rule", "draft and kind", (DOOR, IN, NO, NO, NO, IN)),
    ("scoring:new_bar", "draft", (DOOR, IN, NO, NO, NO, IN)),
    ("scoring:suggested", "draft and page", (DOOR, IN, NO, NO, NO, IN)),
    ("scoring:arrange", "draft and rule", (405, 405, 405, 405, 405, 405)),
    ("scoring:undo", "draft", (405, 405, 405, 405, 405, 405)),
    ("scoring:matching", "draft and kind", (405, 405, 405, 405, 405, 405)),
    ("scoring:backtest", "criteria", (DOOR, IN, NO, NO, IN, IN)),
    ("scoring:advice", "", (DOOR, IN, NO, NO, IN, IN)),
    ("scoring:difference", "two criteria", (DOOR, IN, IN, IN, IN, IN)),
    ("scoring:compare", "", (DOOR, DOOR, DOOR, DOOR, DOOR, DOOR)),
    ("scoring:panel", "lead", (DOOR, IN, IN, GONE, IN, IN)),
    ("machines:of_lead", "lead", (DOOR, IN, IN, GONE, IN, IN)),
    ("touches:of_lead", "lead", (DOOR, IN, IN, GONE, IN, IN)),
    ("forms:of_lead", "lead", (DOOR, IN, IN, GONE, IN, IN)),
    ("forms:link", "lead", (DOOR, IN, NO, NO, NO, IN)),
    ("machines:by_person", "lead", (405, 405, 405, 405, 405, 405)),
    ("scoring:by_hand", "lead", (DOOR, IN, NO, GONE, NO, IN)),
    ("scoring:take_back", "lead", (405, 405, 405, 405, 405, 405)),
    ("standstill:overview", "", (DOOR, NO, NO, NO, NO, IN)),
    ("standstill:off", "switch", (DOOR, NO, NO, NO, NO, IN)),
    ("standstill:on", "switch", (DOOR, NO, NO, NO, NO, DOOR)),
    ("keys:list", "", (DOOR, NO, NO, NO, NO, IN)),
    ("keys:revoke", "key", (DOOR, NO, NO, NO, NO, IN)),
    ("people:list", "", (DOOR, NO, NO, NO, NO, IN)),
    ("people:invite", "", (DOOR, NO, NO, NO, NO, IN)),
    ("people:person", "person", (DOOR, NO, NO, NO, NO, IN)),
    ("people:leave", "person", (DOOR, NO, NO, NO, NO, IN)),
    ("people:again", "person", (405, 405, 405, 405, 405, 405)),
    ("people:revoke", "person", (405, 405, 405, 405, 405, 405)),
    ("handoff:queue", "", (DOOR, IN, IN, IN, IN, IN)),
    ("handoff:queue_count", "", (DOOR, IN, IN, IN, IN, IN)),
    ("handoff:capacity", "", (DOOR, IN, NO, NO, IN, IN)),
    ("handoff:backlog", "", (DOOR, IN, NO, NO, IN, IN)),
    ("handoff:review", "", (DOOR, IN, NO, NO, IN, IN)),
    ("handoff:review_count", "", (DOOR, IN, NO, NO, IN, IN)),
    ("handoff:approve", "handoff", (DOOR, DOOR, NO, GONE, DOOR, DOOR)),
    ("handoff:withdraw", "handoff", (DOOR, IN, NO, GONE, IN, IN)),
    ("handoff:backlog_note", "", (DOOR, IN, NO, NO, IN, IN)),
    ("handoff:team", "", (DOOR, NO, NO, NO, IN, IN)),
    ("handoff:team_person", "person", (DOOR, NO, NO, NO, IN, IN)),
    ("handoff:reassign", "", (DOOR, NO, NO, NO, IN, NO)),
    ("handoff:give_many", "choice", (DOOR, NO, NO, NO, GONE, NO)),
    ("handoff:absences", "", (DOOR, NO, IN, IN, IN, IN)),
    ("handoff:absence_end", "absence", (405, 405, 405, 405, 405, 405)),
    ("handoff:dry_run", "", (DOOR, IN, NO, NO, IN, IN)),
    ("handoff:rules", "", (DOOR, IN, NO, NO, IN, IN)),
    ("handoff:rule_new", "", (DOOR, NO, NO, NO, IN, IN)),
    ("handoff:rule", "routing rule", (DOOR, NO, NO, NO, IN, IN)),
    ("handoff:rule_remove", "routing rule", (DOOR, NO, NO, NO, IN, IN)),
    ("handoff:rule_move", "absence", (405, 405, 405, 405, 405, 405)),
    ("handoff:deadlines", "", (DOOR, NO, NO, NO, IN, IN)),
    ("handoff:goal", "", (DOOR, IN, NO, NO, NO, IN)),
    ("handoff:office_hours", "", (DOOR, NO, NO, NO, IN, IN)),
    ("handoff:hold", "", (DOOR, IN, NO, NO, IN, IN)),
    ("handoff:hold_note", "", (DOOR, IN, NO, NO, IN, IN)),
    ("handoff:promises", "", (DOOR, IN, NO, NO, IN, IN)),
    ("handoff:take_back", "handoff", (DOOR, NO, NO, GONE, DOOR, NO)),
    ("handoff:panel", "lead", (DOOR, IN, IN, GONE, IN, IN)),
    ("handoff:detail", "handoff", (DOOR, IN, IN, GONE, IN, IN)),
    ("handoff:accept", "handoff", (DOOR, NO, DOOR, GONE, DOOR, NO)),
    ("handoff:reject", "handoff", (DOOR, NO, IN, GONE, IN, NO)),
    ("mails:list", "", (DOOR, IN, NO, NO, IN, IN)),
    ("mails:new", "", (DOOR, IN, NO, NO, NO, IN)),
    ("mails:detail", "mail", (DOOR, IN, NO, NO, IN, IN)),
    ("mails:write", "mail", (DOOR, IN, NO, NO, NO, IN)),
    ("mails:preview", "mail", (DOOR, IN, NO, NO, IN, IN)),
    ("mails:page", "mail", (DOOR, IN, NO, NO, IN, IN)),
    ("mails:approve", "mail", (405, 405, 405, 405, 405, 405)),
    ("mails:test", "mail", (405, 405, 405, 405, 405, 405)),
    ("nurture:list", "", (DOOR, IN, IN, IN, IN, IN)),
    ("nurture:new", "", (DOOR, IN, NO, NO, NO, IN)),
    ("nurture:list_new", "", (DOOR, IN, NO, NO, NO, IN)),
    ("nurture:add", "choice", (DOOR, IN, NO, NO, NO, GONE)),
    ("nurture:take_off", "choice", (DOOR, IN, NO, NO, NO, GONE)),
    ("nurture:detail", "segment", (DOOR, IN, IN, IN, IN, IN)),
    ("nurture:change", "segment", (DOOR, IN, NO, NO, NO, IN)),
    ("nurture:delete", "segment", (DOOR, IN, NO, NO, NO, IN)),
    ("nurture:build", "segment", (405, 405, 405, 405, 405, 405)),
    ("sequences:list", "", (DOOR, IN, IN, IN, IN, IN)),
    ("sequences:new", "", (DOOR, IN, NO, NO, NO, IN)),
    ("sequences:enrol", "lead", (405, 405, 405, 405, 405, 405)),
    ("sequences:take_out", "sequence", (405, 405, 405, 405, 405, 405)),
    ("sequences:enrol_many", "choice", (DOOR, DOOR, NO, NO, NO, GONE)),
    ("sequences:detail", "sequence", (DOOR, IN, IN, IN, IN, IN)),
    ("sequences:enrolments", "sequence", (DOOR, IN, IN, IN, IN, IN)),
    ("sequences:change", "sequence", (DOOR, IN, NO, NO, NO, IN)),
    ("sequences:goal", "sequence", (DOOR, IN, NO, NO, NO, IN)),
    ("sequences:exit", "sequence", (DOOR, IN, NO, NO, NO, IN)),
    ("sequences:steps", "sequence", (DOOR, IN, NO, NO, NO, IN)),
    ("sequences:step_add", "sequence", (DOOR, IN, NO, NO, NO, IN)),
    ("sequences:step_change", "sequence and step", (DOOR, IN, NO, NO, NO, IN)),
    ("sequences:step_move", "sequence and step", (405, 405, 405, 405, 405, 405)),
    ("sequences:start", "sequence", (DOOR, IN, NO, NO, NO, IN)),
    ("sequences:halt", "sequence", (405, 405, 405, 405, 405, 405)),
    ("sequences:go_on", "sequence", (405, 405, 405, 405, 405, 405)),
    ("sequences:stop", "sequence", (DOOR, IN, NO, NO, NO, IN)),
    ("notices:list", "", (DOOR, IN, IN, IN, IN, IN)),
    ("notices:count", "", (DOOR, IN, IN, IN, IN, IN)),
    ("notices:settings", "", (DOOR, IN, IN, IN, IN, IN)),
    ("notices:read_all", "", (405, 405, 405, 405, 405, 405)),
    ("notices:mail_test", "", (405, 405, 405, 405, 405, 405)),
    ("notices:webhook", "", (405, 405, 405, 405, 405, 405)),
    ("notices:webhook_test", "", (405, 405, 405, 405, 405, 405)),
    ("notices:webhook_remove", "", (405, 405, 405, 405, 405, 405)),
    ("notices:seen", "handoff", (405, 405, 405, 405, 405, 405)),
    *((f"reporting:{key}", "", (DOOR, IN, NO, NO, IN, IN)) for key in REPORTS),
    ("reporting:machines_list", "", (DOOR, IN, NO, NO, IN, IN)),
    ("reporting:review", "", (DOOR, IN, NO, NO, IN, IN)),
    ("reporting:review_note", "", (DOOR, IN, NO, NO, IN, IN)),
    ("reporting:review_count", "", (DOOR, IN, NO, NO, IN, IN)),
)
# Addresses that answer to something else than a plain GET of one object, with the test that holds them.
ELSEWHERE: Final = {
    "setup": "tests/accounts/test_setup.py",
    "invitation": "tests/handoff/people/test_people.py",
    "hook": "tests/capture/hooks/test_receiving.py",
    "resource": "tests/capture/library/test_library.py",
    "delivery": "tests/capture/library/test_library.py",
    "mail_click": "tests/nurture/test_mail_clicks.py",
    "confirm_address": "tests/leads/correcting/test_addresses.py",
    "preferences": "tests/leads/consent/test_preferences.py",
    "leads:duplicate": "tests/leads/merging/test_duplicate_pages.py",
    "leads:company_duplicate": "tests/leads/merging/test_companies.py",
    "leads:company_not_the_same": "tests/leads/merging/test_companies.py",
    "leads:company_undo_merge": "tests/leads/merging/test_companies.py",
    "leads:not_the_same": "tests/leads/merging/test_duplicate_pages.py",
    "leads:undo_merge": "tests/leads/merging/test_duplicate_pages.py",
    "leads:take_back": "tests/leads/test_by_hand.py",
    "scoring:bar": "tests/scoring/criteria/test_editor.py",
    "scoring:remove_bar": "tests/scoring/criteria/test_editor.py",
    "scoring:say": "tests/scoring/criteria/test_comments.py",
    "scoring:step": "tests/scoring/criteria/test_criteria_pages.py",
    "scoring:analysis": "tests/scoring/analysis/test_analyses.py",
    "scoring:advice_draft": "tests/scoring/advice/test_advice_pages.py",
    "reporting:chart": "tests/reporting/test_pages.py",
    "reporting:csv": "tests/reporting/test_reports.py",
    "reporting:past_review": "tests/reporting/review/test_pages.py",
    "reporting:review_draft": "tests/reporting/review/test_pages.py",
    "handoff:contact": "tests/handoff/pages/test_contact_pages.py",
    "handoff:qualify": "tests/handoff/pages/test_decide_pages.py",
    "notices:open": "tests/outbox/test_notice_pages.py",
    "handoff:accept_and_qualify": "tests/handoff/pages/test_decide_pages.py",
    "handoff:recycle": "tests/handoff/pages/test_decide_pages.py",
    "handoff:disqualify": "tests/handoff/pages/test_decide_pages.py",
    "handoff:backlog_more": "tests/handoff/promotion/test_backlog_pages.py",
    "public_forms:page": "tests/capture/web_forms/test_submitting.py",
    "public_forms:confirm": "tests/capture/web_forms/test_confirming.py",
    "public_forms:embed": "tests/capture/web_forms/test_embedding.py",
    "public_forms:questions": "tests/capture/web_forms/test_embedding.py",
    "public_forms:thanks": "tests/capture/web_forms/test_submitting.py",
    "segment:receive": "tests/capture/segment/test_endpoints.py",
    "capture_api:activities": "tests/capture/test_api.py",
    "capture_api:leads": "tests/capture/test_api.py",
    "leads_api:lead": "tests/capture/test_api.py",
    "nurture_api:segments": "tests/nurture/test_pages.py",
    "nurture_api:segment": "tests/nurture/test_pages.py",
    "nurture_api:sequences": "tests/nurture/test_sequence_api.py",
    "nurture_api:sequence": "tests/nurture/test_sequence_api.py",
    "nurture_api:enrolments": "tests/nurture/test_sequence_api.py",
    "nurture_api:enrolment": "tests/nurture/test_sequence_api.py",
    "reporting_api:reports": "tests/reporting/test_api.py",
    "reporting_api:report": "tests/reporting/test_api.py",
}
NOT_OURS: Final = ("admin", "account", "mfa", "lib", "socialaccount", "openid_connect")


def names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from names(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        elif entry.name:
            yield f"{prefix}{entry.name}"


@pytest.fixture
def objects(rep: User, marketer: User) -> dict[str, list[Any]]:
    """A lead that waits for `rep`, its handoff, and an import of the marketer."""
    now = timezone.now()
    founder = LeadInput(email="ada@example.com", job_title="Founder", company="A", employees=99)
    looked = ActivityInput(message_id="1", type="page_view", page="/pricing", lead=founder, occurred_at=now)
    take_activities([looked], agent=Agent(name="test"), source="test", now=now)
    drain_and_promote(now=now)
    site = add_site(name="Website", origins=["https://example.com"], actor=marketer, now=now)
    batch = ImportBatch.objects.create(
        file_name="leads.csv", state="done", encoding="utf-8", delimiter=",", created_by=marketer, created_at=now,
        touched_at=now, finished_at=now + timedelta(seconds=1),
    )  # fmt: skip
    hook = add_hook(name="Survey", actor=marketer, now=now)
    message = hook.messages.create(digest="0", body="{}", received_at=now, last_at=now)
    owed = background.ask(listed("leads"), file_format="csv", count=1, query="", user=marketer, now=now)
    form = new_form(now=now)
    draft = draft_from(Criteria.objects.get(), actor=marketer, now=now)
    submission = form.submissions.create(received_at=now, came_by="page", raw={}, verdict="suspect", code="x")
    agent = Agent(user=marketer)
    lead, company = Lead.objects.get(), Company.objects.get()
    correct(lead_id=lead.pk, values={"phone": "1"}, agent=agent, now=now)
    correct_company(company_id=company.pk, values={"industry": "Tools"}, agent=agent, now=now)
    views = [
        saved_views.save(owner=marketer, name=name, query="stage=mql", is_shared=is_shared, now=now)
        for name, is_shared in (("Shared", True), ("Own", False))
    ]
    change = changing.choose([lead.pk], actor=marketer, now=now)
    changing.ask(change, doing=Doing.CONTACT, values={"do_not_contact": False}, clock=lambda: now)
    plan = Plan(text="Call back.", due_on=now.date(), assignee=marketer)
    task = writing.add(lead=lead, plan=plan, actor=marketer, now=now)
    sequence = sequence_draft([tell("s1")], by=marketer, now=now)
    return {
        "": [],
        "sequence": [sequence.public_id],
        "sequence and step": [sequence.public_id, "s1"],
        "lead and task": [lead.public_id, task.pk],
        "lead, task and action": [lead.public_id, task.pk, "done"],
        "document": ["handoff"],
        "choice": [change.public_id],
        "shared view": [views[0].public_id],
        "own view": [views[1].public_id],
        "lead and correction": [lead.public_id, lead.events.get(kind="lead.changed").pk],
        "company": [company.public_id],
        "company and change": [company.public_id, company.changes.get().pk],
        "hook": [hook.public_id],
        "hook message": [hook.public_id, message.pk],
        "form": [form.public_id],
        "question": [form.public_id, form.form_fields.all()[0].pk],
        "submission": [form.public_id, submission.public_id],
        "lead": [Lead.objects.get().public_id],
        "handoff": [Handoff.objects.get(assignee=rep).public_id],
        "lead and outcome": [Lead.objects.get().public_id, "lost"],
        "import": [batch.public_id],
        "export": [owed.public_id],
        "list": ["leads"],
        "switch": ["sending"],
        "field": [make_field("text").public_id],
        "rule": [ChannelRule.objects.order_by("pk")[0].public_id],
        "routing rule": [RoutingRule.objects.create(name="Iberia").pk],
        "site": [site.slug],
        "line": [site.slug, 1],
        "mail": [approved(by=marketer, now=now).mail.public_id],
        "segment": [make_segment(name="Warm", query="country=PT", actor=marketer, now=now).public_id],
        "criteria": [1],
        "policy": ["leads"],
        "asset": [Asset.objects.create(key="guide", name="Guide").public_id],
        "person": [rep.public_id],
        "key": [issue(name="CRM", scopes=[], actor=marketer, now=now)[0].public_id],
        "absence": [1],
        "draft": [draft.number],
        "draft and rule": [draft.number, draft.rules.all()[0].pk],
        "draft and kind": [draft.number, "fit"],
        "draft and page": [draft.number, "page"],
        "two criteria": [1, 1],
    }


@pytest.fixture
def people(
    marketer: User, rep: User, other_rep: User, manager: User, administrator: User
) -> Callable[[str], User | None]:
    known = {
        "marketer": marketer,
        "rep": rep,
        "other_rep": other_rep,
        "manager": manager,
        "administrator": administrator,
    }
    return known.get


class TestPages:
    @pytest.mark.parametrize(("address", "about", "expected"), PAGES, ids=[row[0] for row in PAGES])
    def test_every_persona_gets_its_answer(
        self,
        address: str,
        about: str,
        expected: tuple[int, ...],
        objects: dict[str, list[Any]],
        people: Callable[[str], User | None],
    ) -> None:
        answers = []
        for persona in PERSONAS:
            client, person = Client(), people(persona)
            if person is not None:
                client.force_login(person)
            answers.append(client.get(reverse(address, args=objects[about])).status_code)
        assert dict(zip(PERSONAS, answers, strict=True)) == dict(zip(PERSONAS, expected, strict=True))

    def test_every_address_is_in_the_table(self) -> None:
        known = {row[0] for row in PAGES} | ELSEWHERE.keys()
        ours = {name for name in names(get_resolver()) if not name.startswith(NOT_OURS)}
        assert ours == known


class TestRoleChanges:
    def test_a_person_switched_off_is_out_at_once(self, rep: User) -> None:
        client = Client()
        client.force_login(rep)
        assert client.get(reverse("handoff:queue")).status_code == IN
        User.objects.filter(pk=rep.pk).update(is_active=False)
        assert client.get(reverse("handoff:queue")).status_code == DOOR

    def test_a_role_taken_away_is_gone_with_the_next_request(self, manager: User) -> None:
        client = Client()
        client.force_login(manager)
        assert client.get(reverse("reporting:funnel")).status_code == IN
        User.objects.filter(pk=manager.pk).update(roles=[])
        assert client.get(reverse("reporting:funnel")).status_code == NO
