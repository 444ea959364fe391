"""Every URL of ours says who may use it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver

from tests.house import rules

URLCONFS = ("config.urls_public", "config.urls_workspace", "config.urls_operator")
# Views of libraries are answered for by the layer named here.
ELSEWHERE = {"allauth.": "identity's middleware", "django.views.static": "public files"}


def test_every_url_has_a_right() -> None:
    """A view without a decorator of kernel.web would be open to everybody."""
    rules.judge("rights", "architecture", _open_urls())


def test_every_right_is_declared() -> None:
    """A page whose right nobody declared can be granted to nobody."""
    from kernel.rights import RIGHTS
    from kernel.web import ROUTES

    list(_views())
    unknown = sorted({str(r.right) for r in ROUTES.values() if r.right and r.right not in RIGHTS})
    assert not unknown, (
        f"Declare these rights beside their actions with kernel.rights.declare: {', '.join(unknown)}"
    )


def _views() -> Iterator[tuple[str, str, Any]]:
    for urlconf in URLCONFS:
        for pattern in import_module(urlconf).urlpatterns:
            for route, view in _walk(pattern, ""):
                yield urlconf, route, view


def _walk(pattern: URLPattern | URLResolver, before: str) -> Iterator[tuple[str, Any]]:
    route = before + str(pattern.pattern)
    if isinstance(pattern, URLResolver):
        for inner in pattern.url_patterns:
            yield from _walk(inner, route)
    else:
        yield route, pattern.callback


def _open_urls() -> Iterator[tuple[Path, int, str]]:
    for urlconf, route, view in _views():
        if getattr(view, "route", None) is not None:
            continue
        where = f"{view.__module__}.{getattr(view, '__qualname__', type(view).__name__)}"
        if any(where.startswith(prefix) for prefix in ELSEWHERE):
            continue
        path = rules.ROOT / "platform" / (urlconf.replace(".", "/") + ".py")
        yield (
            path,
            1,
            (
                f"the URL {route} ({where}) has no right. Put a decorator of kernel.web on the view: "
                "@page, @change, @form, @entry, @public, @account or @operator."
            ),
        )
