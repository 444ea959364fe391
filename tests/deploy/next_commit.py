"""A commit after this one, whose schemas differ: a column more in every company and one in the control plane.

Made in a clone, so that the checkout stays as it is. Both columns have a default in the database: the code of
this commit, which does not know them, goes on writing the same tables.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.local import places

_MIGRATION = """\
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("{label}", "{before}"),
    ]

    operations = [
        migrations.AddField(
            model_name="{model}",
            name="{column}",
            field=models.CharField(blank=True, db_default="{default}", default="{default}", max_length=40),
        ),
    ]
"""


@dataclass(frozen=True)
class Addition:
    """A column more in the table of a model, after one of its fields."""

    folder: str
    model: str
    after: str
    column: str
    default: str

    @property
    def label(self) -> str:
        return Path(self.folder).name

    @property
    def table(self) -> str:
        return f"{self.label}_{self.model}"

    def make(self, checkout: Path) -> None:
        """Write field and migration into the checkout."""
        app = checkout / self.folder
        models = app / "models.py"
        row = next(
            row for row in models.read_text("utf-8").splitlines() if row.strip().startswith(self.after)
        )
        kind = f'models.CharField(max_length=40, blank=True, default="{self.default}", db_default="{self.default}")'
        text = models.read_text("utf-8").replace(row, f"{row}\n    {self.column} = {kind}", 1)
        models.write_text(text, "utf-8")
        known = sorted(path.stem for path in (app / "migrations").glob("[0-9]*.py"))
        text = _MIGRATION.format(
            label=self.label, before=known[-1], model=self.model, column=self.column, default=self.default
        )
        path = app / "migrations" / f"{int(known[-1][:4]) + 1:04}_{self.column}.py"
        path.write_text(text, "utf-8")


# The load writes activities all the while; the control plane gets its column before the companies do.
OF_COMPANIES = Addition("crm_core/activities", "activity", "remind_at = ", "meeting_room", "here")
OF_CONTROL = Addition("onboarding", "signup", "currency = ", "heard_from", "nobody")


def make(folder: Path) -> Path:
    """Clone the present commit and add the next one; the clone."""
    checkout = folder / "next"
    _git("clone", "--quiet", "--no-hardlinks", str(places.ROOT), str(checkout))
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=places.ROOT, capture_output=True, text=True, check=True
    )
    _git("-C", str(checkout), "checkout", "--quiet", "--detach", head.stdout.strip())
    for addition in (OF_COMPANIES, OF_CONTROL):
        addition.make(checkout)
    _git("-C", str(checkout), "add", "--all")
    author = ["-c", "user.name=Test", "-c", "user.email=test@terem.example", "-c", "commit.gpgsign=false"]
    _git("-C", str(checkout), *author, "commit", "--quiet", "--no-verify", "-m", "A column more")
    return checkout


def _git(*words: str) -> None:
    done = subprocess.run(["git", *words], cwd=places.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"git {words[0]} failed: {done.stderr[-2000:]}"
