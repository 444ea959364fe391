"""A disk of bounded size: a file with ext4 in it, mounted where the product keeps its things. Needs root."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

MISSING = "A disk of bounded size needs root, mkfs.ext4 and a loop device."


class Disk:
    """One mounted disk; ``fill`` takes every free byte, ``free`` gives them back."""

    def __init__(self, image: Path, place: Path, megabytes: int) -> None:
        self.image, self.place, self.megabytes = image, place, megabytes

    def mount(self) -> bool:
        """Make it and mount it; False where this machine does not let us. The folder is there either way."""
        self.place.mkdir(exist_ok=True)
        self.place.chmod(0o711)
        if os.getuid() != 0 or shutil.which("mkfs.ext4") is None:
            return False
        with self.image.open("wb") as stream:
            stream.truncate(self.megabytes << 20)
        # Without blocks kept for root, so that the end is the same for everybody.
        made = [["mkfs.ext4", "-q", "-F", "-m", "0", str(self.image)]]
        made += [["mount", "-o", "loop", str(self.image), str(self.place)]]
        for argv in made:
            if subprocess.run(argv, capture_output=True, check=False).returncode:
                return False
        self.place.chmod(0o711)
        return True

    @property
    def _ballast(self) -> Path:
        return self.place / "ballast"

    def fill(self) -> None:
        """Take what is free, down to the last block."""
        with self._ballast.open("ab", buffering=0) as stream:
            for size in (1 << 20, 1 << 12, 1 << 8):
                piece = b"\0" * size
                try:
                    while stream.write(piece) == size:
                        continue
                except OSError:
                    continue

    def free(self) -> None:
        self._ballast.unlink(missing_ok=True)

    def unmount(self) -> None:
        subprocess.run(["umount", "-l", str(self.place)], capture_output=True, check=False)
        self.image.unlink(missing_ok=True)
