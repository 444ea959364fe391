"""The readers of Dockerfile, .dockerignore and compose values, held against what their references say. Quick; no roots."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import compose, dockerfile, imagebuild
from tests.support.dockerfile import Unreadable

RECIPE = r"""
# A comment
ARG BASE=python:3.11
FROM ${BASE} AS build
WORKDIR /a
RUN one \
    # a comment inside
    && two "$HOME" \

    three
FROM ${BASE}
ENV A=1 B="two words" C=$A
COPY --from=build /venv /venv
HEALTHCHECK --interval=10s CMD ["python", "-c", "x"]
CMD ["granian", "--port", "8000"]
"""


def test_stages_and_steps() -> None:
    build, last = dockerfile.read(RECIPE, {"BASE": "other:1"})
    assert (build.base, build.name, last.base, last.name) == ("other:1", "build", "other:1", "1")
    assert dockerfile.read(RECIPE)[0].base == "python:3.11"
    assert [step.word for step in build.steps] == ["WORKDIR", "RUN"]
    assert build.steps[1].rest.split() == ["one", "&&", "two", '"$HOME"', "three"]
    assert build.steps[1].argv is None
    assert last.last("CMD").argv == ["granian", "--port", "8000"]
    assert last.last("COPY").flags == {"from": "build"}
    assert imagebuild.probe(last.last("HEALTHCHECK")) == ["python", "-c", "x"]


def test_values_are_filled_in_as_the_builder_does() -> None:
    known = {"A": "1", "E": ""}
    for text, wanted in (
        ("$A-${A}", "1-1"), (r"\$A", "$A"), ("${N:-else}", "else"), ("${E:-else}", "else"),
        ("${A:+set}", "set"), ("${N:+set}", ""), ("$N", ""),
    ):  # fmt: skip
        assert dockerfile.substituted(text, known) == wanted
    env = next(step for step in dockerfile.steps(RECIPE) if step.word == "ENV")
    assert dockerfile.pairs(env, {"A": "before"}) == {"A": "1", "B": "two words", "C": "before"}


@pytest.mark.parametrize(
    "text",
    [
        "RUN x",
        "",
        "FROM a\nADD x /y",
        "FROM a\nRUN <<END",
        "FROM a\nRUN --mount=type=cache x",
        "FROM a\nCOPY --chown=1 x y",
        "# syntax=docker/dockerfile:1\nFROM a",
        "FROM a\nRUN x \\",
        "FROM a AS",
        "FROM a\nRUN",
    ],
)
def test_what_is_not_known_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        dockerfile.read(text)


def test_what_is_left_out_of_the_context() -> None:
    rules = dockerfile.ignored("# words\n.git\nvar/\n/tests\n**/*.mo\n**/.env\n*.log\nkept?\n!kept1\n")
    for path in (
        ".git",
        ".git/HEAD",
        "var/x",
        "tests/a/b",
        "a/b/c.mo",
        "c.mo",
        ".env",
        "deploy/.env",
        "a.log",
        "kept2",
    ):
        assert rules(path), path
    for path in ("git", "a/.git", "a/tests/b", "c.mo.py", ".envs", "deep/a.log", "kept1", "vary"):
        assert not rules(path), path
    with pytest.raises(Unreadable):
        dockerfile.ignored("[ab]")


def test_secrets_of_a_machine_never_enter_its_image(tmp_path: Path) -> None:
    """compose.yaml is filled in beside the code: what was filled in stays out of the image, and so does history."""
    from deploy.local import places

    rules = dockerfile.ignored((places.ROOT / ".dockerignore").read_text("utf-8"))
    for path in (
        "deploy/.env",
        ".env",
        ".env.production",
        "deploy/.env.old",
        ".git/config",
        "tests/conftest.py",
        "var/secrets.json",
    ):
        assert rules(path), path
    for path in ("deploy/compose.env.example", "manage.py", "platform/config/env.py", "requirements.lock"):
        assert not rules(path), path


def test_links_of_a_root_lead_within_it(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "var").mkdir()
    (tmp_path / "var/run").symlink_to("/run")
    (tmp_path / "out").symlink_to("../../../etc")
    assert imagebuild.inside(tmp_path, "/var/run/postgresql") == tmp_path / "run/postgresql"
    assert imagebuild.inside(tmp_path, "/plain/x") == tmp_path / "plain/x"


def test_values_of_a_compose_file() -> None:
    values = {"A": "1", "E": ""}
    for text, wanted in (
        ("$$PASSWORD", "$PASSWORD"), ("${A}", "1"), ("${E:-else}", "else"), ("${E-else}", ""), ("${N-else}", "else"),
        ("x${N:-}y", "xy"), ("${A:?why}", "1"),
    ):  # fmt: skip
        assert compose.interpolated(text, values) == wanted
    with pytest.raises(ValueError, match="of the administrator"):
        compose.interpolated("${E:?of the administrator}", values)
    assert compose.order(
        {"web": {"depends_on": {"db": {}}}, "edge": {"depends_on": {"web": {}}}, "db": {}}
    ) == ["db", "web", "edge"]
    assert (compose.seconds("2m"), compose.size("384m"), compose.size("1g")) == (120, 384 * 2**20, 2**30)
    asked = compose.probe({"healthcheck": {"test": ["CMD-SHELL", "a | b"], "timeout": "3s"}}, [])
    assert asked is not None and asked.argv == ["/bin/sh", "-c", "a | b"]
    assert compose.probe({"healthcheck": {"disable": True}}, ["x"]) is None
    own = compose.probe({}, ["x"])
    assert own is not None and own.argv == ["x"]
