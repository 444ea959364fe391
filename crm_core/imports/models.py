"""Imports: an uploaded table, what its columns are, what became of its rows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_core.team.models import Member
from kernel.ids import uuid7
from kernel.jobs.models import Job
from kernel.models import TenantModel, TenantQuerySet
from kernel.when import now


class ImportQuerySet(TenantQuerySet):
    def newest(self) -> ImportQuerySet:
        return self.order_by("-created_at", "-id")


class Import(TenantModel):
    """One file on its way into the workspace.

    ``stored`` names the file in the tenant's storage, ``size`` is in bytes. ``dialect`` says how it is
    written, ``chosen`` what a person set otherwise than recognised. ``headers`` and ``columns`` describe
    the table (``queries.facts``), ``mapping`` says which column (by place) becomes which field, ``options``
    what was asked once. ``facts`` is what the last check found, true for ``checked_revision``; ``revision``
    grows with every change of the settings. ``progress`` is how far the writing is: the number of the last
    row that is done and the counts so far, written in the transaction of each batch.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("import", "Draft")
        CHECKING = "checking", pgettext_lazy("import", "Being checked")
        CHECKED = "checked", pgettext_lazy("import", "Checked")
        RUNNING = "running", pgettext_lazy("import", "Running")
        STOPPED = "stopped", pgettext_lazy("import", "Stopped")
        FAILED = "failed", pgettext_lazy("import", "Failed")
        DONE = "done", pgettext_lazy("import", "Done")
        UNDONE = "undone", pgettext_lazy("import", "Undone")

    class Existing(models.TextChoices):
        FILL = "fill", _("Fill empty fields only")
        OVERWRITE = "overwrite", _("Overwrite")
        SKIP = "skip", _("Skip the row")

    class Twins(models.TextChoices):
        NEW = "new", _("Add as new")
        EXISTING = "existing", _("Treat as the existing one")
        LEAVE = "leave", _("Leave out for now")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20)
    profile = models.CharField(max_length=40, blank=True, default="")
    file_name = models.CharField(max_length=200)
    stored = models.CharField(max_length=200, blank=True, default="")
    size = models.PositiveBigIntegerField(default=0)
    chosen = models.JSONField(default=dict)
    dialect = models.JSONField(default=dict)
    headers = models.JSONField(default=list)
    signature = models.CharField(max_length=64, blank=True, default="")
    columns = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    checked_revision = models.PositiveIntegerField(default=0)
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    error = models.TextField(blank=True, default="")
    progress = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    change_set = models.UUIDField(null=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["-created_at", "-id"], name="imports_import_newest")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_open(self) -> bool:
        """Whether columns and options may still be changed."""
        return self.state in (self.State.DRAFT, self.State.CHECKING, self.State.CHECKED)

    @property
    def is_checked(self) -> bool:
        """Whether the last check speaks of the present settings."""
        return self.checked_revision == self.revision

    @property
    def tone(self) -> str:
        """How the state's badge is coloured."""
        tones = {self.State.DONE: "positive", self.State.FAILED: "negative", self.State.RUNNING: "info"}
        return tones.get(self.State(self.state), "plain")

    @property
    def may_go_on(self) -> bool:
        """Whether the writing ended before its time and can be taken up again."""
        return self.state in (self.State.STOPPED, self.State.FAILED)


class ImportRow(TenantModel):
    """A row that needs a person: wrong, mended, left out, or with a decision of its own.

    ``line`` is where it stands in the file, ``number`` counts rows of data. ``wrong`` maps a column's place
    (``-1``: the whole row) to sentences. ``touched`` rows hold what a person typed in place of the file's cells.
    ``decision`` says what a possible duplicate is to become.
    """

    class State(models.TextChoices):
        WRONG = "wrong", pgettext_lazy("row of an import", "To fix")
        MENDED = "mended", pgettext_lazy("row of an import", "Mended")
        LEFT_OUT = "left_out", pgettext_lazy("row of an import", "Left out")
        DECIDED = "decided", pgettext_lazy("row of an import", "Decided")
        TAKEN = "taken", pgettext_lazy("row of an import", "Imported")

    file = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    wrong = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WRONG)
    touched = models.BooleanField(default=False)
    decision = models.CharField(max_length=8, choices=Import.Twins.choices, blank=True, default="")

    class Meta(TenantModel.Meta):
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="imports_row_once")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.line}"


class RememberedMapping(TenantModel):
    """What the columns of files with these headings became the last time, so that nobody says it twice."""

    signature = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=20)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    used_at = models.DateTimeField(default=now)

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return self.signature
