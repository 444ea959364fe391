"""Every guard counts: taken out of a copy of the source, one at a time, the suite goes red.

The product has no off-switch; the copy is patched as text and thrown away.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local import places

pytestmark = pytest.mark.full

SUITE = (
    "tests/isolation/test_statements.py",
    "tests/isolation/test_switching.py",
    "tests/isolation/test_carriers.py",
    "tests/isolation/test_catalogue.py",
    "tests/isolation/test_pool.py",
)
# Slower: random tenants at once. Guards that only a crowd can miss are proved by it alone.
CROWD = ("tests/isolation/test_property.py::test_pooled",)


@dataclass(frozen=True)
class Guard:
    name: str
    file: str
    old: str
    new: str
    suite: tuple[str, ...] = SUITE


GUARDS = (
    Guard("nothing", "README.md", "", ""),  # the control: an untouched copy stays green
    Guard("role", "tenants/database/base.py", "; SET ROLE {schema}", ""),
    Guard(
        "path",
        "tenants/database/base.py",
        "SET search_path = {schema}, ext",
        "SET search_path = {schema}, public, ext",
    ),
    Guard(
        "cursor rule",
        "tenants/database/statements.py",
        "    word, at = first_word(text)\n",
        "    return\n    word, at = first_word(text)\n",
    ),
    Guard(
        "one statement",
        "tenants/database/base.py",
        "force_extended=True, binary=binary",
        "force_extended=force_extended, binary=binary",
    ),
    Guard("revokes", "tenants/database/cluster.py", "for statement in REVOKES:", "for statement in ():"),
    Guard(
        "context check",
        "platform/kernel/context.py",
        "    found = _current.get()\n    if found is None or found.tenant is None:\n",
        "    found = _current.get() or _last[0]\n    if found is None or found.tenant is None:\n",
    ),
    Guard(
        "failed switch closes",
        "tenants/database/base.py",
        "        except BaseException:\n            self._discard()\n            raise\n",
        "        except BaseException:\n            self.connection.applied = wanted\n            raise\n",
    ),
    Guard("forked socket", "tenants/database/base.py", "if self._pid != os.getpid():", "if False:"),
    Guard(
        "cache prefix",
        "platform/kernel/cache.py",
        'f"t:{found.tenant.id.hex}:{found.tenant.generation}"',
        '"t"',
    ),
    Guard(
        "signing salt",
        "platform/kernel/signing.py",
        "str(found.tenant.id) if found.tenant",
        '"t" if found.tenant',
    ),
    Guard(
        "file prefix",
        "platform/kernel/storage.py",
        "context.tenant().schema",
        '(context.tenant().schema and "all")',
    ),
    Guard("row security", "tenants/migrations/0002_relay.py", "role = current_user AND ", ""),
    Guard(
        "rows remember",
        "platform/kernel/models.py",
        "if self._born_in is not None and self._born_in != _here():",
        "if False:",
    ),
    Guard(
        "queries remember",
        "platform/kernel/models.py",
        "if self._built_in is not None and self._built_in != _here():",
        "if False:",
    ),
    Guard(
        "queries remember when they are narrowed",
        "platform/kernel/models.py",
        "            made._built_in = self._built_in\n",
        "            pass\n",
    ),
    Guard(
        "time of a statement",
        "tenants/database/base.py",
        " SET statement_timeout = {int(timeout)};",
        "",
        ("tests/isolation/test_units.py",),
    ),
    Guard(
        "pool of another process",
        "tenants/database/pool.py",
        "return _pools.get(os.getpid())",
        "return next(iter(_pools.values()), None)",
    ),
    Guard(
        "former borrower is not believed",
        "tenants/database/pool.py",
        "        connection.applied = None\n        self._loans",
        "        self._loans",
    ),
    Guard(
        "open transactions are not lent on",
        "tenants/database/pool.py",
        " or connection.info.transaction_status != TransactionStatus.IDLE:",
        ":",
    ),
    Guard(
        "worn connections are closed",
        "tenants/database/pool.py",
        "return len(self.touched) >= settings.TEREM_TENANTS_PER_CONNECTION",
        "return False",
    ),
    Guard(
        "poolers that mix are refused",
        "tenants/database/pool.py",
        "        poolers.refuse_mixing(parameters)\n",
        "",
    ),
    Guard(
        "tenant and connection are compared, in a crowd",
        "tenants/database/base.py",
        "if self.connection.applied == wanted:",
        "if self.connection.applied is not None:",
        CROWD,
    ),
    Guard(
        "failed switch closes, in a crowd",
        "tenants/database/base.py",
        "        except BaseException:\n            self._discard()\n            raise\n",
        "        except BaseException:\n            self.connection.applied = wanted\n            raise\n",
        CROWD,
    ),
    Guard(
        "no change inside a transaction, in a crowd",
        "tenants/database/base.py",
        "        if self.connection.info.transaction_status != TransactionStatus.IDLE:\n",
        "        if False:\n",
        CROWD,
    ),
    Guard("insert only", "tenants/schemas.py", '"SELECT, INSERT" if table in kept else ', ""),
)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the servers' account can enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="terem-guard-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_suite_goes_red_without(guard: Guard, open_folder: Path) -> None:
    copy = open_folder / "copy"
    ignore = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache", "node_modules")
    shutil.copytree(places.ROOT, copy, ignore=ignore)
    (copy / ".venv").symlink_to(places.ROOT / ".venv")
    path = copy / guard.file
    source = path.read_text("utf-8")
    assert guard.old in source, f"{guard.file} no longer holds the guard: {guard.old}"
    path.write_text(source.replace(guard.old, guard.new, 1), "utf-8")
    if guard.name == "context check":
        _remember_last(path)
    # Without the run's variables the copy begins a run of its own, with servers of its own.
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TEREM_", "PYTEST_", "DJANGO_"))}
    done = subprocess.run(
        [
            str(copy / ".venv/bin/python"),
            "-m",
            "pytest",
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            "-n",
            "0",
            *guard.suite,
        ],
        cwd=copy,
        env=environment
        | {"TEREM_PROPERTY_SECONDS": "15"}
        | {"PYTHONPATH": f"{copy}{os.pathsep}{copy / 'platform'}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    expected = 1 if guard.old else 0
    assert done.returncode == expected, f"{guard.name}: ended with {done.returncode}\n{done.stdout[-3000:]}"
    print(f"{guard.name}: {_reason(done.stdout)}")


def _remember_last(path: Path) -> None:
    """The classic mistake: fall back to whoever was served last."""
    source = path.read_text("utf-8")
    source = source.replace(
        "    token = _current.set(context)\n",
        "    token = _current.set(context)\n    _last[0] = context\n",
        1,
    )
    source = source.replace("def maybe()", "_last: list[Any] = [None]\n\n\ndef maybe()", 1)
    path.write_text(source, "utf-8")


def _reason(output: str) -> str:
    found = [line for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return found[0][:160] if found else "red"
