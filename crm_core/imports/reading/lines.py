"""Lines of a text file, decoded piece by piece, so that memory does not grow with the file."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext_lazy as _

from kernel.errors import Invalid

_CHUNK = 256 * 1024
# Characters. A longer line is no line of a table, and holding it would let a file fill the memory.
LONGEST_LINE = 4_000_000
_SURROGATE = re.compile("[\ud800-\udfff]")


class Lines(Iterator[str]):
    """Iterates the lines of an open binary file with their ends; `number` is the line given out last.

    NUL characters and byte order marks inside the file are dropped; their first lines are kept in
    `nul_line` and `mark_line`. Bytes that are no text in this encoding stay recognisable, see `is_torn`.
    `put_back` returns lines that were read too far.
    """

    def __init__(self, file: IO[bytes], encoding: str, *, skip: int = 0) -> None:
        file.seek(skip)
        self.number = 0
        self.nul_line = self.mark_line = 0
        self._returned: list[str] = []
        self._lines = _split(file, encoding)

    def __next__(self) -> str:
        line = self._returned.pop() if self._returned else next(self._lines)
        self.number += 1
        if "\x00" in line:
            self.nul_line = self.nul_line or self.number
            line = line.replace("\x00", "")
        if "\ufeff" in line:
            self.mark_line = self.mark_line or self.number
            line = line.replace("\ufeff", "")
        return line

    def put_back(self, lines: list[str]) -> None:
        """Give these lines out again, in their order."""
        self._returned.extend(reversed(lines))
        self.number -= len(lines)


def is_torn(text: str) -> bool:
    """Whether there were bytes in it that the encoding has no character for."""
    return not text.isascii() and (_SURROGATE.search(text) is not None or "\ufffd" in text)


def untorn(text: str) -> str:
    """The text with a visible sign in place of such bytes, so that it can be stored and shown."""
    return _SURROGATE.sub("\ufffd", text)


def _split(file: IO[bytes], encoding: str) -> Iterator[str]:
    wide = encoding.startswith(("utf-16", "utf-32"))
    decoder = codecs.getincrementaldecoder(encoding)("replace" if wide else "surrogateescape")
    pending = ""
    count = 0
    while True:
        chunk = file.read(_CHUNK)
        text = pending + decoder.decode(chunk, final=not chunk)
        lines = list(io.StringIO(text, newline=""))
        # A \r at the very end may be half of \r\n, so it waits for the next piece.
        pending = lines.pop() if chunk and lines and not lines[-1].endswith("\n") else ""
        count += len(lines)
        yield from lines
        if len(pending) > LONGEST_LINE:
            raise Invalid(_("Line %(line)s is too long for a line of a table."), line=str(count + 1))
        if not chunk:
            return
