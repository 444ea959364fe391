"""A Dockerfile and a .dockerignore as their tools read them: exactly, or with an error about what is not known here.

The reference is Docker's own (docs.docker.com/reference/dockerfile): comments, continued lines, flags, the two
forms of a command, variables of ARG and ENV, several stages. What our recipe does not use is refused, so that
nobody takes a step for done that this reader only skipped: heredocs, ADD, ONBUILD, SHELL, mounts.
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

WORDS = {
    "ARG", "CMD", "COPY", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "RUN", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
}  # fmt: skip
_FLAGS = {"COPY": {"from"}, "HEALTHCHECK": {"interval", "timeout", "start-period", "retries"}}
_VARIABLE = re.compile(r"\\\$|\$(?:(\w+)|\{(\w+)(?:(:[-+])([^}]*))?\})")


class Unreadable(ValueError):
    """The file says something that this reader does not know, or that is wrong."""


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction: its word, its flags, and the rest as it stands. ``line`` counts from 1."""

    word: str
    rest: str
    flags: dict[str, str]
    line: int

    @property
    def argv(self) -> list[str] | None:
        """The words of the exec form (a JSON list); None for the shell form."""
        if not self.rest.startswith("["):
            return None
        found = json.loads(self.rest)
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise Unreadable(f"line {self.line}: no list of words")
        return found


@dataclass(slots=True)
class Stage:
    """One FROM with its steps: ``base`` is an image or the name of a stage before it."""

    base: str
    name: str
    steps: list[Step] = field(default_factory=list)

    def last(self, word: str) -> Step:
        """The instruction that counts, where the last of its kind does."""
        return next(step for step in reversed(self.steps) if step.word == word)


def read(text: str, given: dict[str, str] | None = None) -> list[Stage]:
    """The stages; ``given`` are the build's own values (``--build-arg``)."""
    outside: dict[str, str] = {}
    stages: list[Stage] = []
    for step in steps(text):
        if step.word == "ARG" and not stages:
            name, _equals, value = step.rest.partition("=")
            outside[name] = (given or {}).get(name, unquoted(value))
        elif step.word == "FROM":
            words = substituted(step.rest, outside).split()
            if len(words) not in (1, 3) or (len(words) == 3 and words[1].upper() != "AS"):
                raise Unreadable(f"line {step.line}: FROM image, or FROM image AS name")
            stages.append(Stage(words[0], words[2] if len(words) == 3 else str(len(stages))))
        elif not stages:
            raise Unreadable(f"line {step.line}: {step.word} before FROM")
        else:
            stages[-1].steps.append(step)
    if not stages:
        raise Unreadable("there is no FROM")
    return stages


def steps(text: str) -> list[Step]:
    """The instructions in their order."""
    found: list[Step] = []
    row, began = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if number == 1 and re.match(r"#\s*(syntax|escape|check)\s*=", bare):
            raise Unreadable("line 1: directives are not known here")
        # A comment or an empty line inside a continued instruction is left out, as the builder does.
        if not bare or bare.startswith("#"):
            continue
        began = began or number
        if bare.endswith("\\"):
            row += line.rstrip()[:-1] + " "
            continue
        found.append(_step((row + line).strip(), began))
        row, began = "", 0
    if row:
        raise Unreadable(f"line {began}: the last line goes on after the end")
    return found


def _step(row: str, line: int) -> Step:
    word, _blank, rest = row.partition(" ")
    word = word.upper()
    if word not in WORDS:
        raise Unreadable(f"line {line}: {word} is not known here")
    if "<<" in rest and word in ("RUN", "COPY"):
        raise Unreadable(f"line {line}: heredocs are not known here")
    flags: dict[str, str] = {}
    rest = rest.strip()
    while match := re.match(r"--([a-z-]+)=(\S+)\s+", rest):
        if match[1] not in _FLAGS.get(word, set()):
            raise Unreadable(f"line {line}: {word} --{match[1]} is not known here")
        flags[match[1]] = match[2]
        rest = rest[match.end() :]
    if rest.startswith("--"):
        raise Unreadable(f"line {line}: {word} {rest.split()[0]} is not known here")
    if not rest:
        raise Unreadable(f"line {line}: {word} says nothing")
    return Step(word, rest, flags, line)


def substituted(text: str, known: dict[str, str]) -> str:
    """The text with its variables filled in; an unknown one is empty, as the builder has it."""

    def value(match: re.Match[str]) -> str:
        if match[0] == "\\$":
            return "$"
        found = known.get(match[1] or match[2], "")
        if match[3] == ":-":
            return found or match[4]
        if match[3] == ":+":
            return match[4] if found else ""
        return found

    return _VARIABLE.sub(value, text)


def unquoted(text: str) -> str:
    """One word without its quotes."""
    words = shlex.split(text)
    if len(words) > 1:
        raise Unreadable(f"one word was expected: {text}")
    return words[0] if words else ""


def pairs(step: Step, known: dict[str, str]) -> dict[str, str]:
    """What ENV sets; each value sees what stood before the instruction, not its neighbours."""
    found = {}
    for word in shlex.split(step.rest):
        name, equals, value = word.partition("=")
        if not equals:
            raise Unreadable(f"line {step.line}: ENV name=value")
        found[name] = substituted(value, known)
    return found


@dataclass(frozen=True, slots=True)
class Ignored:
    """A .dockerignore: the last rule that fits a path or one of the folders above it decides."""

    rules: tuple[tuple[re.Pattern[str], bool], ...]

    def __call__(self, path: str) -> bool:
        parts = path.split("/")
        above = ["/".join(parts[: count + 1]) for count in range(len(parts))]
        said = False
        for rule, leaves_out in self.rules:
            if any(rule.fullmatch(place) for place in above):
                said = leaves_out
        return said


def ignored(text: str) -> Ignored:
    """The rules of a .dockerignore."""
    rules = []
    for row in text.splitlines():
        if row.startswith("#") or not row.strip():
            continue
        word = row.strip()
        back = word.startswith("!")
        word = str(Path(word.removeprefix("!").strip().lstrip("/")))
        rules.append((re.compile(_pattern(word)), not back))
    return Ignored(tuple(rules))


def _pattern(word: str) -> str:
    """Go's filepath.Match with ``**`` for any number of folders, as a regular expression."""
    said, place = "", 0
    while place < len(word):
        if word.startswith("**/", place):
            said, place = said + "(?:.*/)?", place + 3
        elif word.startswith("**", place):
            said, place = said + ".*", place + 2
        elif word[place] == "*":
            said, place = said + "[^/]*", place + 1
        elif word[place] == "?":
            said, place = said + "[^/]", place + 1
        elif word[place] in "[\\":
            raise Unreadable(f"{word}: classes and escapes are not known here")
        else:
            said, place = said + re.escape(word[place]), place + 1
    return said
