"""Which document is about which page: the one declaration behind the link "Help" of every page."""

from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from config.help.documents import address_of

# By the name of a page, or by the namespace of all whose names are not here. After # stands a heading of the document.
DOCUMENTS: Final = {
    "account_change_password": "people#signing-in",
    "capture": "imports",
    "channels": "channels",
    "channels:recount": "channels#counting-the-past-again",
    "companies": "leads",
    "connect": "connect",
    "connect:pages": "connect#what-pages-are",
    "content": "content",
    "custom_fields": "custom-fields",
    "demo": "home#the-demonstration",
    "exports": "export",
    "first_steps": "home#first-steps",
    "forms": "forms",
    "handoff": "handoff",
    "handoff:absences": "routing#who-takes-leads",
    "handoff:backlog": "lifecycle#whose-turn-it-is",
    "handoff:deadlines": "sla#deadlines-counted-anew",
    "handoff:dry_run": "routing",
    "handoff:hold": "sla#when-the-clock-was-moved",
    "handoff:office_hours": "home#first-steps",
    "handoff:promises": "sla#both-sides-are-measured",
    "handoff:reassign": "routing#giving-leads-away-by-hand",
    "handoff:review": "handoff#before-the-queue-marketings-look-and-the-pass",
    "handoff:rule": "routing#rules",
    "handoff:rule_new": "routing#rules",
    "handoff:rule_remove": "routing#rules",
    "handoff:rules": "routing#rules",
    "handoff:team": "routing#the-team",
    "handoff:team_person": "routing#the-team",
    "home": "home",
    "hooks": "hooks",
    "keys": "api",
    "leads": "leads",
    "leads:company_duplicates": "duplicates#companies",
    "leads:consent": "privacy#purposes-and-consent",
    "leads:duplicates": "duplicates",
    "leads:log": "by_hand",
    "leads:merge_with": "duplicates",
    "leads:outcome": "handoff#saying-what-came-of-it",
    "leads:task_edit": "leads#tasks",
    "leads:task_new": "leads#tasks",
    "leads:privacy": "privacy#what-is-kept-about-one-person-and-erasing-it",
    "machines": "tracking#programs",
    "mails": "nurture#mails-to-leads",
    "mfa_index": "people#signing-in",
    "notices": "notices",
    "notices:settings": "notices#what-each-person-chooses",
    "nurture": "nurture",
    "people": "people",
    "people:invite": "people#inviting",
    "people:leave": "people#leaving",
    "privacy": "privacy",
    "privacy:retention": "privacy#how-long-things-are-kept",
    "privacy:suppressed": "privacy#suppressed-addresses",
    "reporting": "reports",
    "reporting:machines_list": "reports#machines",
    "reporting:review": "reports#review",
    "scoring": "criteria",
    "scoring:advice": "backtest#what-history-says-about-a-rule",
    "scoring:backtest": "backtest",
    "scoring:by_hand": "scoring#points-by-hand",
    "scoring:version_what_if": "criteria#what-if",
    "scoring:what_if": "criteria#what-if",
    "sequences": "nurture#sequences",
    "standstill": "running#standing-still",
    "tasks": "leads#tasks",
    "touches": "channels",
}

# Of the administration: by the name of a model, or by the package of all whose names are not here.
OF_ADMIN: Final = {
    "account": "people#signing-in",
    "accounts": "people",
    "accounts_apikey": "api",
    "capture": "connect",
    "capture_datacentrerange": "tracking#programs",
    "capture_quarantinedevent": "api",
    "handoff": "handoff",
    "handoff_backlogpolicy": "lifecycle#whose-turn-it-is",
    "handoff_calendar": "sla",
    "handoff_passpolicy": "handoff#before-the-queue-marketings-look-and-the-pass",
    "handoff_rep": "routing#who-takes-leads",
    "handoff_routingrule": "routing",
    "handoff_slapolicy": "sla",
    "leads": "leads",
    "leads_channel": "channels",
    "leads_purpose": "privacy#purposes-and-consent",
    "mfa": "people#signing-in",
    "nurture": "nurture",
    "outbox": "notices",
    "reporting": "reports",
    "reporting_criteriareview": "reports#review",
    "reporting_reviewpolicy": "reports#review",
    "scoring": "criteria",
}


def help_url(request: HttpRequest) -> str:
    """Where the page that is asked for is explained; the list of all documents where none is about it."""
    match = request.resolver_match
    names = (match.view_name, match.namespace) if match else ()
    if match and match.namespace == "admin" and match.url_name:
        # Such as handoff_slapolicy_change, of the package handoff.
        model = match.url_name.rpartition("_")[0]
        about = OF_ADMIN.get(model) or OF_ADMIN.get(model.partition("_")[0])
        return address_of(about) if about else reverse("help:index")
    key = next((DOCUMENTS[name] for name in names if name in DOCUMENTS), None)
    return address_of(key) if key else reverse("help:index")
