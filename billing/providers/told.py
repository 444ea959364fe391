"""What a payment provider tells, in our words. Money in minor units, moments aware and in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import pgettext

from billing import catalog
from billing.catalog import Interval
from billing.leasing import State

# The provider's code for a tax id that is none.
INVALID_TAX_ID: Final = "tax_id_invalid"


@dataclass(frozen=True, slots=True)
class ToldItem:
    """A subscription's item. ``price`` is the catalogue's name of the price, empty for a foreign one.

    A ``metered`` item is paid by what was used and has no quantity.
    """

    reference: str
    price: str
    quantity: int
    begins: datetime
    ends: datetime
    metered: bool = False


@dataclass(frozen=True, slots=True)
class ToldSubscription:
    """A subscription. ``since`` is when its trouble began, ``ends`` the end of trial or paid period.

    ``discount`` is the coupon's name, empty without one; ``monthly`` the value of a month in minor units.
    """

    reference: str
    state: State
    plan: str
    interval: Interval
    currency: str
    seats: int
    since: datetime | None
    ends: datetime | None
    cancels: bool
    items: tuple[ToldItem, ...]
    discount: str = ""
    monthly: int = 0


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line of an invoice or of a preview.

    ``plan`` is the catalogue's key of a plan or of a meter, empty for something foreign; ``seats`` how many.
    """

    words: str
    minor: int
    proration: bool
    begins: datetime
    ends: datetime
    plan: str = ""
    seats: int = 0

    @property
    def said(self) -> str:
        """The line in the reader's language; the provider's own English for what is not ours."""
        if self.plan in catalog.METERS:
            return f"{catalog.METERS[self.plan].words}: {number_format(self.seats, force_grouping=True)}"
        if self.plan not in catalog.PLANS:
            return self.words
        words = pgettext("line of a bill", "%(seats)s × “%(plan)s”")
        if self.proration:
            words = (
                pgettext("line of a bill", "Unused time of %(seats)s × “%(plan)s”")
                if self.minor < 0
                else pgettext("line of a bill", "Remaining time with %(seats)s × “%(plan)s”")
            )
        return words % {"seats": self.seats, "plan": catalog.PLANS[self.plan].name}


@dataclass(frozen=True, slots=True)
class ToldInvoice:
    """An invoice, or the preview of one (then without reference).

    ``off`` is what coupons take off the lines, ``tax`` what taxes add to them: nothing known of any, None.
    ``reversed``: the payer reckons the tax (reverse charge).
    """

    reference: str
    subscription: str
    number: str
    status: str
    currency: str
    total: int
    due: int
    paid: int
    issued_at: datetime
    begins: datetime
    ends: datetime
    next_attempt_at: datetime | None
    page: str
    pdf: str
    lines: tuple[ToldLine, ...]
    off: int = 0
    tax: int | None = None
    reversed: bool = False

    @property
    def taken(self) -> int:
        """What coupons take off, as the bill shows it."""
        return -self.off


@dataclass(frozen=True, slots=True)
class ToldCard:
    """What may be shown of a card."""

    brand: str
    last4: str
    month: int
    year: int


@dataclass(frozen=True, slots=True)
class Told:
    """Everything about one customer at ``at``, by the provider's own clock. ``features`` are its entitlements."""

    at: datetime
    subscription: ToldSubscription | None
    invoices: tuple[ToldInvoice, ...]
    card: ToldCard | None
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subscription is to become: the item of the seats with its price (a name of the catalogue), and for each
    price by volume the item that is to bear it, empty for a new one."""

    item: str
    price: str
    seats: int
    metered: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Hint:
    """An event: not what happened, only that something did. ``customer`` is empty if it names none."""

    reference: str
    type: str
    customer: str
    created_at: datetime
    live: bool


class Declined(Exception):
    """The provider refused a payment; nothing was changed."""


class Unreachable(Exception):
    """The provider did not answer, or not sensibly; trying again later may help. ``code`` is its own, if it gave one."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class Forged(Exception):
    """A delivery whose signature does not fit, or that is too old."""
