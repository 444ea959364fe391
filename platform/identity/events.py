"""Security events of accounts: every proof of identity and every change of one, as a line in the log and a figure.

A line names the account by its number and the *way* by a salted digest of address and network:
equal tries are seen as equal, and nobody is named. What was typed is never in it.
"""

from __future__ import annotations

import logging
from typing import Any

from identity.slowdown import Direction
from kernel import metrics

log = logging.getLogger("terem.identity")

PROOFS = ("password", "code", "passkey", "mail code")
OUTCOMES = ("accepted", "refused", "paused", "used again")
CHANGES = ("password", "address", "factor", "passkey", "recovery codes")
# The letter that tells of a change → what has changed.
CHANGE_OF = {
    "password_reset": "password",
    "password_changed": "password",
    "email_changed": "address",
    "totp_activated": "factor",
    "totp_deactivated": "factor",
    "webauthn_added": "passkey",
    "webauthn_removed": "passkey",
    "recovery_codes_generated": "recovery codes",
}

metrics.HELP["terem_proofs_total"] = ("counter", "Proofs of identity, by kind and by what came of it.")
metrics.HELP["terem_account_changes_total"] = ("counter", "Changes of what guards accounts, by kind.")
metrics.ZEROS["terem_proofs_total"] = [
    {"proof": proof, "outcome": outcome} for proof in PROOFS for outcome in OUTCOMES
]
metrics.ZEROS["terem_account_changes_total"] = [{"change": change} for change in CHANGES]


def proved(proof: str, outcome: str, *, account: Any = None, way: Direction | None = None) -> None:
    """Note a try to prove who one is. ``proof`` is one of PROOFS, ``outcome`` one of OUTCOMES."""
    parts = [f"{proof} {outcome}"]
    if account is not None:
        parts.append(f"account {account.pk}")
    if way is not None:
        parts.append(f"way {way.own[:16]}")
    log.log(logging.INFO if outcome == "accepted" else logging.WARNING, "%s", ", ".join(parts))
    metrics.count("terem_proofs_total", proof=proof, outcome=outcome)


def changed(change: str, account: Any) -> None:
    """Note a change of what guards an account: one of CHANGES."""
    log.info("%s changed, account %s", change, account.pk)
    metrics.count("terem_account_changes_total", change=change)
