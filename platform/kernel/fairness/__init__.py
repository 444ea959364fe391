"""One company's hurry is not another's wait: how many requests, how many at once, how many heavy ones.

Three bounds, each per tenant. ``spend_request`` is the rate (requests a minute, over
all processes). ``GATE`` bounds what runs at once in this process and serves waiting
tenants in turn. ``heavy`` bounds exports, searches and checks of files over all
processes. Whoever passes a bound gets ``TooMany`` with the seconds to wait. Without
Redis rate and heavy bounds are off, which is logged: a lost cache must not stop work.
"""

from kernel.fairness.gate import GATE, Gate
from kernel.fairness.shared import HEAVY, heavy, held_open, spend_request

__all__ = ["GATE", "HEAVY", "Gate", "heavy", "held_open", "spend_request"]
