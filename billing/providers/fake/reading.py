"""Requests as the server reads them, and answers as it shows them: parameters, pages, objects filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import parse_qsl

from billing.providers.fake.world import Refused, Thing, World, listed


def read_form(body: str) -> Thing:
    """``items[0][price]=x&expand[]=y`` as nested dictionaries and lists."""
    told: Thing = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        keys = [name.partition("[")[0], *re.findall(r"\[([^\]]*)\]", name)]
        at: Any = told
        for key, following in zip(keys, [*keys[1:], None], strict=True):
            if following is None:
                if key == "":
                    at[str(len(at))] = value
                else:
                    at[key] = value
            else:
                at = at.setdefault(key, {})
    return {key: _listed(value) for key, value in told.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(one) for key, one in value.items()}
    if inner and all(key.isdecimal() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


def known(told: Thing, names: Iterable[str]) -> None:
    """Refuse parameters of other names."""
    for name in told:
        if name not in names and name != "expand":
            message = f"Received unknown parameter: {name}"
            raise Refused(message, code="parameter_unknown", param=name)


def page(told: Thing, rows: Iterable[Thing], url: str) -> Thing:
    """One page of a listing, after the row that the request names."""
    found = list(rows)
    if after := told.get("starting_after"):
        names = [row["id"] for row in found]
        if after not in names:
            raise Refused(f"No such object: '{after}'", code="resource_missing", param="starting_after")
        found = found[names.index(after) + 1 :]
    limit = int(told.get("limit", 10))
    return listed(found[:limit], url, len(found) > limit)


LISTING: Final = ("limit", "starting_after")


def only(told: Thing, *names: str) -> Thing:
    """Some of the parameters, where they were given."""
    return {name: told[name] for name in names if name in told}


def expanded(world: World, thing: Thing, names: Iterable[str]) -> Thing:
    """The object with named fields filled by the objects that they name."""
    for name in names:
        first, _, rest = name.partition(".")
        if first in thing:
            thing = thing | {first: _filled(world, thing[first], [rest] if rest else [])}
    return thing


def _filled(world: World, value: Any, names: list[str]) -> Any:
    if isinstance(value, list):
        return [_filled(world, one, names) for one in value]
    if isinstance(value, str):
        value = world.things[value]
    return expanded(world, value, names) if isinstance(value, dict) else value
