"""Packing: pages, tables, spreadsheets and files into one archive, streamed, without a bound on its size."""

from __future__ import annotations

import hashlib
import json
import zipfile
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from crm_core.exports.models import Export
from crm_core.exports.queries.dictionary import dictionary, pages
from kernel import context, storage
from kernel.errors import NotFound
from kernel.jobs import Running
from tenants.api import questions_taken_out

FORMAT, VERSION = "terem-export", 1
_PIECE = 1 << 20


def pack(job: Running, found: Export) -> tuple[int, int]:
    """Write the archive from the workshop; returns its size in bytes and the number of stored files in it."""
    told = job.checkpoint["tables"]
    rows = sum(one["rows"] for one in told)
    job.step(rows, words=str(_("Packing")))
    facts = _facts(job)
    with storage.writer(found.stored) as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive:
            for name, text in pages(facts).items():
                archive.writestr(name, text)
            archive.writestr("dictionary.json", _json(dictionary()))
            archive.writestr("support.json", _json(questions_taken_out(context.tenant().id)))
            done = rows
            for one in told:
                _put(archive, f"data/{one['name']}.jsonl", f"{found.workshop}/data/{one['name']}.jsonl")
                _put(archive, f"tables/{one['name']}.csv", f"{found.workshop}/tables/{one['name']}.csv")
                done += one["rows"]
                job.step(done)
            files = _put_files(archive, job, done)
            archive.writestr("manifest.json", _json(facts | {"tables": told, "files": files}))
        size = target.tell()
    return size, len(files)


def _facts(job: Running) -> dict[str, Any]:
    tenant = context.tenant()
    return {
        "format": FORMAT,
        "version": VERSION,
        "release": tenant.release,
        "made_at": job.checkpoint["made_at"],
        "installation": settings.TEREM_INSTALLATION,
        "workspace": {
            "name": tenant.name,
            "address": tenant.host,
            "language": tenant.language,
            "zone": tenant.zone,
            "currency": tenant.currency,
        },
    }


def _put_files(archive: zipfile.ZipFile, job: Running, done: int) -> list[dict[str, Any]]:
    """Every stored file of the workspace but the archives themselves."""
    told = []
    for name in storage.names():
        if name.startswith("exports/"):
            continue
        try:
            size, digest = _put(archive, f"files/{name}", name)
        except NotFound:
            # Somebody removed it since the list was read.
            continue
        told.append({"name": name, "size": size, "digest": digest})
        if len(told) % 50 == 0:
            job.step(done)
    return told


def _put(archive: zipfile.ZipFile, inside: str, stored: str) -> tuple[int, str]:
    """Stream a stored file into the archive; returns its size in bytes and its SHA-256."""
    digest, size = hashlib.sha256(), 0
    with storage.open_file(stored) as source, archive.open(inside, "w", force_zip64=True) as target:
        while piece := source.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
    return size, digest.hexdigest()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
