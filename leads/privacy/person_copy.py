"""A copy of everything that is kept about one person, for them: readable, and for another program."""

import json
import zipfile
from datetime import datetime
from io import BytesIO
from typing import Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from leads.event_kinds import COPIED
from leads.events import Agent, Entry, record
from leads.models import Lead, Purpose
from leads.privacy.holdings import DataSubject, holdings

READABLE: Final = "index.html"
FOR_PROGRAMS: Final = "data.json"


def copy_of(lead: Lead, *, agent: Agent, now: datetime) -> bytes:
    """A zip of index.html and data.json, which say the same; that it was made is recorded."""
    subject = DataSubject(lead=lead)
    parts = [(holding, [dict(row) for row in holding.rows(subject)]) for holding in holdings()]
    with transaction.atomic():
        record([Entry(lead_id=lead.pk, kind=COPIED, at=now)], agent=agent, now=now)
    data = {"made_at": now, **{holding.key: rows for holding, rows in parts}}
    context = {
        "title": _("What is kept about %(name)s") % {"name": lead.name},
        "parts": [(holding.label, [_readable(row) for row in rows]) for holding, rows in parts],
        "purposes": Purpose.objects.all(),
        "now": now,
    }
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(READABLE, render_to_string("leads/privacy/copy.html", context))
        archive.writestr(FOR_PROGRAMS, json.dumps(data, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False))
    return file.getvalue()


def _readable(row: dict[str, object]) -> list[tuple[str, object]]:
    """Names and values, without what is empty."""
    return [(name, _as_text(value)) for name, value in row.items() if value not in (None, "", {}, [])]


def _as_text(value: object) -> object:
    """What is nested as JSON."""
    is_nested = isinstance(value, dict | list)
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False) if is_nested else value
