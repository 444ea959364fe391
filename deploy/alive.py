"""``python -m deploy.alive 60``: has the process that renews TEREM_BEAT done so in so many seconds?

For probes of containers. Standard library only and no settings: it is asked every few seconds.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path


def main(arguments: list[str]) -> int:
    """0 while the beat is fresh; 1 with a sentence otherwise."""
    place, most = os.environ.get("TEREM_BEAT", ""), float(arguments[0]) if arguments else 60.0
    try:
        if not place:
            raise FileNotFoundError
        age = time.time() - Path(place).stat().st_mtime
    except OSError:
        sys.stdout.write(f"There is no beat at {place or 'TEREM_BEAT, which is not set'}.\n")
        return 1
    if age > most:
        sys.stdout.write(f"The last beat was {age:.0f} s ago.\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
