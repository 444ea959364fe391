"""The image's recipe and the compose file: read as their tools read them. No engine runs here."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.local import places
from tests.support import cluster, dockerfile, programs

DEPLOY = places.ROOT / "deploy"
SCHEMA = places.ROOT / "tests" / "data" / "compose" / "compose-spec.json"
SCHEMA_HASH = "d549057ebc2925f39f62799eab0db7b9e2c18b35b6c00595199116da3ed10e64"
EXACT = re.compile(r"^[a-z0-9./-]+:(v?\d+(\.\d+)+[a-z0-9.-]*)$")


def steps() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile with their arguments, as they stand."""
    found = dockerfile.steps((DEPLOY / "Dockerfile").read_text("utf-8"))
    return [(step.word, step.rest) for step in found]


def last_stage() -> list[tuple[str, str]]:
    found = steps()
    start = max(number for number, (word, _rest) in enumerate(found) if word == "FROM")
    return found[start:]


def value(word: str) -> str:
    """What the shipped stage says with an instruction, the last time."""
    return next(rest for name, rest in reversed(last_stage()) if name == word)


def test_the_base_is_exact() -> None:
    base = next(rest for word, rest in steps() if word == "ARG").partition("=")[2]
    assert EXACT.match(base), "a tag that moves gives another image tomorrow"
    assert base.startswith("python:3.11."), "the lock is made for 3.11"
    assert [rest.split()[0] for word, rest in steps() if word == "FROM"] == ["${BASE}", "${BASE}"]


def test_packages_come_from_the_hashed_lock_only() -> None:
    installs = [rest for word, rest in steps() if word == "RUN" and " install " in rest]
    assert len(installs) == 1
    words = shlex.split(installs[0])
    assert {"--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", "requirements.lock"} <= set(
        words
    )
    assert "--without-pip" in words
    for name in ("--index-url", "--extra-index-url", "--trusted-host", "curl", "wget"):
        assert name not in words


def test_the_image_is_of_no_root_and_writes_nowhere_else() -> None:
    assert value("USER") == "10001:10001"
    assert json.loads(value("VOLUME")) == ["/storage", "/backups"]
    assert "PYTHONDONTWRITEBYTECODE=1" in value("ENV")
    for folder in ("HOME=/tmp", "TEREM_VAR=/tmp", "TEREM_STORAGE=/storage", "TEREM_BACKUPS=/backups"):
        assert folder in value("ENV")
    # Nothing after the account's change may need root.
    late = [word for word, _rest in last_stage()[[word for word, _ in last_stage()].index("USER") :]]
    assert "RUN" not in late
    assert "COPY" not in late


def test_the_image_holds_no_tests_and_no_history() -> None:
    ignored = (places.ROOT / ".dockerignore").read_text("utf-8").split()
    assert {".git", ".venv", "var", "tests", "helm", "requirements-dev.lock"} <= set(ignored)


def test_commands_of_the_image_exist() -> None:
    assert programs.faults(json.loads(value("CMD"))) == []
    check = value("HEALTHCHECK")
    assert programs.faults(json.loads(check[check.index("[") :])) == []
    assert "/health/live" in check


def test_the_step_that_collects_static_files_does(tmp_path: Path) -> None:
    """Run as it stands, with this checkout's places: production finds every file under its hashed name."""
    step = next(rest for word, rest in steps() if word == "RUN" and "collectstatic" in rest)
    command = next(part for part in step.split("&&") if "collectstatic" in part)
    words = [word.replace("/venv/bin/python", sys.executable) for word in shlex.split(command)]
    given = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
    given = {name: text.replace("/terem", str(places.ROOT)) for name, text in given.items()}
    argv = [word for word in words if not re.match(r"[A-Z_]+=", word)]
    done = subprocess.run(
        argv, cwd=places.ROOT, env=given | {"PATH": os.environ["PATH"], "TEREM_STATIC": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    paths = json.loads((tmp_path / "staticfiles.json").read_text("utf-8"))["paths"]
    assert len(paths) > 50
    assert all((tmp_path / hashed).is_file() for hashed in paths.values())


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml")
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return found


needs_tools = pytest.mark.helm


@needs_tools
def test_compose_follows_its_published_schema(compose: dict[str, Any]) -> None:
    import jsonschema

    raw = SCHEMA.read_bytes()
    assert hashlib.sha256(raw).hexdigest() == SCHEMA_HASH
    validator = jsonschema.Draft202012Validator(json.loads(raw))
    assert [error.message for error in validator.iter_errors(compose)] == []
    assert list(validator.iter_errors(compose | {"services": {"web": {"imagee": "x"}}}))


@needs_tools
def test_every_part_of_the_product_stands_in_compose(compose: dict[str, Any]) -> None:
    wanted = {
        "postgres",
        "redis",
        "prepare",
        "install",
        "web",
        "worker",
        "keeper",
        "scheduler",
        "backup",
        "edge",
    }
    assert wanted <= set(compose["services"])
    for name, service in compose["services"].items():
        for other in service.get("depends_on", {}):
            assert other in compose["services"], f"{name} waits for {other}"
        for network in service.get("networks", []):
            assert network in compose["networks"]
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (DEPLOY / source).is_file(), source


@needs_tools
def test_commands_of_compose_exist(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        argv = service["command"]
        if argv[:2] == ["sh", "/backup/base.sh"]:
            assert f"  {argv[2]})" in (DEPLOY / "backup" / "base.sh").read_text("utf-8")
        else:
            assert programs.faults(argv) == [], name
        probe = service.get("healthcheck", {}).get("test")
        if probe and probe[0] == "CMD" and probe[1] == "python":
            assert programs.faults(probe[1:]) == [], name


@needs_tools
def test_containers_are_held_short(compose: dict[str, Any]) -> None:
    """A limit of memory each, no privileges, an exact image; ours may not even write to their own root."""
    for name, service in compose["services"].items():
        assert service["mem_limit"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        ours = service["image"].startswith("terem:")
        assert ours or EXACT.match(service["image"]), f"{name}: {service['image']}"
        if name not in ("postgres", "folders"):
            assert service["read_only"] is True, name
            assert service["cap_drop"] == ["ALL"], name
        if service["restart"] != "no":
            assert service["healthcheck"].get("test") or name == "web", f"{name} is never asked how it is"
        assert "privileged" not in service


@needs_tools
def test_only_those_who_need_it_act_as_owner(compose: dict[str, Any]) -> None:
    owners = {
        name
        for name, service in compose["services"].items()
        if "TEREM_OWNER_DB" in service.get("environment", {})
    }
    assert owners == {"install", "keeper"}
    assert compose["networks"]["inside"]["internal"] is True
    assert compose["services"]["edge"]["networks"] == ["front"]
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["edge"]


@needs_tools
def test_nothing_secret_is_written_out(compose: dict[str, Any]) -> None:
    """Every secret comes from the environment, each is explained, and the start fails without it."""
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    example = (DEPLOY / "compose.env.example").read_text("utf-8")
    asked = set(re.findall(r"\$\{(\w+)", text)) - {"TEREM_VERSION"}
    told = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))
    assert asked == set(told)
    for name, given in told.items():
        if re.search(r"PASSWORD|KEY|TOKEN|MAIL", name):
            assert given == "", name
            assert f"${{{name}:-" not in text or name == "TEREM_SECRET_KEYS_OLD"
    assert not re.search(r"://[^\s:/@]*:(?!\$\{)[^\s@]+@", text)


def test_a_whole_copy_once_a_day(test_run: cluster.Run, tmp_path: Path) -> None:
    """The script that compose runs, against a real cluster: one copy a day, whole, and old ones go."""
    servers = test_run.servers
    bases, archive = tmp_path / "base", tmp_path / "archive"
    bases.mkdir()
    archive.mkdir()
    old, kept = bases / "2026-01-01", bases / "2026-11-01"
    for folder, days in ((old, 40), (kept, 3)):
        folder.mkdir()
        os.utime(folder, (_days_ago(days), _days_ago(days)))
    (archive / "old").write_text("")
    os.utime(archive / "old", (_days_ago(40), _days_ago(40)))
    environment = _cluster_environment(servers) | {"TEREM_BASES": str(bases), "TEREM_ARCHIVE": str(archive)}
    assert _base("fresh", environment).returncode == 1
    done = _base("once", environment)
    assert done.returncode == 0, done.stdout + done.stderr
    made = sorted(path.name for path in bases.iterdir())
    assert len(made) == 2
    assert kept.name in made
    copy = next(path for path in bases.iterdir() if path != kept)
    assert (copy / "backup_label").is_file()
    assert (copy / "PG_VERSION").read_text().strip() == "18"
    assert list(archive.iterdir()) == []
    assert "copied" not in _base("once", environment).stdout
    assert _base("fresh", environment).returncode == 0


def _days_ago(days: int) -> float:
    import time

    return time.time() - days * 86400


def _cluster_environment(servers: Any) -> dict[str, str]:
    from urllib.parse import parse_qs, urlsplit

    parts = urlsplit(servers.postgres.superuser_dsn)
    host = parts.hostname or parse_qs(parts.query).get("host", [""])[0]
    return {
        "PATH": f"{servers.postgres.bin}:{os.environ['PATH']}",
        "PGHOST": host,
        "PGPORT": str(parts.port or parse_qs(parts.query).get("port", ["5432"])[0]),
        "PGUSER": parts.username or "postgres",
    }


def _base(verb: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(DEPLOY / "backup" / "base.sh"), verb],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
