"""The price page, and the address that the provider delivers to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from billing import calculator, catalog, inbox, providers, queries
from billing.catalog import Interval
from billing.providers.told import Forged
from kernel.errors import NotFound
from kernel.web import public
from ui import answers

LARGEST = 512 * 2**10


@public()
def prices(request: HttpRequest) -> HttpResponse:
    """What the plans cost and include; nothing that does not exist yet."""
    if not providers.sells():
        raise NotFound
    interval: Interval = "year" if request.GET.get("interval") == "year" else "month"
    currency = request.GET.get("currency", "")
    currency = currency if currency in catalog.CURRENCIES else _likely(request)
    told = request.GET.dict() | {"interval": interval, "currency": currency}
    values = {
        "calculator": calculator.calculator(told),
        "offers": queries.offers(interval, currency),
        "interval": interval,
        "currency": currency,
        "currencies": catalog.CURRENCIES,
        "days": catalog.TRIAL_DAYS,
        "taxed": providers.taxes(),
        "demonstration": providers.demonstrates(),
    }
    template = "calculator.html#reckoned" if answers.asked_for(request) == "reckoned" else "prices.html"
    return answers.page(request, f"billing/{template}", values)


def _likely(request: HttpRequest) -> str:
    return "RUB" if getattr(request, "LANGUAGE_CODE", "") == "ru" else "EUR"


@csrf_exempt
@public()
def deliveries(request: HttpRequest) -> HttpResponse:
    """A delivery of the provider: verified, stored, answered at once; the work comes later."""
    if request.method != "POST" or not providers.sells():
        return HttpResponse(status=404)
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return HttpResponse(status=413)
    try:
        inbox.receive(request.body, request.headers.get("Stripe-Signature", ""))
    except Forged:
        return HttpResponse(status=400)
    return HttpResponse(status=200)
