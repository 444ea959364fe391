"""What a server lacks is said in words before anything is changed: ports, names, mail, Redis, PostgreSQL, room."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from deploy.server import examination, postgres, status
from deploy.server.examination import Finding, trouble
from deploy.server.layout import Trouble


@contextmanager
def talking(answers: dict[bytes, bytes], greeting: bytes) -> Iterator[int]:
    """A server of one line at a time, on a port of loopback; ended with its block."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _from = listener.accept()
            except OSError:
                return
            # Who asks may hang up in the middle of an answer.
            with suppress(ConnectionError):
                talk(line)

    def talk(line: socket.socket) -> None:
        with line, line.makefile("rwb") as stream:
            stream.write(greeting)
            stream.flush()
            for row in stream:
                known = [answer for start, answer in answers.items() if row.upper().startswith(start)]
                stream.write(known[0] if known else b"500 what?\r\n")
                stream.flush()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def said(found: Iterator[Finding]) -> str:
    return " ".join(f"{one.what} {one.way_on}" for one in found)


def grave(found: Iterator[Finding]) -> list[bool]:
    return [one.keeps_from_running for one in found]


def test_a_port_that_is_taken_is_named_with_who_has_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = list(examination.ports([("127.0.0.1", port)]))
        assert [one.keeps_from_running for one in found] == [True]
        assert f"Port {port}" in found[0].what
        assert Path("/proc/self/comm").read_text("utf-8").strip() in found[0].what
    assert list(examination.ports([("127.0.0.1", port)])) == []


@pytest.mark.parametrize(
    ("memory", "free", "weights"),
    [(1.0, 50, [True]), (2.0, 50, [False]), (8.0, 50, []), (8.0, 1, [True]), (8.0, 5, [False])],
)
def test_memory_and_room(
    memory: float, free: int, weights: list[bool], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(examination, "_memory", lambda: memory)
    monkeypatch.setattr(examination.shutil, "disk_usage", lambda _folder: _Free(free << 30))
    # Two folders of one disk are told of once.
    assert grave(examination.machine((tmp_path, tmp_path / "not" / "yet"))) == weights


class _Free:
    def __init__(self, free: int) -> None:
        self.free = free


def test_this_machine_is_measured() -> None:
    assert 0.1 < examination._memory() < 10_000


def test_names_that_lead_nowhere_or_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"terem.example": {"127.0.0.1"}, "edge.terem.example": {"203.0.113.7"}}
    monkeypatch.setattr(examination, "_addresses", lambda name: known.get(name, set()))
    found = list(examination.names("terem.example", "edge.terem.example"))
    assert [one.keeps_from_running for one in found] == [False, False]
    assert found[0].what == "These names lead nowhere: *.terem.example."
    assert "edge.terem.example leads to 203.0.113.7" in found[1].what


def test_a_mail_server_that_takes_us_in_is_no_matter() -> None:
    with talking({b"EHLO": b"250 here\r\n", b"QUIT": b"221 bye\r\n"}, b"220 mail\r\n") as port:
        assert list(examination.mail(f"smtp://127.0.0.1:{port}")) == []


@pytest.mark.parametrize(
    ("answers", "address", "words"),
    [
        ({}, "file:///var/lib/terem/mail", "reach nobody"),
        (
            {b"EHLO": b"250 here\r\n", b"QUIT": b"221 bye\r\n"},
            "smtp://u:p@127.0.0.1:{port}",
            "does not take us in",
        ),
        ({}, "smtp://127.0.0.1:1", "does not take us in"),
    ],
)
def test_mail_that_would_not_go(answers: dict[bytes, bytes], address: str, words: str) -> None:
    with talking(answers, b"220 mail\r\n") as port:
        found = list(examination.mail(address.format(port=port)))
    assert [one.keeps_from_running for one in found] == [False]
    assert words in found[0].what


def test_a_wrong_password_of_the_mail_is_said_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_words: Any) -> None:
        raise examination.smtplib.SMTPAuthenticationError(535, b"no")

    monkeypatch.setattr(examination, "_greet", refuse)
    assert "refuses this name and password" in said(examination.mail("smtp://u:p@mail.example:587"))


def test_redis_is_asked_in_its_own_words() -> None:
    """The one of this run: it has a password, and is new enough."""
    assert list(examination.queue(settings.TEREM_REDIS)) == []
    wrong = settings.TEREM_REDIS.replace(":", ":x", 2).replace(":x//", "://", 1)
    assert grave(examination.queue(wrong)) == [True]
    assert "refuses us" in said(examination.queue(wrong))
    assert "does not answer" in said(examination.queue("redis://127.0.0.1:1/0"))
    with talking({b"": b"HTTP/1.1 400 what\r\n"}, b"") as port:
        assert grave(examination.queue(f"redis://127.0.0.1:{port}/0")) == [True]


def test_a_database_that_is_not_there_keeps_from_running() -> None:
    known = settings.DATABASES["default"]
    assert list(examination.database(f"{known['HOST']}:{known['PORT']}/terem")) == []
    assert grave(examination.database("127.0.0.1:1/terem")) == [True]


def test_what_a_postgresql_must_be() -> None:
    good = {"max_locks_per_transaction": 256, "max_connections": 200}
    assert list(postgres.findings(18, good, {"pg_trgm"})) == []
    assert [row[0] for row in postgres.findings(17, good, set())] == ["trouble", "trouble"]
    low = list(postgres.findings(18, dict.fromkeys(good, 64), {"pg_trgm"}))
    assert [row[0] for row in low] == ["hint", "hint"]
    assert "ALTER SYSTEM SET max_connections = 200" in low[1][2]


def test_the_server_of_this_run_is_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = settings.DATABASES["owner"]
    dsn = psycopg.conninfo.make_conninfo(
        host=known["HOST"],
        port=known["PORT"],
        user=known["USER"],
        password=known["PASSWORD"],
        dbname="postgres",
    )
    monkeypatch.setattr(postgres.sys, "argv", ["postgres", dsn])
    assert postgres.main() == 0
    assert "trouble" not in capsys.readouterr().out


def test_troubles_stop_before_anything_is_changed(capsys: pytest.CaptureFixture[str]) -> None:
    found = [Finding("Letters reach nobody.", "Set it."), trouble("Port 443 is taken.", "End it.")]
    with pytest.raises(Trouble, match="Port 443 is taken") as raised:
        status.demand(found, anyway=False)
    assert "Nothing was changed" in raised.value.way_on
    assert "Look: Letters reach nobody." in capsys.readouterr().out
    status.demand(found, anyway=True)
    assert "Look: Port 443 is taken." in capsys.readouterr().out
