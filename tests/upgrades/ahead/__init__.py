"""Releases that this code has not written yet: migrations after the newest ones of a real app.

TEREM_TEST_AHEAD chooses how far: ``1`` five ordinary operations, ``2`` also a concurrent
index, ``3`` also a validated constraint; ``bad`` is refused by the rows of every company.
"""

import os

AHEAD = os.environ.get("TEREM_TEST_AHEAD", "1")
