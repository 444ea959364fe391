"""What may be a company's own domain, in every script, and what may not."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.errors import Invalid
from tenants.domains import naming


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("crm.example.com", "crm.example.com"),
        ("  CRM.Example.COM. ", "crm.example.com"),
        ("https://crm.example.com/deals/?page=2", "crm.example.com"),
        ("example.com", "example.com"),
        ("клиенты.пример.рф", "xn--e1affem4a4d.xn--e1afmkfd.xn--p1ai"),
        ("КЛИЕНТЫ。Пример．РФ", "xn--e1affem4a4d.xn--e1afmkfd.xn--p1ai"),
        ("straße.example.com", "xn--strae-oqa.example.com"),
        ("xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai"),
        ("shop.example.co.uk", "shop.example.co.uk"),
    ],
)
def test_one_form_for_machines(typed: str, host: str) -> None:
    assert naming.read(typed) == host


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter a domain"),
        ("https:///path", "Enter a domain"),
        ("example", "no domain"),
        ("two words.example.com", "no domain"),
        ("crm.example.com:8000", "no domain"),
        ("crm..example.com", "no domain"),
        ("-crm.example.com", "no domain"),
        ("_terem.example.com", "no domain"),
        ("*.example.com", "no domain"),
        ("a" * 64 + ".example.com", "no domain"),
        (".".join(["a" * 60] * 4) + ".example.com", "no domain"),
        ("crm.exam\u202eple.com", "no domain"),
        ("user@example.com", "no domain"),
        ("192.0.2.7", "number of a machine"),
        ("[2001:db8::1]", "number of a machine"),
        ("2001:db8::1", "number of a machine"),
        ("0x7f.1", "does not know"),
        ("terem.test", "belongs to the platform"),
        ("other.terem.test", "belongs to the platform"),
        ("deep.other.terem.test", "belongs to the platform"),
        ("operator.terem.test", "belongs to the platform"),
        ("printer.local", "does not know"),
        ("crm.localhost", "does not know"),
        ("x.onion", "does not know"),
        ("co.uk", "everybody registers"),
        ("github.io", "everybody registers"),
        ("спб.рус", "everybody registers"),
    ],
)
def test_refused_with_a_reason(typed: str, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        naming.read(typed)
    assert words in str(caught.value)
    assert "domain" in caught.value.fields


def test_shown_as_people_write_it() -> None:
    assert naming.shown("xn--e1afmkfd.xn--p1ai") == "пример.рф"
    assert naming.shown("crm.example.com") == "crm.example.com"
    assert naming.shown("xn--zz--.example.com") == "xn--zz--.example.com", "what cannot be decoded stays"


def test_the_platforms_parent_is_no_customers(settings: Any) -> None:
    settings.TEREM_DOMAIN = "app.terem.example"
    settings.TEREM_EDGE = "edge.terem-cdn.example"
    for host in ("terem.example", "edge.terem-cdn.example", "terem-cdn.example"):
        with pytest.raises(Invalid):
            naming.read(host)
