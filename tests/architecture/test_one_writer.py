"""One writer for each column that says where something stands: in every package, in whatever spelling."""

import ast
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest
from django.apps import apps

from tests.architecture.reading import ROOT, compare, name, nodes, sources, tell, tree
from tests.architecture.writes import ANY, Write, schema, writes


class Guarded(NamedTuple):
    """Columns of a model, the files that move them, and those that may only give them to a new row."""

    columns: str
    movers: tuple[str, ...]
    creators: tuple[str, ...] = ()


GUARDED = {
    "Lead": Guarded(
        "stage status owner first_mql_at last_mql_at mql_count sal_at sql_at opportunity_at customer_at recycle_count"
        " recycled_at rest_until",
        ("leads/lifecycle.py",),
    ),
    "Handoff": Guarded(
        "state assignee passed_at respond_by half_at nearly_at accepted_at first_responded_at breached_at detected_at"
        " closed_at decided_by reason reason_text",
        ("handoff/lifecycle/machine.py",),
        ("handoff/lifecycle/transitions.py", "handoff/lifecycle/passing.py"),
    ),
    "Delivery": Guarded(
        "state sent_at attempts gathered_in",
        ("outbox/sending.py", "outbox/deliveries.py", "outbox/gathering.py", "lib/leases.py"),
    ),
    "Letter": Guarded("state sent_at attempts", ("outbox/letters.py", "lib/leases.py")),
    "Notice": Guarded("read_at", ("outbox/notices.py",)),
    "ChatWebhook": Guarded("is_active failing_since", ("outbox/webhooks.py",)),
    "Hold": Guarded("ended_at ended_by", ("handoff/deadlines/holds.py",)),
    "Criteria": Guarded(
        "state proposed_at proposed_by published_at published_by retired_at content_digest",
        ("scoring/criteria/publication.py",),
    ),
    "Analysis": Guarded(
        "lease_until attempts result problem finished_at", ("scoring/analysis/analyses.py", "lib/leases.py")
    ),
    "ExportFile": Guarded("lease_until attempts finished_at", ("leads/exporting/background.py", "lib/leases.py")),
    "Segment": Guarded(
        "query next_query built_to build_asked_at built_at",
        ("nurture/segments/building.py", "nurture/privacy.py"),
        ("nurture/segments/editing.py",),
    ),
    "Mail": Guarded("approved", ("nurture/mails/editing.py", "nurture/mails/privacy.py")),
    "MailSend": Guarded(
        "state sent_at attempts reason lease_until",
        ("nurture/sending/marking.py", "nurture/sending/leasing.py", "nurture/mails/privacy.py", "lib/leases.py"),
    ),
    "Sequence": Guarded("state halted_at", ("nurture/sequences/editing.py",)),
    "SequenceVersion": Guarded("state steps started_at started_by", ("nurture/sequences/editing.py",)),
    "Enrolment": Guarded(
        "state reason step since due_at paused_at began_at ended_at",
        (
            "nurture/sequences/running.py",
            "nurture/sequences/leaving.py",
            "nurture/sequences/editing.py",
            "nurture/sequences/sql.py",
        ),
        ("nurture/sequences/entering.py",),
    ),
    "Rescore": Guarded("finished_at", ("scoring/engine/rescore.py",)),
    "RescoreChunk": Guarded("done_at", ("scoring/engine/rescore.py",)),
    "Override": Guarded("ended_at ended_by", ("scoring/overrides.py",)),
    "Score": Guarded("total fit engagement qualifies", ("scoring/engine/sql.py",)),
    "Activity": Guarded("machine", ("capture/verdicts.py", "leads/by_hand.py"), ("leads/activities.py",)),
    "LoggedActivity": Guarded("taken_back_at", ("leads/by_hand.py",)),
    "ImportBatch": Guarded("state finished_at attempts", ("capture/importing/run.py",)),
    "HookMessage": Guarded("outcome made", ("capture/hooks/taking.py",), ("capture/hooks/keeping.py",)),
    "Submission": Guarded(
        "verdict confirmed_at taken_at made_lead",
        ("capture/web_forms/taking.py",),
        ("capture/web_forms/receiving.py",),
    ),
    "LeadTask": Guarded(
        "reminded_at done_at done_by removed_at",
        ("leads/lead_tasks/writing.py", "leads/lead_tasks/reminding.py"),
    ),
    "Site": Guarded("server_key_nonce server_key_digest server_key_made_at", ("capture/sites/keys.py",)),
    "Identification": Guarded("state is_verified decided_at decided_by", ("capture/tracking/identification.py",)),
    "QuarantinedEvent": Guarded("replayed_at", ("capture/quarantine.py",)),
    "ApiKey": Guarded("revoked_at", ("accounts/keys.py",)),
}
# Where `**`, `setattr` or a list made elsewhere might write anything to a guarded model, and why it does not.
MAY_WRITE_ANYTHING = {
    ("nurture/sequences/editing.py", "make"): "a new sequence, what Rules says; its state is the default",
    ("nurture/sequences/editing.py", "change"): "what Rules says of a sequence",
    ("nurture/segments/editing.py", "make_segment"): "a new segment, whose conditions are to be built",
    ("nurture/segments/editing.py", "make_list"): "a new list, which has no conditions",
    ("nurture/mails/editing.py", "make_mail"): "a new mail, of which nothing is approved",
    ("capture/web_forms/mails.py", "_mail"): "a mail of a form, which is another thing",
    ("nurture/mails/privacy.py", "_erase_naming"): "the words of a mail, names in the function itself",
    ("leads/lifecycle.py", "join"): "the writer of a lead: where one stands that was two",
    ("leads/merging/merging.py", "_take_over"): "what a person may choose of two records, and the touches",
    ("leads/merging/company_merging.py", "merge"): "what a person may choose of two companies",
    ("leads/merging/undoing.py", "take_chosen"): "what a person may choose of two records",
    ("leads/stored_rows.py", "insert_row"): "a row that was there before a merge, as it was",
    ("leads/merging/moving.py", "move_all"): "whose a row is, and nothing else of it",
    ("leads/merging/moving.py", "move_back"): "whose a row is, and nothing else of it",
    ("leads/lead_tasks/writing.py", "_write"): "the writer of a task: columns come with what is done",
    ("leads/lifecycle.py", "transition"): "the writer of a lead: milestones and owner come with the transition",
    ("leads/content/audit.py", "_take"): "an asset, what a row of the list says of it, names from HEADINGS",
    ("leads/lifecycle.py", "forget"): "the writer of a lead: what an erasure empties comes with it",
    ("capture/web_forms/editing.py", "save_part"): "a form of the product, the fields its page asks about",
    ("leads/correcting/leads.py", "_save"): "the names are OF_LEAD and what goes with them",
    ("leads/correcting/leads.py", "correct"): "the names are OF_LEAD, what a person may correct on a page",
    ("leads/identity.py", "People._set"): "what intake knows of a person, names from LeadInput and the touches",
    ("leads/lead_row.py", "insert_rows"): "a new lead, all columns; where it stands is the default",
    ("leads/writing.py", "insert"): "the statement of many new rows; who calls it names the fields",
    ("leads/writing.py", "write"): "the statement of many rows; who calls it names the fields",
    ("handoff/lifecycle/machine.py", "move"): "the writer of a handoff: columns come with the transition",
    ("handoff/routing/editing.py", "write"): "a routing rule, names from COLUMNS, what its page asks about",
    ("outbox/enqueue.py", "enqueue"): "what a new delivery is about; its state is the default",
    ("outbox/sending.py", "_mark"): "the writer of a delivery that was tried",
    ("scoring/admin/criteria.py", "CriteriaAdmin.save_model"): "the fields of the form of a draft",
    ("scoring/criteria/editing.py", "save_part"): "the fields of the form of a part of a draft",
    ("scoring/criteria/undoing.py", "_store"): "what a part of a draft said before, columns of what is signed",
    ("scoring/analysis/analyses.py", "ask"): "the question; where it stands is the default",
    ("scoring/criteria/publication.py", "new_draft"): "what was copied from another version; its state is the default",
    ("scoring/engine/sql.py", "statement"): "the engine's one statement, whose columns are COMPUTED",
}
# Functions that carry a transition out, and the only files that may call them.
CARRIED_OUT = {
    ("leads.lifecycle", "transition"): {"leads/lifecycle.py"},
    ("handoff.lifecycle.machine", "move"): {
        f"handoff/lifecycle/{name}.py" for name in ("transitions", "passing", "clocks")
    },
}


@cache
def columns_of(model: str) -> frozenset[str]:
    """The guarded columns under each name they have: owner and owner_id."""
    names = GUARDED[model].columns.split()
    return frozenset([*names, *(f"{column}_id" for column in names)])


def allowed(model: str, write: Write) -> set[str]:
    guarded = GUARDED[model]
    return {*guarded.movers, *(guarded.creators if write.is_new else ())}


def fault(file: str, write: Write) -> str:
    """What is wrong with a write, in words without the line, so that it stays the same when code moves; or nothing."""
    place = write.function or "the module"
    models = [write.model] if write.model else list(GUARDED)
    if write.column == ANY:
        is_free = not set(models) & GUARDED.keys() or (file, write.function) in MAY_WRITE_ANYTHING
        return "" if is_free else f"{place} may write anything of {write.model or 'any model'}"
    guarding = [model for model in models if model in GUARDED and write.column in columns_of(model)]
    if not guarding or any(file in allowed(model, write) for model in guarding):
        return ""
    return f"{place} writes {write.column} of {' or '.join(guarding)}"


@cache
def all_writes() -> tuple[tuple[str, Write], ...]:
    return tuple((name(path), write) for path in sources() for write in writes(tree(path), schema()))


def calls(module: ast.Module, where: str, function: str) -> bool:
    """Whether a module imports the function, or calls it as an attribute of the module it is in."""
    package, _, last = where.rpartition(".")
    for node in nodes(module):
        if isinstance(node, ast.ImportFrom) and node.module == where and function in {a.name for a in node.names}:
            return True
        modules = node.names if isinstance(node, ast.ImportFrom) and node.module == package else ()
        aliases = {alias.asname or alias.name for alias in modules if alias.name == last}
        if aliases and any(
            isinstance(part, ast.Attribute) and part.attr == function and ast.unparse(part.value) in aliases
            for part in nodes(module)
        ):
            return True
    return False


class TestOneWriter:
    def test_only_its_writers_write_a_guarded_column(self) -> None:
        found = {(file, said) for file, write in all_writes() if (said := fault(file, write))}
        compare("writers", found)

    def test_what_is_guarded_is_there_and_its_writers_write_it(self) -> None:
        tell(idle())

    def test_what_may_write_anything_still_does(self) -> None:
        anything = {(file, write.function) for file, write in all_writes() if write.column == ANY}
        tell(f"{file}: {function} does not" for file, function in MAY_WRITE_ANYTHING.keys() - anything)

    def test_a_transition_is_carried_out_from_the_lifecycle_only(self) -> None:
        for (where, function), callers in CARRIED_OUT.items():
            home = where.replace(".", "/") + ".py"
            found = {name(path) for path in sources() if calls(tree(path), where, function)}
            assert found | {home} == callers | {home}, (where, function)
            assert any(node.name == function for node in nodes(tree(ROOT / home)) if isinstance(node, ast.FunctionDef))

    def test_events_are_written_in_one_place(self) -> None:
        assert {file for file, write in all_writes() if write.model == "LeadEvent"} == {"leads/events.py"}


def idle() -> Iterator[str]:
    """Guards that guard nothing: no such model or column, or a writer that writes none of them."""
    models = {model.__name__: model for model in apps.get_models()}
    for guarded, (columns, movers, creators) in GUARDED.items():
        if guarded not in models:
            yield f"{guarded} is no model"
            continue
        there = {field.name for field in models[guarded]._meta.get_fields()}
        yield from (f"{guarded} has no {column}" for column in columns.split() if column not in there)
        wrote = {
            file
            for file, write in all_writes()
            if write.model in ("", guarded) and (write.column in columns_of(guarded) or write.column == ANY)
        }
        yield from (f"{file} writes nothing of {guarded}" for file in (*movers, *creators) if file not in wrote)


class TestItJudges:
    """Of what was seen: what is a fault in which file."""

    @pytest.mark.parametrize(
        ("file", "source"),
        [
            ("handoff/lifecycle/transitions.py", "handoff.state = 'x'"),
            ("handoff/lifecycle/passing.py", "Handoff.objects.update(state='x')"),
            ("handoff/lifecycle/machine.py", "def f(lead: Lead):\n lead.stage = 'mql'"),
            ("outbox/sending.py", "Handoff.objects.update(state='x')"),
            ("handoff/admin/records.py", "setattr(x, name, value)"),
            ("handoff/lifecycle/machine.py", "def g():\n Handoff.objects.update(**columns)"),
            ("reporting/review/decisions.py", "rows.update(state='x')"),
            ("config/management/commands/seed_demo.py", "lead.save(update_fields=['status'])"),
            ("leads/admin.py", "lead.owner_id = 1"),
        ],
    )
    def test_a_fault(self, file: str, source: str) -> None:
        assert any(fault(file, write) for write in writes(ast.parse(source), schema()))

    @pytest.mark.parametrize(
        ("file", "source"),
        [
            ("handoff/lifecycle/transitions.py", "Handoff.objects.create(state='x')"),
            ("handoff/lifecycle/machine.py", "def move():\n Handoff.objects.update(state='x', **columns)"),
            ("leads/lifecycle.py", "lead.stage = 'mql'"),
            ("leads/admin.py", "def f(webhook: ChatWebhook):\n webhook.state = 1"),
            ("accounts/forms.py", "User.objects.create(**fields)"),
        ],
    )
    def test_no_fault(self, file: str, source: str) -> None:
        assert not any(fault(file, write) for write in writes(ast.parse(source), schema()))

    @pytest.mark.parametrize(
        "source",
        [
            "from handoff.lifecycle.machine import move",
            "from handoff.lifecycle.machine import move as go",
            "from handoff.lifecycle import machine\nmachine.move(handoff, 'accept')",
            "from handoff.lifecycle import machine as m\nm.move(handoff, 'accept')",
        ],
    )
    def test_who_carries_a_transition_out(self, source: str) -> None:
        assert calls(ast.parse(source), "handoff.lifecycle.machine", "move")
        assert not calls(
            ast.parse("from handoff.lifecycle.machine import lock\nmove(1)"), "handoff.lifecycle.machine", "move"
        )
