from tests.support.clients import cast, harbour, martha, web

__all__ = ["cast", "harbour", "martha", "web"]
