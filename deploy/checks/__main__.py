"""``python -m deploy.checks NAME``: run one of the checks that read files only."""

from __future__ import annotations

import sys

from deploy.checks import leaks, locks, vendored

CHECKS = {"secrets": leaks.problems, "vendored": vendored.problems, "locks": locks.problems}


def main() -> int:
    """Print the problems of the named check; 1 when there are any."""
    found = CHECKS[sys.argv[1]]()
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
