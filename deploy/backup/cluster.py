"""Base backup, archive and restore to a moment, for a cluster that this machine runs itself.

The same steps in words, for any PostgreSQL 18, stand in the handbook's page on operations.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

from deploy.local.postgres import Postgres
from deploy.local.say import Problem

ARCHIVE_SECONDS = 60  # So much is lost at most when the disk of the database is lost.


def archive_settings(folder: Path) -> str:
    """The lines that a cluster needs to archive its WAL into ``folder``.

    A segment appears under its name only when it is whole; one that is there already
    must be the same, so that a crash between copying and reporting does no harm.
    """
    keep = f"test ! -f {folder}/%f && cp %p {folder}/%f.part && sync {folder}/%f.part && mv {folder}/%f.part {folder}/%f"
    return (
        "wal_level = replica\narchive_mode = on\n"
        f"archive_timeout = {ARCHIVE_SECONDS}\n"
        f"archive_command = 'cmp -s %p {folder}/%f || ({keep})'\n"
    )


def base_backup(postgres: Postgres, target: Path) -> None:
    """A whole copy of the running cluster. Raises ``Problem``."""
    _run(
        postgres,
        ["pg_basebackup", "-d", postgres.superuser_dsn, "-D", str(target), "-X", "none", "-c", "fast"],
    )


def restore_beside(postgres: Postgres, base: Path, archive: Path, moment: datetime) -> None:
    """Make ``postgres`` (not yet started) the cluster of ``base`` as it was at ``moment``.

    The first start replays the archive up to the moment and then opens for writing.
    """
    postgres.account.own(postgres.home, 0o700)
    shutil.copytree(base, postgres.data, symlinks=True)
    (postgres.data / "terem-restore.conf").write_text(
        f"restore_command = 'cp {archive}/%f %p'\n"
        f"recovery_target_time = '{moment.isoformat()}'\n"
        "recovery_target_action = 'promote'\narchive_mode = off\n"
    )
    with (postgres.data / "postgresql.conf").open("a") as stream:
        stream.write("\ninclude 'terem-restore.conf'\n")
    (postgres.data / "recovery.signal").touch()
    for path in (postgres.data, *postgres.data.rglob("*")):
        if postgres.account.lent:
            os.chown(path, postgres.account.uid, postgres.account.gid, follow_symlinks=False)
    postgres.data.chmod(0o700)


def _run(postgres: Postgres, command: list[str]) -> None:
    done = subprocess.run(
        [str(postgres.bin / command[0]), *command[1:]],
        capture_output=True,
        text=True,
        check=False,
        env=postgres.environment(),
    )
    if done.returncode:
        raise Problem(f"{command[0]} failed: {done.stderr.strip()}")
