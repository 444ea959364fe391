"""Reading an archive that somebody brings: nothing of it is believed before it was looked at."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from crm_core.exports.queries.tables import Table, by_name, columns
from kernel.errors import Invalid

FORMAT, VERSION = "terem-export", 1
MOST_ENTRIES = 500_000
MOST_MANIFEST = 256 * 2**20
MOST_LINE = 64 * 2**20
# The best of honest tables shrink some thirty times; a bomb a thousand times.
MOST_RATIO = 200
SMALL = 2**20

_PART = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
_KNOWN = re.compile(
    rf"(?:README\.(?:en|ru)\.txt|support\.json|dictionary\.(?:json|en\.html|ru\.html)|manifest\.json"
    rf"|data/[a-z0-9_]+\.jsonl|tables/[a-z0-9_]+\.csv|files/(?:{_PART}/){{0,8}}{_PART})"
)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class Part:
    """One table of an archive."""

    model: Table
    columns: list[str]
    rows: int
    digest: str

    @property
    def name(self) -> str:
        return self.model._meta.db_table


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One stored file of an archive; ``size`` in bytes."""

    name: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Archive:
    """A checked archive, open: its workspace (name, language, zone, currency), tables and files."""

    zip: zipfile.ZipFile
    workspace: dict[str, str]
    parts: list[Part]
    files: list[StoredFile]

    def lines(self, part: Part) -> Iterator[bytes]:
        """The lines of a table. Raises ``Invalid`` if they are not those that the manifest tells of."""
        digest = hashlib.sha256()
        try:
            with self.zip.open(f"data/{part.name}.jsonl") as source:
                while line := source.readline(MOST_LINE + 1):
                    if len(line) > MOST_LINE:
                        raise _damaged(part.name)
                    digest.update(line)
                    yield line
        except _BROKEN as error:
            raise _damaged(part.name) from error
        if digest.hexdigest() != part.digest:
            raise _damaged(part.name)

    def open_file(self, found: StoredFile) -> Checked:
        """A stored file for reading, which raises ``Invalid`` if it is not the one that was exported."""
        return Checked(self, found)


class Checked:
    """A file of the archive, read to its end and compared with its digest."""

    def __init__(self, archive: Archive, found: StoredFile) -> None:
        self._source: IO[bytes] = archive.zip.open(f"files/{found.name}")
        self._found, self._digest = found, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next piece; the end is where the digest must be right."""
        try:
            piece = self._source.read(size)
        except _BROKEN as error:
            raise _damaged(self._found.name) from error
        self._digest.update(piece)
        if not piece:
            self._source.close()
            if self._digest.hexdigest() != self._found.digest:
                raise _damaged(self._found.name)
        return piece


def _damaged(name: str) -> Invalid:
    return Invalid(_("The archive is damaged or was changed: %(name)s."), name=name)


def no_archive() -> Invalid:
    return Invalid(_("This is not an archive that “Take everything out” has made."))


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Look through an archive and hold it open. Raises ``Invalid`` with a sentence for anything that is not ours."""
    try:
        archive = zipfile.ZipFile(path)
    except (*_BROKEN, OSError) as error:
        raise no_archive() from error
    with archive:
        try:
            _check_entries(archive, path.stat().st_size)
            manifest = _manifest(archive)
        except (*_BROKEN, KeyError) as error:
            raise no_archive() from error
        yield _archive(archive, manifest)


def _check_entries(archive: zipfile.ZipFile, size: int) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise no_archive()
    repeated = [name for name, count in Counter(entry.filename for entry in entries).items() if count > 1]
    for name in [entry.filename for entry in entries if not _KNOWN.fullmatch(entry.filename)] + repeated:
        raise Invalid(
            _("The archive holds “%(name)s”, which no archive of ours does."), name=name[:100] or "?"
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise Invalid(_("The archive is encrypted. Take the lock off first."))
    if sum(entry.compress_size for entry in entries) > size or any(map(_swells, entries)):
        raise Invalid(_("The archive would swell far beyond what an honest one does, so it is not opened."))


def _swells(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > max(SMALL, entry.compress_size * MOST_RATIO)


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    with archive.open("manifest.json") as source:
        text = source.read(MOST_MANIFEST + 1)
    if len(text) > MOST_MANIFEST:
        raise no_archive()
    found = json.loads(text)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise no_archive()
    if found.get("version") != VERSION:
        raise _newer()
    return found


def _newer() -> Invalid:
    return Invalid(
        _("This archive was made by a newer release of Terem. It can be taken in once this one is upgraded.")
    )


def _archive(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> Archive:
    try:
        workspace = {key: str(value)[:200] for key, value in dict(manifest["workspace"]).items()}
        parts = [_part(told) for told in manifest["tables"]]
        files = [
            StoredFile(str(one["name"]), int(one["size"]), str(one["digest"])) for one in manifest["files"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise no_archive() from error
    wanted = {f"data/{part.name}.jsonl" for part in parts} | {f"files/{one.name}" for one in files}
    if len({part.name for part in parts}) != len(parts) or not wanted <= set(archive.namelist()):
        raise no_archive()
    order = {name: place for place, name in enumerate(by_name())}
    return Archive(archive, workspace, sorted(parts, key=lambda part: order[part.name]), files)


def _part(told: dict[str, Any]) -> Part:
    """A table as the manifest tells of it. Raises ``Invalid`` for tables and columns that are not known here."""
    model = by_name().get(str(told["name"]))
    if model is None or not set(told["columns"]) <= set(columns(model)):
        raise _newer()
    kept = [name for name in columns(model) if name in told["columns"]]
    missing = {field.column: field for field in model._meta.concrete_fields if field.column not in kept}
    if any(
        not (field.null or field.has_default()) for name, field in missing.items() if name in columns(model)
    ):
        raise Invalid(_("This archive was made by a release of Terem that is too old for this one."))
    return Part(model, kept, int(told["rows"]), str(told["digest"]))
