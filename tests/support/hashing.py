"""Passwords of tests are hashed by the product's own method with one round: a million of them cost a third of a second.

For tests in one process only: a running product makes such a hash anew with all its rounds when its owner
proves who it is, and that ends the owner's other sessions.
What the product itself sets is proved in tests/config/test_headers.py.
"""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher

HASHERS = ["tests.support.hashing.OneRound"]


class OneRound(PBKDF2PasswordHasher):
    """PBKDF2 with SHA-256, once."""

    iterations = 1
