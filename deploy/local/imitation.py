"""A Redis imitation for machines without any Redis binary: slow, and empty after a stop.

Enough to look at the product; ``./terem up`` says so when it has to be used.
"""

from __future__ import annotations

import signal
import sys

from fakeredis import TcpFakeServer


def main() -> None:
    """Serve on the loopback port given as the only argument until a signal ends it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = TcpFakeServer(("127.0.0.1", int(sys.argv[1])), server_type="redis")
    server.serve_forever()


if __name__ == "__main__":
    main()
