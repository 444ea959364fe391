"""Django's own wrapper on a connection whose role and path were set by its options."""

from django.db.backends.postgresql.base import DatabaseWrapper

__all__ = ["DatabaseWrapper"]
