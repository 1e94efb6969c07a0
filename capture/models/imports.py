"""Files people bring: one batch per file, the leads it brought, one problem per line that could not be used."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import ADMINISTRATOR, MARKETING
from leads.models import Lead
from leads.turns import Turn


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: User) -> "ImportBatchQuerySet":
        """Administrators see every import, marketing its own; the rest none."""
        if user.has_role(ADMINISTRATOR):
            return self
        return self.filter(created_by=user) if user.has_role(MARKETING) else self.none()


class ImportBatch(models.Model):
    """One uploaded file on its way into the leads. State moves in capture/importing only."""

    class Kind(models.TextChoices):
        LEADS = "leads", _("leads")
        COMPANIES = "companies", _("companies")
        ACTIVITIES = "activities", _("activities (what leads did)")
        OUTCOMES = "outcomes", _("outcomes (who became a customer)")
        SPEND = "spend", _("spend (what advertising cost)")
        CONSENTS = "consents", _("consents (what people allowed)")
        SUPPRESSIONS = "suppressions", _("addresses to be left alone")

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("columns to be mapped")
        READY = "ready", _("ready to run")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("stopped")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.LEADS)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UPLOADED)
    file_name = models.CharField(_("file"), max_length=200)
    stored_as = models.CharField(max_length=100, blank=True)  # emptied when the file is forgotten
    encoding = models.CharField(_("encoding"), max_length=20)
    delimiter = models.CharField(_("separator"), max_length=1)
    columns = models.JSONField(_("columns"), default=list)
    # Of a workbook: the sheet whose rows the stored file holds.
    sheet = models.CharField(_("sheet"), max_length=100, blank=True, default="", db_default="")
    sheets = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    # Lines before the names of the columns, such as the title of a report.
    preamble_lines = models.PositiveSmallIntegerField(default=0, db_default=0)
    mapping = models.JSONField(_("mapping"), default=dict)  # {field key: column index}
    # A person has said another mapping than was guessed: it is proposed for the next file with these columns.
    is_corrected = models.BooleanField(default=False, db_default=False)
    # {field key: what holds for every row}, where no column says it
    fixed = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # {word of the stage column, folded: won, lost or open}, where a person said it
    stages = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")  # of times that name none
    date_orders = models.JSONField(default=dict)  # {field key: "dmy" or "mdy"}
    # {field key: the mark before its decimals}
    decimal_marks = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # {line: {field key: the later line that says otherwise of the same lead or company}}
    superseded = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # Whose external ids the file holds, folded.
    system = models.CharField(_("ids of"), max_length=50, blank=True, default="", db_default="")
    # A row with any cell that cannot be used is not used at all.
    is_strict = models.BooleanField(default=False, db_default=False)
    # When leads that come to qualify by it go to sales.
    turn = models.CharField(
        _("leads that qualify"), max_length=10, choices=Turn, default=Turn.WAITS, db_default=Turn.WAITS
    )
    new_channels = models.JSONField(default=list)  # ids of channels nobody knew before this file
    rows = models.PositiveIntegerField(_("rows"), default=0)
    created = models.PositiveIntegerField(_("new"), default=0)
    updated = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("as before"), default=0)
    rejected = models.PositiveIntegerField(_("not used"), default=0)
    # Of the rows that were taken.
    incomplete = models.PositiveIntegerField(_("without a cell"), default=0, db_default=0)
    # What it makes and changes is written down (migrations/sql/import_changes.sql), so that it can be undone.
    is_recorded = models.BooleanField(default=False, db_default=False)
    # The last line whose chunk is committed: a killed run goes on behind it.
    done_to_line = models.PositiveIntegerField(default=0)
    # Started so often since a chunk was last committed: what kills its worker is not tried for ever.
    attempts = models.PositiveSmallIntegerField(default=0)
    message = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"))
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        ordering = ("-created_at", "-pk")
        # The sweeper's "running, but nobody has touched it lately".
        indexes = [
            models.Index(fields=["touched_at"], name="import_running", condition=models.Q(state="running")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="done")
                | models.Q(
                    rows=models.F("created") + models.F("updated") + models.F("unchanged") + models.F("rejected")
                ),
                name="import_every_row_counted",
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportedLead(models.Model):
    """A lead that nobody knew before a file named it."""

    lead = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="imported")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="leads")

    class Meta:
        verbose_name = _("imported lead")

    def __str__(self) -> str:
        return f"{self.lead_id}"


class ImportProblem(models.Model):
    """A line that was not used, or was taken without some of its cells, with the columns and the reasons."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="problems", db_index=False)
    line = models.PositiveIntegerField(_("line"))
    column = models.CharField(_("column"), max_length=200, blank=True)
    code = models.CharField(max_length=50)
    message = models.TextField(_("what is wrong"))
    # The row was taken, without the cells the message names.
    is_taken = models.BooleanField(default=False, db_default=False)
    # How many rows of the file it stands for.
    weight = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        verbose_name = _("problem")
        ordering = ("line", "pk")
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="import_problem_once_a_line")]

    def __str__(self) -> str:
        return f"{self.line}: {self.message}"
