"""How fast one network may ask, whomever it asks: counted in each web process by itself, so it holds without Redis.

A network is an IPv4 address or the 64 bits that a provider gives to one customer of IPv6. Tokens
drip in evenly, a quiet half minute is kept for a burst. Loopback is not counted: it is the
machine itself, or a proxy of which nobody said whom it speaks for.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from kernel.errors import TooMany

# So many networks are remembered by a process; who was quiet longest is forgotten first.
REMEMBERED = 10_000


@dataclass(slots=True)
class _Held:
    tokens: float
    at: float
    refused_in: int = -1


_held: OrderedDict[str, _Held] = OrderedDict()
_lock = threading.Lock()


def of(address: str) -> str:
    """The network that an address belongs to; empty for loopback and for what is no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if found.is_loopback:
        return ""
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def spend(network: str, *, allowed: int) -> None:
    """Count one request of a network, of ``allowed`` in a minute. Raises ``TooMany`` with the seconds to wait."""
    if not network:
        return
    moment, most, rate = time.monotonic(), allowed / 2, allowed / 60
    with _lock:
        held = _held.get(network) or _Held(most, moment)
        _held[network] = held
        _held.move_to_end(network)
        if len(_held) > REMEMBERED:
            _held.popitem(last=False)
        held.tokens = min(most, held.tokens + (moment - held.at) * rate)
        held.at = moment
        if held.tokens >= 1:
            held.tokens -= 1
            return
        wait = (1 - held.tokens) / rate
    raise TooMany(retry_after=int(wait) + 1)


def is_flood(network: str) -> bool:
    """Whether a refused network was refused in this second before: people read a page, a flood reads nothing."""
    second = int(time.monotonic())
    with _lock:
        held = _held.get(network)
        if held is None or held.refused_in != second:
            if held is not None:
                held.refused_in = second
            return False
        return True
