"""Addresses that were a company's once and are given to nobody else: kept as digests, which outlive the signing key.

The digests are made with keys of their own, random and never changed, that lie in the control plane
sealed by the signing key. Changing the signing key only seals them anew. Digests of the releases
before this one were made with the signing key itself; it is kept among them before it goes.
"""

from __future__ import annotations

import hashlib
import logging
import secrets

from django.conf import settings

from kernel import signing
from kernel.actions import action
from kernel.errors import NotFound
from tenants.backups.models import AddressKey, Tombstone

log = logging.getLogger("terem.leaving")

PURPOSE = "tenants.reserved"
OWN = "own"


def digest_of(host: str) -> str:
    """What is kept of an address: not the name, only whether a name asked for is the same."""
    return _digest(_own_key(), host)


def digests_of(host: str) -> list[str]:
    """Under which an address may be kept, by keys of our own and by signing keys of earlier releases."""
    return [_digest(key, host) for key in (*_keys(), settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def is_kept(host: str) -> bool:
    """Whether an address was somebody's once."""
    return Tombstone.objects.filter(digest__in=digests_of(host)).exists()


def _digest(key: str, host: str) -> str:
    return hashlib.sha256(f"{key}:{host}".encode()).hexdigest()


def _keys() -> list[str]:
    opened = []
    for row in AddressKey.objects.order_by("name"):
        try:
            opened.append(signing.unseal(PURPOSE, row.sealed))
        except NotFound:
            log.error("the key %s of reserved addresses was sealed with an unknown signing key", row.name)
    return opened


@action()
def _own_key() -> str:
    """The key of ours that digests are made with; made with the first address that is kept."""
    sealed = signing.seal(PURPOSE, secrets.token_urlsafe(32))
    row, _made = AddressKey.objects.get_or_create(name=OWN, defaults={"sealed": sealed})
    return signing.unseal(PURPOSE, row.sealed)


@action()
def reseal() -> int:
    """Seal the keys of digests with the present signing key; returns how many. After it the former key may go."""
    changed = _keep_signing_keys()
    for row in AddressKey.objects.select_for_update():
        anew = signing.sealed_anew(PURPOSE, row.sealed)
        if anew:
            row.sealed = anew
            row.save(update_fields=["sealed"])
            changed += 1
    return changed


def _keep_signing_keys() -> int:
    """Keep, once, the signing keys that made digests before there was a key of our own."""
    if AddressKey.objects.exclude(name=OWN).exists():
        return 0
    own = AddressKey.objects.filter(name=OWN).first()
    older = Tombstone.objects.filter(closed_at__lt=own.created_at) if own else Tombstone.objects.all()
    if not older.exists():
        return 0
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    for key in keys:
        name = f"signing-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
        AddressKey.objects.get_or_create(name=name, defaults={"sealed": signing.seal(PURPOSE, key)})
    return len(keys)
