"""Passwords of tests are hashed by the product's own method with one round: a million of them cost a third of a second.

The product still reads such a hash, and makes it anew with all its rounds when its owner signs in.
What the product itself sets is proved in tests/config/test_headers.py.
"""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher

HASHERS = ["tests.support.hashing.OneRound"]


class OneRound(PBKDF2PasswordHasher):
    """PBKDF2 with SHA-256, once."""

    iterations = 1
