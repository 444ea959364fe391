"""The front door of the billing room: the only module that other rooms import."""

from billing.actions import start
from billing.inbox import drain, reconcile, renew_leases
from billing.providers import demonstrates, sells

__all__ = ["demonstrates", "drain", "reconcile", "renew_leases", "sells", "start"]
