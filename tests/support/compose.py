"""A compose file as its engine reads it: values filled in, services in the order in which they wait for each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_VALUE = re.compile(r"\$\$|\$\{(\w+)(?:(:?[-?])([^}]*))?\}|\$(\w+)")
_SIZES = {"": 1, "b": 1, "k": 2**10, "m": 2**20, "g": 2**30}
_TIMES = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Probe:
    """How a service is asked; times in seconds."""

    argv: list[str]
    timeout: float
    start: float


def loaded(path: Path, values: dict[str, str]) -> dict[str, Any]:
    """The file with every ``${…}`` filled in. Raises ``ValueError`` for one that must be given and is not."""
    import yaml

    found: dict[str, Any] = _filled(yaml.safe_load(path.read_text("utf-8")), values)
    return found


def _filled(part: Any, values: dict[str, str]) -> Any:
    if isinstance(part, dict):
        return {name: _filled(one, values) for name, one in part.items()}
    if isinstance(part, list):
        return [_filled(one, values) for one in part]
    return interpolated(part, values) if isinstance(part, str) else part


def interpolated(text: str, values: dict[str, str]) -> str:
    """``${A}``, ``${A:-else}`` and ``${A:?why}`` by the values; ``$$`` is a dollar."""

    def value(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        name, how = match[1] or match[4], match[2] or ""
        given = values.get(name)
        missing = not given if how.startswith(":") else given is None
        if missing and how.endswith("?"):
            raise ValueError(f"{name}: {match[3] or 'must be given'}")
        return match[3] if missing and how.endswith("-") else given or ""

    return _VALUE.sub(value, text)


def env_file(text: str) -> dict[str, str]:
    """A file of NAME=value rows."""
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))


def order(services: dict[str, Any]) -> list[str]:
    """The services so that each comes after those it waits for."""
    found: list[str] = []

    def add(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, f"{name} waits for itself"
        for before in services[name].get("depends_on", {}):
            add(before, (*above, name))
        if name not in found:
            found.append(name)

    for name in services:
        add(name, ())
    return found


def probe(service: dict[str, Any], image: list[str]) -> Probe | None:
    """How the service is asked: by its own words, by its image's, or not at all."""
    said = service.get("healthcheck", {})
    if said.get("disable"):
        return None
    test = said.get("test") or (["CMD", *image] if image else [])
    if not test:
        return None
    argv = ["/bin/sh", "-c", test[1]] if test[0] == "CMD-SHELL" else test[1:]
    return Probe(argv, seconds(said.get("timeout", "30s")), seconds(said.get("start_period", "0s")))


def seconds(text: str) -> float:
    """``2m``, ``30s`` and so on."""
    match = re.fullmatch(r"(\d+)(ms|s|m|h)", text)
    assert match is not None, text
    return float(match[1]) * _TIMES[match[2]]


def size(text: str) -> int:
    """Bytes of ``384m`` and so on."""
    match = re.fullmatch(r"(\d+)([bkmg]?)b?", text.lower())
    assert match is not None, text
    return int(match[1]) * _SIZES[match[2]]
