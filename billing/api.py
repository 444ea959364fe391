"""The front door of the billing room: the only module that other rooms import."""

from billing.actions import start
from billing.calculator import calculator
from billing.departing import watch as watch_departures
from billing.inbox import drain, reconcile, renew_leases
from billing.letters import send_due as send_letters
from billing.letters import watch as watch_letters
from billing.metering import report_uses
from billing.providers import demonstrates, sells
from billing.queries import allows
from billing.standing import check as check_payments
from billing.warnings import watch_volumes

__all__ = [
    "allows",
    "calculator",
    "check_payments",
    "demonstrates",
    "drain",
    "reconcile",
    "renew_leases",
    "report_uses",
    "sells",
    "send_letters",
    "start",
    "watch_departures",
    "watch_letters",
    "watch_volumes",
]
