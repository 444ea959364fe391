"""The commands of ``./terem`` by name, and how their troubles are told."""

from __future__ import annotations

import importlib
import os
import sys

from deploy.local import places, say
from deploy.local.say import Problem

_HOMES = {
    "up": "up",
    "demo": "manage",
    "manage": "manage",
    "mail": "mailbox",
    "test": "testing",
    "check": "checking",
    "bench": "benching",
}


def run(arguments: list[str], usage: str) -> int:
    """Run one command; 0 when it went well, 1 after a told problem, 2 for a wrong call."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(usage, end="")
        return 0 if arguments else 2
    name, *rest = arguments
    if name not in _HOMES:
        print(f"There is no command {name!r}.\n\n{usage}", end="", file=sys.stderr)
        return 2
    os.chdir(places.ROOT)
    module = importlib.import_module(f"deploy.local.{_HOMES[name]}")
    try:
        return int(module.command(rest if name != "demo" else ["demo", *rest]))
    except Problem as found:
        say.problem(found)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    except OSError as error:
        full = say.disk_problem(error, places.ROOT)
        if full is None:
            raise
        say.problem(full)
    return 1
