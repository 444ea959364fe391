"""The cast of clients."""

from tests.support.clients import cast, harbour, martha, stage, web

__all__ = ["cast", "harbour", "martha", "stage", "web"]
