"""A scanner that looks at uploads before they are kept: clamd, or whatever speaks its INSTREAM over TCP.

Without ``TEREM_SCANNER`` nothing is asked. With it nothing is kept unseen: a scanner that does not
answer, or takes no file of this size, refuses the upload with a sentence.
"""

from __future__ import annotations

import logging
import socket
import struct
from typing import IO

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kernel.errors import Invalid

log = logging.getLogger("terem.uploads")

SECONDS = 30
_PIECE = 1 << 16


def demand_clean(source: IO[bytes], *, field: str = "file") -> None:
    """Raises ``Invalid`` at ``field`` unless the scanner finds the file clean; the file is at its beginning after that."""
    scanner: tuple[str, int] | None = settings.TEREM_SCANNER
    if scanner is None:
        return
    try:
        verdict = _ask(scanner, source)
    except OSError as error:
        log.warning("the scanner does not answer (%s); an upload was refused", type(error).__name__)
        verdict = ""
    finally:
        source.seek(0)
    if verdict.endswith(" OK"):
        return
    if verdict.endswith(" FOUND"):
        log.warning("an upload was refused by the scanner: %s", verdict.removeprefix("stream: "))
        raise Invalid(_("The scanner takes this file for malware, so it was not taken in."), field=field)
    if verdict:
        log.warning("the scanner gave no verdict: %s", verdict)
    words = _(
        "Files cannot be checked for malware just now, so none is taken in. Try again in a few minutes."
    )
    raise Invalid(words, field=field)


def _ask(scanner: tuple[str, int], source: IO[bytes]) -> str:
    """The scanner's answer, such as ``stream: OK``."""
    with socket.create_connection(scanner, timeout=SECONDS) as line:
        line.sendall(b"zINSTREAM\0")
        source.seek(0)
        try:
            while piece := source.read(_PIECE):
                line.sendall(struct.pack("!I", len(piece)) + piece)
            line.sendall(struct.pack("!I", 0))
        except (BrokenPipeError, ConnectionResetError):
            # It has heard enough and says why.
            pass
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < 4096 and (part := line.recv(4096)):
            answer += part
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()
