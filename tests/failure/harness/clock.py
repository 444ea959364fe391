"""A wall clock that can be moved under running processes: a few lines of C, preloaded, that add a number of seconds."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

MISSING = "To move the clock of running processes a C compiler (cc) is needed."
_SOURCE = Path(__file__).with_name("clock.c")


class Clock:
    """The clock of some processes: those that are started with ``environment``."""

    def __init__(self, folder: Path, name: str) -> None:
        self.library = folder / "clock.so"
        self.note = folder / f"clock-{name}"
        self.note.write_bytes(struct.pack("q", 0))
        self.note.chmod(0o644)

    def build(self) -> bool:
        """Compile the library once; False without a compiler."""
        compiler = shutil.which("cc")
        if compiler is None:
            return False
        if not self.library.exists():
            argv = [compiler, "-O2", "-shared", "-fPIC", "-o", str(self.library), str(_SOURCE), "-ldl"]
            subprocess.run(argv, check=True)
            self.library.chmod(0o755)
        return True

    @property
    def environment(self) -> dict[str, str]:
        """What makes a process follow this clock; nothing if it could not be built."""
        if not self.build():
            return {}
        return {"LD_PRELOAD": str(self.library), "HARNESS_CLOCK": str(self.note)}

    def move(self, seconds: int) -> None:
        """So far from the truth from now on; 0 is the truth."""
        with self.note.open("r+b") as stream:
            stream.write(struct.pack("q", seconds))
