"""``./terem check`` fails with a sentence that says what to do. Faults are planted in a copy."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.checks import leaks
from deploy.local import places


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of this checkout in a folder where faults do no harm."""
    folder = tmp_path_factory.mktemp("copy")
    for source in leaks.tracked():
        target = folder / source.relative_to(places.ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
    (folder / ".venv").symlink_to(places.VENV)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    return folder


@contextmanager
def planted(path: Path, text: str) -> Iterator[None]:
    """Append a text to a file, or make the file, for as long as a check runs."""
    before = path.read_text("utf-8") if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text((before or "") + text, "utf-8")
    try:
        yield
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, "utf-8")


def check(folder: Path, name: str) -> tuple[int, str]:
    """Run one check in the copy; its exit code and words on one line."""
    done = subprocess.run(
        [sys.executable, "terem", "check", name], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def assert_told(folder: Path, name: str, *sentences: str) -> None:
    """The check fails and says each sentence."""
    code, said = check(folder, name)
    assert code == 1, said
    for sentence in sentences:
        assert sentence in said


STRAY = Path("crm_core/sales/utils.py"), '"""Stray."""\n'
OPEN_URL = (
    Path("crm_core/home/urls.py"),
    '\nfrom django.urls import path as _p\nurlpatterns += [_p("open/", lambda request: None)]\n',
)


@pytest.fixture(scope="module")
def house(copy: Path) -> str:
    """What the laws of the house say of two faults: reading all sources once tells both."""
    with planted(copy / STRAY[0], STRAY[1]), planted(copy / OPEN_URL[0], OPEN_URL[1]):
        code, said = check(copy, "house")
    assert code == 1, said
    return said


def test_a_stray_file_is_told(copy: Path, house: str) -> None:
    """utils.py in an app: by the house rule and by the contract of anatomy."""
    assert "crm_core/sales/utils.py:1 is named utils. Name it by the thing in it" in house
    with planted(copy / STRAY[0], STRAY[1]):
        assert_told(copy, "imports", "crm_core.sales.utils", "Move the code to the room where it belongs")


def test_an_import_of_a_sister_room_is_told(copy: Path) -> None:
    """The product never sees the money."""
    with planted(copy / "crm_core" / "sales" / "queries.py", "\nimport billing.api  # noqa\n"):
        assert_told(copy, "imports", "crm_core is not allowed to import billing", "crm_core.sales.queries")


def test_a_url_without_a_right_is_told(house: str) -> None:
    """A view without a decorator would be open to everybody."""
    assert "the URL open/" in house
    assert "has no right. Put a decorator of kernel.web on the view" in house


def test_a_missing_russian_text_is_told(copy: Path) -> None:
    """A text in the code and none in the catalogue."""
    plant = '\nfrom django.utils.translation import gettext as _\n\n_("A planted text")\n'
    with planted(copy / "crm_core" / "sales" / "queries.py", plant):
        assert_told(copy, "russian", "'A planted text' has no Russian. Add it to platform/locale/ru")


def test_dropping_a_used_column_is_told(copy: Path) -> None:
    """By an operation, and by SQL for a column that the models still name."""
    folder = copy / "crm_core" / "sales" / "migrations"
    latest = max(path.stem for path in folder.glob("0*.py"))
    head = (
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        f'    dependencies = [("sales", "{latest}")]\n'
    )
    with planted(
        folder / "9999_drop.py", head + '    operations = [migrations.RemoveField("deal", "outcome")]\n'
    ):
        assert_told(
            copy, "unsafe-migrations", "sales.9999_drop drops deal.outcome", "Remove it from the state first"
        )
    sql = "ALTER TABLE sales_deal DROP COLUMN outcome"
    with planted(folder / "9999_drop.py", head + f'    operations = [migrations.RunSQL("{sql}")]\n'):
        assert_told(copy, "unsafe-migrations", "drops sales_deal.outcome, which the models still use")


def test_a_secret_is_told(copy: Path) -> None:
    """A key in a file."""
    begin = "-----BEGIN " + "PRIVATE KEY-----"
    with planted(copy / "deploy" / "key.txt", begin):
        assert_told(copy, "secrets", "deploy/key.txt:1 looks like a private key. Take it out")


def test_an_address_in_a_lock_is_told(copy: Path) -> None:
    """A registry's address in a lock file would leak and bind."""
    with planted(copy / "requirements.lock", "--index-url https://index.invalid/simple\n"):
        assert_told(copy, "locks", "holds an address. Remake it without")


def test_a_changed_vendored_file_is_told(copy: Path) -> None:
    """Vendored files are never edited."""
    vendor = copy / "platform" / "ui" / "static" / "ui" / "vendor"
    changed = next(path for path in sorted(vendor.rglob("*.js")))
    with planted(changed, "\n// changed\n"):
        assert_told(copy, "vendored", "does not have the hash of the manifest. Never edit vendored files")
    with planted(vendor / "stray.js", "1"):
        assert_told(copy, "vendored", "stray.js is not in the manifest")
