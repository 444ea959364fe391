"""``./terem up``: from a bare checkout to a running product, and back down on Ctrl-C."""

from __future__ import annotations

import argparse
import hashlib
import http.client
import os
import time

from deploy.local import catalogue, places, product, python, say
from deploy.local.mailbox import mailbox_page
from deploy.local.product import Address
from deploy.local.say import Problem
from deploy.local.servers import Servers, run_python
from deploy.local.supervisor import Supervisor

_FIRST_START_MEGABYTES = 400


def command(arguments: list[str]) -> int:
    """Start everything and stay until somebody stops it."""
    chosen = _parse(arguments)
    address = Address(chosen.host, chosen.port, chosen.domain)
    begun = time.monotonic()
    note = places.read_note(places.STATE)
    busy = Problem(
        f"Terem already runs from this folder (process {note.get('pid', 'unknown')}, "
        f"port {note.get('port', 'unknown')}).",
        "Use that one, or stop it with Ctrl-C in its terminal first.",
    )
    places.prepare_var()
    with places.only_one("up", busy):
        _check_port(address)
        python.ensure("run")
        supervisor = Supervisor()
        supervisor.catch_signals()
        try:
            servers = _start(supervisor, address)
            _print_addresses(address, time.monotonic() - begun, servers)
            supervisor.watch()
        except KeyboardInterrupt:
            pass
        finally:
            say.line()
            say.step("Stopping")
            supervisor.stop()
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./terem up", description="Start Terem on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="web port (8000)")
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this machine only)"
    )
    parser.add_argument("--domain", default="localhost", help="public name; workspaces are its subdomains")
    chosen = parser.parse_args(arguments)
    if not 1 <= chosen.port <= 65535:
        parser.error(f"--port must be between 1 and 65535, not {chosen.port}")
    return chosen


def _check_port(address: Address) -> None:
    if places.port_is_taken(address.host, address.port):
        free = next(
            port
            for port in range(address.port + 1, address.port + 1000)
            if port > 65535 or not places.port_is_taken(address.host, port)
        )
        raise Problem(
            f"Port {address.port} on {address.host} is used by another program.",
            f"Choose a free one: ./terem up --port {free}",
        )


def _start(supervisor: Supervisor, address: Address) -> Servers:
    """Bring up servers, data and processes; every step can be repeated after a crash."""
    first = not places.DEMO.exists()
    if first:
        say.need_space(places.VAR, _FIRST_START_MEGABYTES, "The first start")
    servers = product.embedded_servers()
    product.remember(servers, address, pid=os.getpid())
    say.step(f"Starting PostgreSQL and Redis ({servers.redis.kind.title})")
    servers.start(supervisor)
    supervisor.check_stop()
    install(servers, address)
    supervisor.check_stop()
    for child in product.children(address, product.environment(servers, address)):
        if child.name == "web":
            # A server that hangs is as good as dead; one that only misses the database is not.
            child.alive = lambda: _status(address, "/health/live") == 200
        supervisor.start(child)
    _wait_for_web(supervisor, address)
    settings = product.environment(servers, address)
    if settings.get("TEREM_STRIPE_API"):
        run_python(["manage.py", "prices", "--apply"], settings, "Telling the demonstration its prices")
    return servers


def install(servers: Servers, address: Address) -> None:
    """Bring database, static files and demo company to this release."""
    owner = product.environment(servers, address)
    catalogue.compile_all()
    say.step("Bringing the database to this release")
    servers.prepare_cluster(product.DATABASE)
    run_python(["manage.py", "install", "--companies"], owner, "Bringing the database to this release")
    _collect_static(owner)
    known = run_python(["manage.py", "help", "--commands"], owner, "Listing the commands")
    if "demo" in known.split() and not places.DEMO.exists():
        say.step("Making the demo company")
        run_python(["manage.py", "demo"], owner, "Making the demo company")


def _collect_static(environment: dict[str, str]) -> None:
    """Collect the static files when one of their sources has changed."""
    stamp = places.VAR / "static.json"
    print_now = _static_print()
    if places.read_note(stamp).get("print") == print_now:
        return
    say.step("Collecting static files")
    argv = ["manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    run_python(argv, environment, "Collecting static files")
    places.write_note(stamp, {"print": print_now})


def _static_print() -> str:
    """A digest over names, sizes and times of all static sources of this checkout."""
    digest = hashlib.sha256((places.ROOT / "requirements.lock").read_bytes())
    for room in sorted(places.ROOT.glob("*/")):
        if room.name.startswith(".") or room == places.VAR:
            continue
        for path in sorted(room.glob("**/static/**/*")):
            if path.is_file():
                found = path.stat()
                digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _wait_for_web(supervisor: Supervisor, address: Address, seconds: float = 60) -> None:
    """Block until the web server says that it is ready."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        supervisor.check_stop()
        if _status(address) == 200:
            return
        web = next(child for child in supervisor.children if child.name == "web")
        if web.running is not None and web.running.poll() is not None:
            break
        time.sleep(0.1)
    raise Problem(
        "The web server did not start answering; its own words stand above.",
        "Mend the cause and run ./terem up again.",
    )


def _status(address: Address, path: str = "/health/ready") -> int | None:
    """The status of a health page. Python does not resolve *.localhost: ask by IP."""
    at = address.host if address.host not in ("0.0.0.0", "::", "") else "127.0.0.1"
    line = http.client.HTTPConnection(at, address.port, timeout=10)
    try:
        line.request("GET", path, headers={"Host": f"{address.domain}:{address.port}"})
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()


def _payments() -> list[tuple[str, str]]:
    """Where the demonstration of payments is, unless a real provider's key is set."""
    port = places.read_note(places.STATE).get("payments_port")
    given = os.environ.get("TEREM_STRIPE_KEY")
    return [] if given or not port else [("Demo payments", f"http://127.0.0.1:{port}/")]


def _print_addresses(address: Address, seconds: float, servers: Servers) -> None:
    demo = places.read_note(places.DEMO)
    rows = [
        ("Public site", address.url()),
        ("Demo workspace", address.url(str(demo.get("subdomain", "demo")))),
        ("Operator console", address.url("operator")),
        ("Mailbox", mailbox_page() or "./terem mail"),
        *_payments(),
    ]
    if demo.get("email"):
        rows.insert(2, ("  sign in with", f"{demo['email']}  {demo.get('password', '')}"))
    if demo.get("operator_email"):
        text = f"{demo['operator_email']}  {demo.get('operator_password', '')}"
        rows.insert(-1, ("  sign in with", text))
    say.line()
    say.line(f"Terem runs ({seconds:.0f} s). Ctrl-C stops it.")
    for title, value in rows:
        say.line(f"  {title:<18} {value}")
    if address.domain == "localhost":
        say.line("  (a tool that cannot resolve *.localhost: ask 127.0.0.1 with a Host header)")
    if not servers.redis.kind.real:
        say.line(f"  Redis is {servers.redis.kind.title}")
    say.line()
