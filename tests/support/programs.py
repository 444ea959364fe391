"""Whether a command that a container is given exists in the product."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path

from deploy.local import places

_QUEUES = {"tenant", "control", "owner"}
_STANDARD = {"chown", "sh", "nc", "postgres", "pg_isready", "caddy", "valkey-server"}


def faults(argv: list[str]) -> list[str]:
    """What of the command does not exist; a shell's line is judged by each of its commands."""
    if argv[:2] == ["sh", "-c"]:
        parts = [shlex.split(part) for part in re.split(r"\|\||&&|;", argv[2])]
        return [said for part in parts for said in faults([word for word in part if word != "exec"])]
    known = {"python": _python, "celery": _celery, "granian": _granian}
    if argv[0] in known:
        return known[argv[0]](argv[1:])
    return [] if argv[0] in _STANDARD else [f"{argv[0]} is no program of the image"]


def _python(rest: list[str]) -> list[str]:
    if rest[0] == "-c":
        return [] if _compiles(rest[1]) else ["does not compile"]
    if rest[0] == "-m":
        return [] if importlib.util.find_spec(rest[1]) else [f"there is no module {rest[1]}"]
    if rest[0] != "manage.py":
        return [f"there is no {rest[0]}"]
    found = [
        path
        for path in places.ROOT.glob(f"*/**/management/commands/{rest[1]}.py")
        if ".venv" not in path.parts
    ]
    if not found:
        return [f"manage.py has no command {rest[1]}"]
    return _verb(found[0], rest[2:])


def _verb(path: Path, rest: list[str]) -> list[str]:
    """Verbs and options stand in the command's own source."""
    text = path.read_text("utf-8")
    named = [word for word in rest if word.startswith("--") or word == rest[0]]
    return [f"{path.stem} knows no {word}" for word in named if f'"{word}"' not in text]


def _celery(rest: list[str]) -> list[str]:
    said = []
    if rest[0] != "-q":
        said.append("celery writes its banner among the log's lines")
    rest = rest[1:] if rest[0] == "-q" else rest
    if rest[:2] != ["-A", "config.worker"]:
        said.append("celery is not given config.worker")
    if rest[2] not in ("worker", "beat"):
        said.append(f"celery has no {rest[2]} here")
    queues = rest[rest.index("-Q") + 1].split(",") if "-Q" in rest else []
    return said + [f"there is no queue {queue}" for queue in queues if queue not in _QUEUES]


def _granian(rest: list[str]) -> list[str]:
    from granian.cli import cli

    known = {option for parameter in cli.params for option in (*parameter.opts, *parameter.secondary_opts)}
    said = [f"granian knows no {word}" for word in rest if word.startswith("--") and word not in known]
    module, _colon, name = rest[-1].partition(":")
    source = importlib.util.find_spec(module)
    if source is None or not source.origin or name not in Path(source.origin).read_text("utf-8"):
        said.append(f"there is no {rest[-1]}")
    return said


def _compiles(source: str) -> bool:
    try:
        compile(source, "probe", "exec")
    except SyntaxError:
        return False
    return True
