"""A Redis imitation for machines without any Redis binary: slow, and empty after a stop.

Enough to look at the product; ``./terem up`` says so when it has to be used.
"""

from __future__ import annotations

import os
import signal
import sys

from fakeredis import TcpFakeServer


def main() -> None:
    """Serve on the loopback port given as the only argument until a signal ends it."""
    # Its connection threads never end by themselves, and there is nothing to save.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    TcpFakeServer(("127.0.0.1", int(sys.argv[1])), server_type="redis").serve_forever()


if __name__ == "__main__":
    main()
