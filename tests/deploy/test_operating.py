"""What an operator does on a server without the whole of it: look before, renew after a change, ask how it does."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local import places
from deploy.server import commands, environment, layout, releases, status, units
from deploy.server.examination import Finding, trouble
from deploy.server.layout import Trouble
from tests.deploy.test_server_files import CHOSEN, server, whole
from tests.support import edge

__all__ = ["server"]

WORDS = ["--domain", "terem.example", "--mail", "smtp://user:word@127.0.0.1:587"]


@pytest.fixture
def asked(server: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """A server with a release and settings; what systemd was asked. Every unit is active."""
    known: list[tuple[str, ...]] = []

    def answer(*words: str) -> str:
        known.append(words)
        return "active" if "--property=ActiveState" in words else "0"

    monkeypatch.setattr(units, "systemctl", answer)
    environment.make(CHOSEN)
    releases.switch(whole("a1"))
    return known


def lacking(monkeypatch: pytest.MonkeyPatch, *found: Finding) -> None:
    monkeypatch.setattr(status, "lacks", lambda _place, *, ours: list(found))


def test_a_look_changes_nothing(server: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    lacking(monkeypatch, Finding("Letters reach nobody.", "Set it."))
    before = sorted(server.rglob("*"))
    commands.install([*WORDS, "--look"])
    assert sorted(server.rglob("*")) == before
    assert "Letters reach nobody." in capsys.readouterr().out


def test_what_keeps_from_running_stops_before_settings_are_written(
    server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the same command with other words still counts: settings are made once."""
    lacking(monkeypatch, trouble("Port 443 of 0.0.0.0 is in use by nginx.", "End it."))
    with pytest.raises(Trouble, match="in use by nginx"):
        commands.install(WORDS)
    assert not environment.TEREM.exists()


def test_words_of_the_first_install_are_asked_for_before_the_look(
    server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking(monkeypatch)
    with pytest.raises(Trouble, match="--domain and --mail"):
        commands.install(["--look"])


def test_where_things_are_is_read_from_the_files_once_they_are_there(server: Path) -> None:
    first = status.place(CHOSEN)
    environment.make(CHOSEN)
    assert status.place(CHOSEN | {"domain": "other.example", "https": "8443"}) == first
    assert (first.edge, first.database, first.https) == ("edge.terem.example", "127.0.0.1:5432/terem", 443)


def test_renew_restarts_each_process_and_the_edge_only_when_asked(asked: list[tuple[str, ...]]) -> None:
    commands.renew([])
    restarted = [unit for verb, unit in asked if verb == "restart"]
    assert restarted == [*layout.WORKERS, layout.SCHEDULER, *layout.WEB]
    asked.clear()
    commands.renew(["--edge"])
    assert asked[-1] == ("restart", layout.EDGE)


def test_renew_refuses_a_faulty_line_before_it_restarts_anything(asked: list[tuple[str, ...]]) -> None:
    with environment.TEREM.open("a") as stream:
        stream.write('TEREM_LOG="DEBUG"\n')
    with pytest.raises(Trouble, match="no NAME=value"):
        commands.renew([])
    assert asked == []


def test_status_names_what_does_not_run(
    asked: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    lacking(monkeypatch)
    monkeypatch.setattr(status, "_ready", lambda _port: 200)
    monkeypatch.setattr(status, "_certificate", lambda _place: "refused")
    commands.told([])
    told = capsys.readouterr().out
    assert "Release a1" in told
    assert "Look: No browser gets https://terem.example/ from here: refused." in told

    states = {layout.WORKERS[0]: "failed"}
    monkeypatch.setattr(
        units, "show", lambda unit, name: states.get(unit, "active") if name == "ActiveState" else "0"
    )
    monkeypatch.setattr(units, "words", lambda _unit, _count: "TEREM_REDIS must be set.")
    with pytest.raises(Trouble, match="Something does not work"):
        commands.told([])
    assert "Wrong: terem-worker@tenant does not run (failed)" in capsys.readouterr().out


@pytest.mark.caddy
@pytest.mark.parametrize("contact", ["", "you@terem.example"])
def test_the_authority_may_write_to_somebody(server: Path, contact: str) -> None:
    """The edge takes the line with an address and without one."""
    environment.make(CHOSEN | {"contact": contact})
    program = edge.executable()
    assert program is not None
    done = subprocess.run(
        [program, "adapt", "--config", str(places.ROOT / "deploy/edge/Caddyfile"), "--adapter", "caddyfile"],
        env={"PATH": os.environ["PATH"], "HOME": str(server)} | environment.read(environment.EDGE),
        capture_output=True,
        text=True,
        check=True,
    )
    assert list(_emails(json.loads(done.stdout))) == ([contact] if contact else [])


def _emails(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        if "email" in found:
            yield found["email"]
        for value in found.values():
            yield from _emails(value)
    elif isinstance(found, list):
        for value in found:
            yield from _emails(value)
