"""What the reader of writes sees: every spelling by which a column can be written, and what only looks like one."""

import ast

import pytest

from tests.architecture.writes import ANY, NO_MODEL, Schema, writes

SCHEMA = Schema(
    {"Lead": "leads_lead", "Handoff": "handoff_handoff", "Delivery": "outbox_delivery"},
    {"lead": "Lead", "handoffs": "Handoff"},
)
SEEN = {
    "an attribute": ("def f(lead: Lead):\n lead.stage = 'mql'", "Lead", "stage"),
    "an attribute of whatever": ("x.stage = 'mql'", "", "stage"),
    "an attribute through a relation": ("handoff.lead.owner_id = 1", "Lead", "owner_id"),
    "one of several targets": ("a = lead.stage = 'mql'", "", "stage"),
    "an annotated target": ("lead.stage: str = 'mql'", "", "stage"),
    "an augmented target": ("lead.mql_count += 1", "", "mql_count"),
    "a target in a tuple": ("before, lead.stage = lead.stage, 'mql'", "", "stage"),
    "a target in a list within a tuple": ("a, [b, lead.stage] = found", "", "stage"),
    "a starred target": ("first, *lead.stage = found", "", "stage"),
    "the target of a loop": ("for lead.stage in stages: pass", "", "stage"),
    "the target of a with": ("with stage() as lead.stage: pass", "", "stage"),
    "the target of a comprehension": ("[0 for lead.stage in stages]", "", "stage"),
    "its own row's": ("class Lead(Model):\n def f(self):\n  self.stage = 'mql'", "Lead", "stage"),
    "of a mixin's row": ("class Staged(Mixin):\n def f(self):\n  self.stage = 'mql'", "", "stage"),
    "setattr": ("setattr(lead, 'stage', 'mql')", "", "stage"),
    "setattr of what comes": ("def f(lead: Lead, n):\n setattr(lead, n, 'mql')", "Lead", ANY),
    "setattr under its other name": ("lead.__setattr__('stage', 'mql')", "", "stage"),
    "setattr of object": ("object.__setattr__(lead, 'stage', 'mql')", "", "stage"),
    "setattr of a pair": ("setattr(lead, *pair)", "", ANY),
    "setattr of whatever": ("setattr(*args)", "", ANY),
    "the dictionary of the row": ("lead.__dict__['stage'] = 'mql'", "", "stage"),
    "the dictionary by vars": ("vars(lead)['stage'] = 'mql'", "", "stage"),
    "update": ("Handoff.objects.filter(pk=1).update(state='waiting')", "Handoff", "state"),
    "update of a chain by name": ("def f():\n q = Handoff.objects.mine()\n q.update(state='x')", "Handoff", "state"),
    "update of a query that was given": ("def f(q: QuerySet[Handoff]):\n q.update(state='x')", "Handoff", "state"),
    "update of rows of a relation": ("lead.handoffs.update(state='x')", "Handoff", "state"),
    "update of whatever": ("rows.update(state='x')", "", "state"),
    "update by F": ("Lead.objects.update(mql_count=F('mql_count') + 1)", "Lead", "mql_count"),
    "update of columns": ("Handoff.objects.filter(pk=1).update(**columns)", "Handoff", ANY),
    "update of columns that are written down": ("rows.update(**{'state': 'x'})", "", "state"),
    "update of columns by dict()": ("rows.update(**dict(state='x'))", "", "state"),
    "update of columns among others": ("rows.update(**{'a': 1, **columns})", "", ANY),
    "update, awaited": ("async def f():\n await Handoff.objects.aupdate(state='x')", "Handoff", "state"),
    "create": ("Handoff.objects.create(state='ready')", "Handoff", "state"),
    "create of columns": ("Handoff.objects.create(**columns)", "Handoff", ANY),
    "get or create": ("Handoff.objects.get_or_create(pk=1, defaults={'state': 'x'})", "Handoff", "state"),
    "update or create": ("Handoff.objects.update_or_create(defaults={'state': 'x'}, pk=1)", "Handoff", "state"),
    "update or create, new": ("Handoff.objects.update_or_create(create_defaults={'state': 1})", "Handoff", "state"),
    "update or create of what comes": ("Handoff.objects.update_or_create(pk=1, defaults=known)", "Handoff", ANY),
    "a new row": ("Handoff(lead=lead, state='ready')", "Handoff", "state"),
    "a new row under another name": ("from handoff.models import Handoff as H\nH(state='ready')", "Handoff", "state"),
    "a new row by its module": ("models.Handoff(state='ready')", "Handoff", "state"),
    "a new row of columns": ("Handoff(**columns)", "Handoff", ANY),
    "a new row by position": ("Handoff(1, 'ready')", "Handoff", ANY),
    "a model got by its name": ("M = a.get_model('handoff', 'Handoff')\nM.objects.create(state=1)", "Handoff", "state"),
    "a model got by its label": ("apps.get_model('handoff.Handoff').objects.update(state='x')", "Handoff", "state"),
    "insert": ("insert(Handoff, ('state',), rows)", "Handoff", "state"),
    "insert of columns that are listed": ("C: Final = ('state',)\ninsert(Handoff, C, rows)", "Handoff", "state"),
    "insert of columns that are made": ("C: Final = tuple(f)\ninsert(Handoff, C, rows)", "Handoff", ANY),
    "bulk update": ("Handoff.objects.bulk_update(rows, ['state'])", "Handoff", "state"),
    "bulk update of fields": ("Handoff.objects.bulk_update(rows, fields=('state',))", "Handoff", "state"),
    "bulk update of what comes": ("Handoff.objects.bulk_update(rows, names)", "Handoff", ANY),
    "bulk create over what is there": (
        "Handoff.objects.bulk_create(rows, update_conflicts=True, update_fields=['state'])", "Handoff", "state"
    ),
    "save": ("def f(lead: Lead):\n lead.save(update_fields=['stage'])", "Lead", "stage"),
    "save of whatever": ("x.save(update_fields=('stage',))", "", "stage"),
    "save of what comes": ("x.save(update_fields=names)", "", ANY),
    "save of what comes too": ("x.save(update_fields=['amount', *names])", "", ANY),
    "save of the whole row": ("def f(lead: 'Lead | None'):\n lead.save()", "Lead", ANY),
    "SQL": ("cursor.execute('UPDATE handoff_handoff SET state = %s WHERE id = 1')", "Handoff", "state"),
    "SQL of several columns": ("'update only \"handoff_handoff\" h set hops = 1, \"state\" = 2'", "Handoff", "state"),
    "SQL of a row of columns": ("'UPDATE handoff_handoff SET (hops, state) = (1, 2)'", "Handoff", "state"),
    "SQL in parts": ("'UPDATE handoff_handoff ' + 'SET state = 1'", "Handoff", "state"),
    "SQL in parts on lines": ("('UPDATE handoff_handoff'\n f' SET state = {x}')", "Handoff", "state"),
    "SQL of a column that comes": ("f'UPDATE handoff_handoff SET {column} = 1'", "Handoff", ANY),
    "SQL of columns that come": ("f'UPDATE handoff_handoff SET {columns} WHERE true'", "Handoff", ANY),
    "SQL of a table that comes": ("f'UPDATE {table} SET state = 1'", "", "state"),
    "SQL put together by psycopg": ("SQL('UPDATE {} SET {} = 1').format(table, column)", "", ANY),
    "SQL of a new row": ("'INSERT INTO handoff_handoff (id, state) VALUES (1, 2)'", "Handoff", "state"),
    "SQL of a new row of all": ("'INSERT INTO handoff_handoff VALUES (1, 2)'", "Handoff", ANY),
    "SQL over what is there": (
        "'INSERT INTO handoff_handoff (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET state = 2'", "Handoff", "state"
    ),
    "SQL of many": ("'COPY handoff_handoff (id, state) FROM STDIN'", "Handoff", "state"),
    "SQL that merges": ("'MERGE INTO handoff_handoff USING new ON true WHEN MATCHED THEN ...'", "Handoff", ANY),
}  # fmt: skip
NOT_SEEN = {
    "reading": "x = lead.stage",
    "comparing": "lead.stage == 'mql'",
    "asking": "Handoff.objects.filter(state='waiting').exclude(state='ready')",
    "asking what comes": "Handoff.objects.filter(**asked)",
    "a condition": "Q(state='waiting')",
    "a name": "stage = lead.stage\nstate, status = found",
    "a walrus, which takes names only": "if (stage := lead.stage): pass",
    "a column of a model": "class Handoff(Model):\n state = CharField()",
    "an argument": "transition(lead, state='waiting')\nrender(request, status=404)",
    "an entry of a dictionary": "context['state'] = 1\ncontext.update({'state': 1})",
    "a column of another name": "Handoff.objects.update(hops=1)\nhandoff.save(update_fields=['hops'])",
    "SQL that asks": "'SELECT state FROM handoff_handoff WHERE state = 1'",
    "SQL that locks": "'SELECT state FROM handoff_handoff FOR UPDATE'",
    "SQL that sets by it": "'UPDATE handoff_handoff SET hops = 1 WHERE state = 2'",
    "SQL of another table": "'UPDATE other SET state = 1'",
    "words": "'Update the handoff and set the state.'",
    "an attribute of what is no row": "class Reader:\n def f(self):\n  self.state = 1",
    "documents of the form": "form.save()",
}


class TestItSees:
    @pytest.mark.parametrize(("source", "model", "column"), SEEN.values(), ids=SEEN)
    def test_this_writes(self, source: str, model: str, column: str) -> None:
        assert (model, column) in {(write.model, write.column) for write in writes(ast.parse(source), SCHEMA)}

    @pytest.mark.parametrize("source", NOT_SEEN.values(), ids=NOT_SEEN)
    def test_this_does_not(self, source: str) -> None:
        found = writes(ast.parse(source), SCHEMA)
        assert not {"stage", "state", "status", ANY} & {w.column for w in found if w.model != NO_MODEL}

    def test_a_row_that_comes_into_being_is_told_from_one_that_moves(self) -> None:
        new, moved = ast.parse("Handoff(state='x')"), ast.parse("Handoff.objects.update(state='x')")
        assert [write.is_new for module in (new, moved) for write in writes(module, SCHEMA)] == [True, False]
