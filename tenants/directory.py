"""Host → tenant, answered from memory for two seconds, then from Redis, then from the control plane.

Unknown hosts are remembered too. Every change of a tenant bumps its version and
drops the Redis entries, so a stale answer lives two seconds at most (thirty
without Redis). What Redis could not be told it is told as soon as it answers.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from dataclasses import asdict
from typing import Any
from uuid import UUID

import redis
from django.conf import settings

from kernel.context import Lease, TenantRef
from kernel.line import line
from tenants import bulletin
from tenants.models import Address, Tenant

log = logging.getLogger("terem.directory")

FRESH_SECONDS = 2.0
WITHOUT_REDIS_SECONDS = 30.0
SHARED_SECONDS = 300
MOST_ENTRIES = 5000

_SHARE = """
if (redis.call('GET', KEYS[2]) or '0') == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3]) end
"""

_memory: dict[str, tuple[float, TenantRef | None]] = {}
# What was forgotten while Redis did not answer: it may come back with what it held before.
_untold: set[tuple[str, str]] = set()


def reference(tenant: Tenant, host: str) -> TenantRef:
    """The directory entry of a registry row; ``host`` is its primary address, to which links lead."""
    lease = tenant.lease or {}
    return TenantRef(
        id=tenant.id,
        schema=tenant.schema_name,
        slug=tenant.slug,
        name=tenant.name,
        status=tenant.status,
        release=tenant.release,
        version=tenant.version,
        host=host,
        language=tenant.language,
        zone=tenant.zone,
        currency=tenant.currency,
        generation=tenant.generation,
        lease=Lease(
            plan=lease.get("plan", ""),
            status=lease.get("status", "active"),
            features=frozenset(lease.get("features", ())),
            limits=dict(lease.get("limits", {})),
            valid_until=lease.get("valid_until"),
        ),
        quiet=tenant.copy_of_id is not None,
        example=tenant.is_example,
        near=dict(lease.get("near", {})),
    )


def _dump(entry: TenantRef | None) -> str:
    if entry is None:
        return "{}"
    data = asdict(entry)
    data["id"] = str(entry.id)
    data["lease"]["features"] = sorted(entry.lease.features)
    return json.dumps(data)


def _load(text: str) -> TenantRef | None:
    data: dict[str, Any] = json.loads(text)
    if not data:
        return None
    lease = {name: value for name, value in data["lease"].items() if name in _LEASE_FIELDS}
    lease["features"] = frozenset(lease["features"])
    data = {name: value for name, value in data.items() if name in _FIELDS}
    return TenantRef(**{**data, "id": UUID(data["id"]), "lease": Lease(**lease)})


# Two releases run beside each other: an entry may hold fields that this one does not know.
_FIELDS = frozenset(TenantRef.__dataclass_fields__)
_LEASE_FIELDS = frozenset(Lease.__dataclass_fields__)


def _key(kind: str, name: str) -> str:
    return f"terem:{settings.TEREM_INSTALLATION}:directory2:{kind}:{name}"


def _turn(kind: str, name: str) -> str:
    """Where the turn of a name is counted; a digest, because it outlives a company that was erased."""
    return _key("turn", hashlib.blake2b(f"{kind}:{name}".encode(), digest_size=16).hexdigest())


def _find(kind: str, name: str) -> TenantRef | None:
    local = f"{kind}:{name}"
    held = _memory.get(local)
    if held is not None and held[0] > time.monotonic():
        return held[1]
    seconds = FRESH_SECONDS
    try:
        if _untold:
            _tell_forgotten(set(_untold))
        text, turn = _asked(kind, name)
    except redis.RedisError:
        text, turn, seconds = None, None, WITHOUT_REDIS_SECONDS
    if text is not None:
        entry = _load(text)
    else:
        entry = _from_registry(kind, name)
        if turn is not None:
            _share(kind, name, entry, turn)
    if len(_memory) > MOST_ENTRIES:
        _memory.clear()
    _memory[local] = (time.monotonic() + seconds, entry)
    return entry


def _asked(kind: str, name: str) -> tuple[str | None, str]:
    """What Redis holds, and the turn of this name: it was forgotten so many times lately."""
    found: Any = line().mget(_key(kind, name), _turn(kind, name))
    return found[0], found[1] or "0"


def _share(kind: str, name: str, entry: TenantRef | None, turn: str) -> None:
    """Tell the other processes, unless the name was forgotten while the registry was read: that answer may be old."""
    keys = _key(kind, name), _turn(kind, name)
    try:
        line().eval(_SHARE, 2, *keys, turn, _dump(entry), str(SHARED_SECONDS if entry else 30))
    except redis.RedisError:
        log.info("the directory's shared cache does not answer")


def _from_registry(kind: str, name: str) -> TenantRef | None:
    addresses = Address.objects.using("default").select_related("tenant")
    if kind == "schema":
        found = addresses.filter(tenant__schema_name=name, primary=True).first()
    else:
        found = addresses.filter(host=name, verified_at__isnull=False).first()
    if found is None or found.tenant.status == Tenant.Status.CLOSED:
        return None
    primary = found
    if not found.primary:
        primary = addresses.filter(tenant=found.tenant, primary=True).first() or found
    return reference(found.tenant, primary.host)


def by_host(host: str) -> TenantRef | None:
    """The tenant that answers under ``host`` (lower case, no port), whatever its status.

    The entry names its primary address, which may be another: every link leads there.
    """
    return _find("host", host)


def is_remembered(host: str) -> bool:
    """Whether this process can say without asking anybody who answers under ``host``."""
    held = _memory.get(f"host:{host}")
    return held is not None and held[0] > time.monotonic()


def for_work(schema: str) -> TenantRef | None:
    """The tenant whose background work may run now, or None (suspended, upgrading, a copy, in maintenance, gone)."""
    entry = _find("schema", schema)
    if entry is None or (entry.quiet and not entry.example) or entry.status != Tenant.Status.ACTIVE:
        return None
    return entry if bulletin.work_on(entry.id) is None else None


def forget(tenant: Tenant) -> None:
    """Drop what is remembered of a tenant; called after every change of its row or addresses."""
    names = [("schema", tenant.schema_name)]
    names += [("host", host) for host in tenant.addresses.values_list("host", flat=True)]
    forget_names(names)


def forget_names(names: list[tuple[str, str]]) -> None:
    for kind, name in names:
        _memory.pop(f"{kind}:{name}", None)
    try:
        _tell_forgotten({*names, *_untold})
    except redis.RedisError:
        _untold.update(names)
        log.warning("the directory's shared cache does not answer; it will be told of changes once it does")


def _tell_forgotten(names: set[tuple[str, str]]) -> None:
    with line().pipeline(transaction=False) as pipe:
        # The turn first: an answer that was read before is shared before it goes on, and dropped, or not at all.
        for kind, name in names:
            pipe.incr(_turn(kind, name))
            pipe.expire(_turn(kind, name), SHARED_SECONDS)
            pipe.delete(_key(kind, name))
        pipe.execute()
    _untold.difference_update(names)
