"""Payments on this machine: the provider whose key is set, else a demonstration server of our own on loopback."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from deploy.local import places, python
from deploy.local.supervisor import Child

_NAMES = ("TEREM_STRIPE_KEY", "TEREM_STRIPE_API", "TEREM_STRIPE_WEBHOOK_SECRETS")


def environment(signing_key: str) -> dict[str, str]:
    """The settings of payments: those given from outside, or the demonstration's on its remembered port."""
    if os.environ.get("TEREM_STRIPE_KEY"):
        return {name: os.environ[name] for name in _NAMES if name in os.environ}
    port = places.read_note(places.STATE).get("payments_port")
    return demonstration(signing_key, port) if port else {}


def demonstration(signing_key: str, port: int) -> dict[str, str]:
    """The settings with which product and demonstration server know each other."""
    mark = hashlib.sha256(f"payments {signing_key}".encode()).hexdigest()
    return {
        "TEREM_STRIPE_KEY": f"sk_test_{mark[:24]}",
        "TEREM_STRIPE_API": f"http://127.0.0.1:{port}",
        "TEREM_STRIPE_WEBHOOK_SECRETS": f"whsec_{mark[24:48]}",
    }


def child(settings: dict[str, str], deliver_to: str, host_name: str, var: Path) -> Child | None:
    """The demonstration server, if the settings name one. It keeps what it knows under ``var``."""
    address = settings.get("TEREM_STRIPE_API", "")
    if not address.startswith("http://127.0.0.1:"):
        return None
    port = address.rsplit(":", 1)[-1]
    command = [str(python.INTERPRETER), "-m", "billing.providers.fake", "--port", port]
    command += ["--deliver-to", deliver_to, "--host-name", host_name, "--file", str(var / "payments.json")]
    # It needs no database: it knows nobody's data but what the product tells it.
    told = {name: value for name, value in settings.items() if not name.endswith("_DB")}
    return Child("payments", command, told, folder=str(places.ROOT))
