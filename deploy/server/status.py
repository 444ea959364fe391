"""How this server does: what runs, what answers, what it lacks. For `install` beforehand and `terem-manage status` later."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from deploy.server import environment, examination, layout, releases, units
from deploy.server.examination import Finding
from deploy.server.layout import Trouble

_CERTIFICATE_DAYS = 14


@dataclass(frozen=True)
class Place:
    """What the settings say about where things are."""

    domain: str
    edge: str
    mail: str
    database: str
    redis: str
    bind: str
    https: int
    http: int
    issuer: str


def place(chosen: dict[str, str]) -> Place:
    """Out of the files, or out of the words of the first install."""
    if environment.exist():
        known, edge = environment.all_of(), environment.read(environment.EDGE)
        return Place(
            domain=known["TEREM_DOMAIN"],
            edge=known.get("TEREM_EDGE") or f"edge.{known['TEREM_DOMAIN']}",
            mail=known["TEREM_MAIL"],
            database=known["TEREM_CONTROL_DB"].rpartition("@")[2],
            redis=known["TEREM_REDIS"],
            bind=edge["TEREM_EDGE_BIND"],
            https=int(edge["TEREM_EDGE_HTTPS_PORT"]),
            http=int(edge["TEREM_EDGE_HTTP_PORT"]),
            issuer=edge["TEREM_EDGE_ISSUER"],
        )
    return Place(
        domain=chosen["domain"],
        edge=f"edge.{chosen['domain']}",
        mail=chosen["mail"],
        database=chosen["database"],
        redis=chosen["redis"],
        bind=chosen["bind"],
        https=int(chosen["https"]),
        http=int(chosen["http"]),
        issuer=chosen["issuer"],
    )


def lacks(here: Place, *, ours: bool) -> list[Finding]:
    """What keeps Terem from running on this machine, and what somebody should know. ``ours``: it runs here already."""
    found = list(examination.machine((layout.HOME, layout.DATA)))
    if not ours:
        held = [(here.bind, here.https), (here.bind, here.http)]
        held += [("127.0.0.1", int(port)) for port in _web_ports()]
        found += examination.ports(held)
    found += examination.database(here.database)
    found += examination.queue(here.redis)
    found += examination.mail(here.mail)
    found += examination.names(here.domain, here.edge)
    return found


def _web_ports() -> list[str]:
    return [unit.partition("@")[2].removesuffix(".service") for unit in layout.WEB]


def demand(found: list[Finding], *, anyway: bool) -> None:
    """Tell the hints. Raises ``Trouble`` with everything that keeps Terem from running, unless ``anyway``."""
    grave = [one for one in found if one.keeps_from_running and not anyway]
    for one in found:
        if one not in grave:
            layout.step(f"Look: {one.what}\n        {one.way_on}")
    if grave:
        words = "\n".join(f"{one.what}\n  {one.way_on}" for one in grave[:-1])
        what = f"{words}\n{grave[-1].what}" if words else grave[-1].what
        raise Trouble(what, f"{grave[-1].way_on}\n\nNothing was changed. To go on all the same: --anyway.")


def arrive(seconds: float = 40) -> list[Finding]:
    """Wait until the edge shows a certificate for the platform's name, as the first browser would; else why not."""
    here, deadline = place({}), time.monotonic() + seconds
    while isinstance(said := _certificate(here), str) and time.monotonic() < deadline:
        time.sleep(0.5)
    return [_unreached(here, said)] if isinstance(said, str) else []


def tell() -> list[Finding]:
    """Print how this server does; what is wrong with it."""
    here = place({})
    release = releases.current()
    layout.step(f"Release {release.name if release else '–'}, https://{here.domain}/")
    found = [*_processes(), *_answers(here), *lacks(here, ours=True)]
    for one in found:
        layout.step(f"{'Wrong' if one.keeps_from_running else 'Look'}: {one.what}\n        {one.way_on}")
    if not found:
        layout.step("Nothing is wrong that can be seen from here")
    return found


def _processes() -> Iterator[Finding]:
    for unit in layout.EVERYTHING:
        name = unit.removesuffix(".service")
        state, count = (units.show(unit, wanted) for wanted in ("ActiveState", "NRestarts"))
        layout.step(f"{name:24} {state}, begun anew {count} times")
        if state != "active":
            last = units.words(unit, 4)
            yield examination.trouble(
                f"{name} does not run ({state}). Its last words:\n          {last}",
                f"Everything it said: journalctl -u {name} -n 50",
            )
        elif int(count or 0) > 3:
            yield Finding(
                f"{name} ended {count} times by itself and was begun anew.",
                f"Why: journalctl -u {name} -n 50",
            )


def _answers(here: Place) -> Iterator[Finding]:
    """The web processes' own word, and a handshake at the edge as a browser makes it."""
    for port in _web_ports():
        status = _ready(int(port))
        layout.step(f"web on port {port:11} {'ready' if status == 200 else 'not ready'}")
        if status != 200:
            yield examination.trouble(
                f"The web process on port {port} is not ready ({status or 'no answer'}).",
                f"It waits for the database, or ended: journalctl -u terem-web@{port} -n 50",
            )
    until = _certificate(here)
    if isinstance(until, datetime):
        left = (until - datetime.now(UTC)).days
        layout.step(f"certificate              until {until:%Y-%m-%d}")
        # The local authority's last half a day, and are renewed by themselves.
        if here.issuer == "acme" and left < _CERTIFICATE_DAYS:
            yield Finding(f"The certificate of {here.domain} ends in {left} days.", _LOOK_AT_EDGE)
    else:
        yield _unreached(here, until)


def _unreached(here: Place, why: str) -> Finding:
    return Finding(f"No browser gets https://{here.domain}/ from here: {why}.", _LOOK_AT_EDGE)


_LOOK_AT_EDGE = (
    "What the edge says of it: journalctl -u terem-edge -n 50. DNS and open ports 80 and 443 come first."
)


def _ready(port: int) -> int:
    """The status of a web process's own readiness; 0 without an answer."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request("GET", "/edge/serving")
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()


def _certificate(here: Place) -> datetime | str:
    """The end of the certificate that the edge shows for the platform's name; or what is wrong with it."""
    address = "127.0.0.1" if here.bind in ("0.0.0.0", "") else here.bind
    trusted = ssl.create_default_context()
    if here.issuer == "internal":
        authority = layout.EDGE_DATA / "certificates/pki/authorities/local/root.crt"
        with suppress(OSError, ssl.SSLError):
            trusted.load_verify_locations(str(authority))
    try:
        with (
            socket.create_connection((address, here.https), timeout=15) as line,
            trusted.wrap_socket(line, server_hostname=here.domain) as secured,
        ):
            shown = secured.getpeercert() or {}
    except OSError as error:
        return str(error)
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)
