"""Takes pictures of pages for people to look at: ``python -m tests.browser.pictures FOLDER [names]``.

In both languages, themes and widths. Names are those of the inventory and of the
states; without names the pages are taken that an owner sees first. ``--of FILE``
takes a running, seeded product (what ``python -m tests.browser.seed`` printed);
otherwise one is started for the occasion. ``--only en-1440-light`` narrows.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.local import catalogue, places
from tests.browser.eyes import MATRIX
from tests.browser.seeded import Seeded

FIRST = (
    "public-signup", "public-account-login", "imports-id-columns", "companies", "companies-id", "deals", "start",
    "settings-profile", "palette", "companies-new", "operator-tenants",
)  # fmt: skip


def main() -> None:
    """Read the command line, take the pictures, say where they are."""
    reader = argparse.ArgumentParser(prog="python -m tests.browser.pictures", description=__doc__)
    reader.add_argument("folder", type=Path)
    reader.add_argument("names", nargs="*")
    reader.add_argument("--of", type=Path, help="what tests.browser.seed printed for a running product")
    reader.add_argument("--only", default="", help="sights whose name holds this, such as ru-390 or dark")
    chosen = reader.parse_args()
    with _product(chosen.of) as (address, seeded):
        import django

        django.setup()
        from tests.browser.showing import Showing

        chosen.folder.mkdir(parents=True, exist_ok=True)
        for sight in (sight for sight in MATRIX if chosen.only in str(sight)):
            with _browser() as browser:
                _take(Showing(browser, sight, address, seeded), chosen.names or list(FIRST), chosen.folder)


def _take(showing: Any, names: list[str], folder: Path) -> None:
    for name in names:
        try:
            showing.show(name)
        except Exception as error:
            print(f"{name} {showing.sight}: {str(error).splitlines()[0]}", file=sys.stderr)
        else:
            showing.eyes.page.screenshot(
                path=folder / f"{name}-{showing.sight}.png", full_page=showing.sight.touch
            )
    showing.close()


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    from tests.support import browser as chromium

    with sync_playwright() as engines:
        opened = engines.chromium.launch(
            executable_path=chromium.executable(), args=chromium.launch_arguments()
        )
        yield opened
        opened.close()


@contextmanager
def _product(file: Path | None) -> Iterator[tuple[str, Seeded]]:
    """Address and companies of the product: the given one, or one of its own."""
    if file is not None:
        yield f"localhost:{os.environ['TEREM_PORT']}", Seeded.from_json(file.read_text())
        return
    from tests.browser.live import seeded_product
    from tests.support import cluster

    catalogue.compile_all()
    run = cluster.begin()
    os.environ.update(
        {"DJANGO_SETTINGS_MODULE": "config.settings", **run.environment("pictures", "pictures")}
    )
    sys.path.insert(0, str(places.ROOT / "platform"))
    warden = cluster.start_warden(run)
    try:
        with seeded_product(run, "pictures") as found:
            yield found
    finally:
        cluster.stop_warden(warden, run)


if __name__ == "__main__":
    main()
