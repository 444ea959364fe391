"""``python -m billing.providers.fake``: run the demonstration server in the foreground."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from billing.providers.fake.post import Post, sent_by_http
from billing.providers.fake.server import Fake


def main() -> int:
    """Serve until a signal says stop. Key and secret come from the environment."""
    parser = argparse.ArgumentParser(prog="billing.providers.fake")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--deliver-to", required=True, help="address of the product's webhook")
    parser.add_argument("--host-name", default="", help="the name under which the product knows itself")
    parser.add_argument("--file", type=Path, help="where the server keeps what it knows")
    chosen = parser.parse_args()
    secret = os.environ["TEREM_STRIPE_WEBHOOK_SECRETS"].split()[0]
    post = Post(sent_by_http(chosen.deliver_to, secret, chosen.host_name))
    fake = Fake(key=os.environ["TEREM_STRIPE_KEY"], port=chosen.port, post=post, file=chosen.file)
    post.run()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopped.set())
    fake.start()
    stopped.wait()
    fake.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
