"""The front door of the billing room: the only module that other rooms import."""

from billing.actions import start

__all__ = ["start"]
