"""``python -m deploy.checks NAME``: run one of the checks that read files only, or print a list of foreign parts:
``licence-report`` for people, ``sbom`` for machines."""

from __future__ import annotations

import sys

from deploy.checks import audit, components, leaks, licences, locks, vendored

CHECKS = {
    "secrets": leaks.problems,
    "vendored": vendored.problems,
    "locks": locks.problems,
    "licences": licences.problems,
}


def main() -> int:
    """Print the problems of the named check; 1 when there are any."""
    name = sys.argv[1]
    if name == "audit":
        said, code = audit.command()
    elif name == "licence-report":
        said, code = licences.report(), 0
    elif name == "sbom":
        said, code = [components.document()], 0
    else:
        said = CHECKS[name]()
        code = 1 if said else 0
    print("\n".join(said))
    return code


if __name__ == "__main__":
    raise SystemExit(main())
