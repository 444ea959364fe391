"""The files of settings under /etc/terem: made once from the explained drafts, read as systemd reads them."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from deploy.server import layout
from deploy.server.layout import Trouble

DRAFTS = Path(__file__).resolve().parent / "settings"
TEREM = layout.SETTINGS / "terem.env"
OWNER = layout.SETTINGS / "owner.env"
EDGE = layout.SETTINGS / "edge.env"
FILES = (TEREM, OWNER, EDGE)

_DOMAIN = re.compile(r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$")
_WANTED = ("domain", "mail")


def read(path: Path) -> dict[str, str]:
    """The variables of a file. Raises ``Trouble`` for a line that systemd would read otherwise than we do."""
    found: dict[str, str] = {}
    for number, raw in enumerate(path.read_text("utf-8").splitlines(), start=1):
        row = raw.strip()
        if not row or row[0] in "#;":
            continue
        name, is_assignment, value = row.partition("=")
        if not is_assignment or not re.fullmatch(r"[A-Z][A-Z0-9_]*", name) or set(value) & set("\"'\\"):
            raise Trouble(
                f"{path}, line {number}: this is no NAME=value without quotes and backslashes.",
                "Mend the line and run the command again.",
            )
        found[name] = value.strip()
    return found


def exist() -> bool:
    """Whether this server has its settings already."""
    return all(path.exists() for path in FILES)


def all_of() -> dict[str, str]:
    """What the keeper knows: every setting of the product, the owner's login among them."""
    if not exist():
        raise Trouble(f"There are no settings in {layout.SETTINGS}.", "Run deploy/server/install first.")
    return read(TEREM) | read(OWNER)


def make(chosen: dict[str, str]) -> bool:
    """Write the files that are missing; what exists stays as it is. Whether any was written.

    ``chosen`` has the words of the command line: domain, mail, sender, database (host:port/name), redis,
    issuer, bind, https, http, dns, contact.
    """
    if exist():
        return False
    check(chosen)
    values = _values(chosen, _known())
    made = False
    for path in FILES:
        if not path.exists():
            layout.write(path, _filled((DRAFTS / path.name).read_text("utf-8"), values), 0o600)
            layout.step(f"Settings: {path}")
            made = True
    return made


def _known() -> dict[str, str]:
    """What an install that was cut off has written already: its secrets stay."""
    found: dict[str, str] = {}
    for path in FILES:
        found |= read(path) if path.exists() else {}
    return found


def check(chosen: dict[str, str]) -> None:
    """Whether settings can be made of these words, or are there already. Raises ``Trouble``."""
    if exist():
        return
    missing = [f"--{name}" for name in _WANTED if not chosen.get(name)]
    if missing:
        raise Trouble(
            f"The first install needs {' and '.join(missing)}.", "deploy/server/install --help explains them."
        )
    if not _DOMAIN.match(chosen["domain"]):
        raise Trouble(
            f"{chosen['domain']!r} is no domain.", "Give it without scheme and port: --domain terem.example"
        )
    for name, value in chosen.items():
        if set(value) & set("\"'\\\n\r"):
            raise Trouble(f"--{name} holds a quote or a backslash.", "Encode it: %22, %27, %5C.")


def _values(chosen: dict[str, str], known: dict[str, str]) -> dict[str, str]:
    """What stands between the @ of the drafts. What a half-made install wrote already is taken again."""
    https = chosen["https"]
    values = {
        **chosen,
        "port": https,
        "suffix": "" if https == "443" else f":{https}",
        "contact": f"email {chosen['contact']}" if chosen.get("contact") else "",
        "sender": chosen.get("sender") or f"hello@{chosen['domain']}",
        "secret": known.get("TEREM_SECRET_KEY") or secrets.token_urlsafe(48),
        "master": known.get("TEREM_MASTER_KEYS") or secrets.token_urlsafe(32) + "=",
        "token": known.get("TEREM_EDGE_TOKEN") or secrets.token_urlsafe(24),
    }
    for login in ("owner", "control", "tenant"):
        kept = known.get(f"TEREM_{login.upper()}_DB")
        values[login] = kept or f"postgresql://terem_{login}:{secrets.token_hex(24)}@{chosen['database']}"
    return values


def _filled(draft: str, values: dict[str, str]) -> str:
    """The draft with its values. A switched-off line becomes a live one if a value was chosen for it."""
    rows = []
    for raw in draft.splitlines():
        row = raw
        if row.startswith("#TEREM_DNS=") and values.get("dns"):
            row = row[1:]
        rows.append(re.sub(r"@([a-z]+)@", lambda found: values.get(found.group(1), ""), row))
    return "\n".join(rows) + "\n"


def passwords() -> dict[str, str]:
    """The three logins' passwords by the names that ``tenants.database.cluster`` asks for."""
    found = all_of()
    made = {}
    for login in ("OWNER", "CONTROL", "TENANT"):
        address = found.get(f"TEREM_{login}_DB", "")
        made[f"TEREM_{login}_PASSWORD"] = urlsplit(address).password or ""
    return made


def database_name() -> str:
    """The database's name, out of the owner's address."""
    return urlsplit(all_of().get("TEREM_OWNER_DB", "")).path.lstrip("/") or "terem"
