"""install, update, rollback, renew, status, uninstall: each may be repeated, and goes on where it was cut off."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from contextlib import nullcontext
from pathlib import Path

from deploy.server import accounts, environment, examination, layout, releases, status, units
from deploy.server.examination import Finding
from deploy.server.layout import Trouble

_AGAIN = "Mend the cause and run the same command again; finished steps are not repeated."
_LOCAL_ADMINISTRATOR = "postgresql:///postgres"


def run(verb: str, arguments: list[str]) -> int:
    """One of the commands; 0 when it went well, 1 after a told trouble."""
    try:
        accounts.demand_root()
        os.umask(0o022)
        with nullcontext() if verb == "status" else layout.alone():
            _VERBS[verb](arguments)
    except Trouble as found:
        sys.stderr.write(f"\n{found.what}\n  {found.way_on}\n")
        return 1
    return 0


def install(arguments: list[str]) -> None:
    """Put Terem on this server, or finish what an earlier try began."""
    options = _install_options(arguments)
    chosen = {name: value for name, value in vars(options).items() if isinstance(value, str)}
    environment.check(chosen)
    layout.step("Looking at this machine, its names, its mail, PostgreSQL and Redis")
    lacks = status.lacks(status.place(chosen), ours=releases.current() is not None)
    status.demand(lacks, anyway=options.anyway)
    if options.look:
        layout.step("Nothing keeps Terem from running here; nothing was changed")
        return
    environment.make(chosen)
    accounts.prepare()
    _edge_folder()
    release = releases.make(options.release or _present() or releases.name_of_source())
    _look_at_cluster(release, options.database_admin, anyway=options.anyway)
    _prepare_cluster(release, options.database_admin)
    _bring_schemas(release, first=releases.current() is None)
    releases.switch(release)
    units.place(release / "deploy" / "server" / "units")
    _command()
    units.start()
    known = environment.all_of()
    suffix = environment.read(environment.EDGE)["TEREM_EDGE_PORT_SUFFIX"]
    layout.step(f"Terem {release.name} runs; its address is https://{known['TEREM_DOMAIN']}{suffix}/")
    status.demand([*status.arrive(), *(one for one in lacks if not one.keeps_from_running)], anyway=True)
    layout.step("How it does, at any time: terem-manage status")


def update(arguments: list[str]) -> None:
    """Bring this server to the release of this source while it serves."""
    parser = _parser("update", update.__doc__)
    parser.add_argument("--release", help="its name (the commit's, or the present moment)")
    parser.add_argument("--canary", default="3", help="how many companies are upgraded first, one by one (3)")
    parser.add_argument(
        "--waves", default="5%,25%,100%", help="growing shares of the others (5%%,25%%,100%%)"
    )
    parser.add_argument("--anyway", action="store_true", help="go on although something is missing")
    options = parser.parse_args(arguments)
    before = _demand_installed()
    status.demand(list(examination.machine((layout.HOME, layout.DATA))), anyway=options.anyway)
    release = releases.make(options.release or releases.name_of_source())
    if release == before:
        layout.step(f"Release {release.name} serves already; its processes are renewed")
    _bring_schemas(release, canary=options.canary, waves=options.waves)
    _change_to(release)
    releases.prune()
    layout.step(f"Terem {release.name} serves; the one before was {before.name}")


def rollback(arguments: list[str]) -> None:
    """Let the release before serve again. Schemas stay as they are: every release runs on those of the next."""
    parser = _parser("rollback", rollback.__doc__)
    parser.add_argument("--to", help="the name of a release that is still here (the one before)")
    options = parser.parse_args(arguments)
    before = _demand_installed()
    wanted = layout.RELEASES / options.to if options.to else releases.former()
    if wanted is None or not (wanted / releases.WHOLE).exists():
        here = ", ".join(sorted(path.parent.name for path in layout.RELEASES.glob(f"*/{releases.WHOLE}")))
        raise Trouble("There is no such release to go back to.", f"Here are: {here}. Choose one by --to.")
    _change_to(wanted)
    layout.step(f"Terem {wanted.name} serves again; {before.name} is kept")


def renew(arguments: list[str]) -> None:
    """Let every process read the settings anew, without losing a request or a job."""
    parser = _parser("renew", renew.__doc__)
    parser.add_argument("--edge", action="store_true", help="the edge too (edge.env): open lines end")
    options = parser.parse_args(arguments)
    _demand_installed()
    environment.all_of()
    units.renew(edge=False)
    if options.edge:
        layout.step("Renewing terem-edge")
        units.systemctl("restart", layout.EDGE)
    layout.step("Every process has the present settings")


def told(arguments: list[str]) -> None:
    """Say what runs on this server, and what is wrong with it."""
    _parser("status", told.__doc__).parse_args(arguments)
    _demand_installed()
    if any(one.keeps_from_running for one in status.tell()):
        raise Trouble("Something does not work.", "Begin with the first line that says Wrong.")


def uninstall(arguments: list[str]) -> None:
    """Take Terem off this server: processes, units, code, accounts. Data and settings stay unless told."""
    parser = _parser("uninstall", uninstall.__doc__)
    parser.add_argument(
        "--purge",
        action="store_true",
        help="remove settings, secrets, files, backups and certificates as well",
    )
    options = parser.parse_args(arguments)
    units.stop()
    units.remove()
    layout.COMMAND.unlink(missing_ok=True)
    if layout.HOME.exists():
        layout.step(f"{layout.HOME}: removed")
        shutil.rmtree(layout.HOME)
    data = (layout.SETTINGS, layout.DATA, layout.EDGE_DATA)
    if options.purge:
        for folder in data:
            layout.step(f"{folder}: removed")
            shutil.rmtree(folder, ignore_errors=True)
    accounts.remove()
    kept = [] if options.purge else [str(folder) for folder in data if folder.exists()]
    layout.step("What stays: " + ", ".join([*kept, "the database with its three logins, and Redis"]))


def _install_options(arguments: list[str]) -> argparse.Namespace:
    parser = _parser("install", install.__doc__)
    add = parser.add_argument
    add("--domain", default="", help="the platform's domain, such as terem.example")
    add("--mail", default="", help="where letters go: smtp://user:password@host:587")
    add("--sender", default="", help="sender of the platform's letters (hello@DOMAIN)")
    add("--database", default="127.0.0.1:5432/terem", help="HOST:PORT/NAME of PostgreSQL 18 (%(default)s)")
    add(
        "--database-admin",
        default=_LOCAL_ADMINISTRATOR,
        help="its administrator, postgresql://…; a password may stand in PGPASSWORD (by the local socket, as postgres)",
    )
    add("--redis", default="redis://127.0.0.1:6379/0", help="Redis or Valkey (%(default)s)")
    add("--issuer", default="acme", choices=("acme", "internal"), help="who signs certificates (acme)")
    add("--bind", default="0.0.0.0", help="address that the edge listens on (%(default)s)")
    add("--https", default="443", help="its port (%(default)s)")
    add("--http", default="80", help="the port that leads there (%(default)s)")
    add(
        "--contact",
        default="",
        help="address that the certificates' authority may write to, such as you@terem.example",
    )
    add("--dns", default="", help="resolvers for companies' own domains (the machine's)")
    add("--release", default="", help="name of this release (the commit's, or the present moment)")
    add("--look", action="store_true", help="only say what is missing on this machine; nothing is changed")
    add("--anyway", action="store_true", help="go on although something is missing")
    return parser.parse_args(arguments)


def _parser(verb: str, words: str | None) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog=f"deploy/server/{verb}", description=words)


def _present() -> str:
    """The name of the release that is installed: a repeated install changes none."""
    found = releases.current()
    return found.name if found is not None else ""


def _demand_installed() -> Path:
    found = releases.current()
    if found is None or not environment.exist():
        raise Trouble("Terem is not installed on this server.", "Begin with deploy/server/install.")
    return found


def _edge_folder() -> None:
    """Certificates lie in a folder of the edge's own."""
    folder = Path(environment.read(environment.EDGE)["TEREM_EDGE_STORAGE"])
    folder.mkdir(mode=0o700, exist_ok=True)
    shutil.chown(folder, layout.EDGE_USER, layout.EDGE_USER)


def _look_at_cluster(release: Path, administrator: str, *, anyway: bool) -> None:
    """Its version and settings. Raises ``Trouble`` if Terem cannot live there."""
    said = _as_administrator(release, administrator, "deploy.server.postgres", administrator)
    rows = [row.split("\t") for row in said.splitlines() if row.count("\t") == 2]
    found = [Finding(what, way_on, weight == "trouble") for weight, what, way_on in rows]
    status.demand(found, anyway=anyway)


def _prepare_cluster(release: Path, administrator: str) -> None:
    """Logins, database, and what PUBLIC loses; repeating it changes nothing."""
    layout.step("PostgreSQL: logins, database, rights")
    named = ("--superuser-dsn", administrator, "--database", environment.database_name())
    _as_administrator(release, administrator, "tenants.database.cluster", *named)


def _as_administrator(release: Path, administrator: str, module: str, *words: str) -> str:
    """Run a module of the release that speaks to PostgreSQL as its administrator; what it printed."""
    local = administrator == _LOCAL_ADMINISTRATOR
    given = {name: value for name, value in os.environ.items() if name == "PGPASSWORD"}
    return layout.run(
        [str(release / "venv" / "bin" / "python"), "-B", "-m", module, *words],
        environment=environment.passwords() | given | {"PYTHONPATH": f"{release}:{release / 'platform'}"},
        folder=release,
        way_on="Is PostgreSQL there, and is this its administrator? --database and --database-admin say where.",
        user="postgres" if local else None,
    )


def _bring_schemas(release: Path, *, first: bool = False, canary: str = "3", waves: str = "100%") -> None:
    """Control plane, template and blueprint of the release, then every company in waves.

    The processes of the release before serve all the while; a company that fails stays at its release.
    """
    known = environment.all_of()
    layout.step("Database: control plane, template, reserve")
    releases.manage(release, ["install"], known, way_on=_AGAIN, user=layout.USER)
    if first:
        return
    layout.step("Database: the companies, in waves")
    asked = ["upgrade", "start", "--canary", canary, "--waves", waves]
    look = "Look: terem-manage upgrade status. The release before serves on; run the same command again."
    said = releases.manage(release, asked, known, way_on=look, user=layout.USER)
    for row in said.strip().splitlines()[-3:]:
        layout.step(f"  {row}")


def _change_to(release: Path) -> None:
    """Link, units, processes: in this order, so that whatever starts meanwhile is of the new release."""
    before = releases.current()
    releases.switch(release)
    units.place(release / "deploy" / "server" / "units")
    _command()
    units.renew(edge=before is None or _caddyfile(before) != _caddyfile(release))


def _caddyfile(release: Path) -> str:
    path = release / "deploy" / "edge" / "Caddyfile"
    return path.read_text("utf-8") if path.exists() else ""


def _command() -> None:
    """terem-manage: management commands on this server."""
    layout.write(
        layout.COMMAND,
        "#!/bin/sh\n# A management command of Terem, with the owner's login: terem-manage tenants list\n"
        f'exec {layout.CURRENT}/deploy/server/manage "$@"\n',
        0o755,
    )


_VERBS = {
    "install": install,
    "update": update,
    "rollback": rollback,
    "uninstall": uninstall,
    "renew": renew,
    "status": told,
}
