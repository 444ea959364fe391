"""Currencies of ISO 4217 that are in use: exponent, symbol and name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.errors import Invalid


@dataclass(frozen=True)
class Currency:
    """One currency. `exponent` is the number of digits after the point: 2 for cents, 0 for the yen."""

    code: str
    exponent: int
    symbol: str
    name: Any

    @property
    def unit(self) -> int:
        """How many minor units make one whole."""
        return int(10**self.exponent)


# Those that people choose from: their symbol is printed alone, so no two may share it.
_NAMED: tuple[tuple[str, int, str, Any], ...] = (
    ("EUR", 2, "€", _("Euro")),
    ("USD", 2, "$", _("US dollar")),
    ("GBP", 2, "£", _("Pound sterling")),
    ("RUB", 2, "₽", _("Russian rouble")),
    ("CHF", 2, "CHF", _("Swiss franc")),
    ("AED", 2, "AED", _("UAE dirham")),
    ("AMD", 2, "֏", _("Armenian dram")),
    ("ARS", 2, "AR$", _("Argentine peso")),
    ("AUD", 2, "A$", _("Australian dollar")),
    ("AZN", 2, "₼", _("Azerbaijani manat")),
    ("BGN", 2, "лв.", _("Bulgarian lev")),
    ("BHD", 3, "BHD", _("Bahraini dinar")),
    ("BRL", 2, "R$", _("Brazilian real")),
    ("BYN", 2, "Br", _("Belarusian rouble")),
    ("CAD", 2, "CA$", _("Canadian dollar")),
    ("CLP", 0, "CL$", _("Chilean peso")),
    ("CNY", 2, "CN¥", _("Chinese yuan")),
    ("COP", 2, "CO$", _("Colombian peso")),
    ("CZK", 2, "Kč", _("Czech koruna")),
    ("DKK", 2, "DKK", _("Danish krone")),
    ("EGP", 2, "E£", _("Egyptian pound")),
    ("GEL", 2, "₾", _("Georgian lari")),
    ("HKD", 2, "HK$", _("Hong Kong dollar")),
    ("HUF", 2, "Ft", _("Hungarian forint")),
    ("IDR", 2, "Rp", _("Indonesian rupiah")),
    ("ILS", 2, "₪", _("Israeli new shekel")),
    ("INR", 2, "₹", _("Indian rupee")),
    ("ISK", 0, "ISK", _("Icelandic krona")),
    ("JOD", 3, "JOD", _("Jordanian dinar")),
    ("JPY", 0, "¥", _("Japanese yen")),
    ("KES", 2, "KSh", _("Kenyan shilling")),
    ("KGS", 2, "сом", _("Kyrgyz som")),
    ("KRW", 0, "₩", _("South Korean won")),
    ("KWD", 3, "KWD", _("Kuwaiti dinar")),
    ("KZT", 2, "₸", _("Kazakh tenge")),
    ("MAD", 2, "MAD", _("Moroccan dirham")),
    ("MDL", 2, "MDL", _("Moldovan leu")),
    ("MKD", 2, "MKD", _("Macedonian denar")),
    ("MNT", 2, "₮", _("Mongolian tugrik")),
    ("MXN", 2, "MX$", _("Mexican peso")),
    ("MYR", 2, "RM", _("Malaysian ringgit")),
    ("NGN", 2, "₦", _("Nigerian naira")),
    ("NOK", 2, "NOK", _("Norwegian krone")),
    ("NZD", 2, "NZ$", _("New Zealand dollar")),
    ("OMR", 3, "OMR", _("Omani rial")),
    ("PEN", 2, "PEN", _("Peruvian sol")),
    ("PHP", 2, "₱", _("Philippine peso")),
    ("PKR", 2, "PKR", _("Pakistani rupee")),
    ("PLN", 2, "zł", _("Polish zloty")),
    ("QAR", 2, "QAR", _("Qatari riyal")),
    ("RON", 2, "lei", _("Romanian leu")),
    ("RSD", 2, "RSD", _("Serbian dinar")),
    ("SAR", 2, "SAR", _("Saudi riyal")),
    ("SEK", 2, "SEK", _("Swedish krona")),
    ("SGD", 2, "S$", _("Singapore dollar")),
    ("THB", 2, "฿", _("Thai baht")),
    ("TJS", 2, "TJS", _("Tajik somoni")),
    ("TMT", 2, "TMT", _("Turkmen manat")),
    ("TND", 3, "TND", _("Tunisian dinar")),
    ("TRY", 2, "₺", _("Turkish lira")),
    ("TWD", 2, "NT$", _("New Taiwan dollar")),
    ("UAH", 2, "₴", _("Ukrainian hryvnia")),
    ("UZS", 2, "UZS", _("Uzbek sum")),
    ("VND", 0, "₫", _("Vietnamese dong")),
    ("ZAR", 2, "R", _("South African rand")),
)
# The rest are known by their code alone; imports and old data may bring them.
_BY_CODE = {
    0: "BIF DJF GNF KMF PYG RWF UGX VUV XAF XOF XPF",
    2: "AFN ALL AOA AWG BAM BBD BDT BMD BND BOB BSD BTN BWP BZD CDF CRC CUP CVE DOP DZD ERN ETB FJD FKP "
    "GHS GIP GMD GTQ GYD HNL HTG IRR JMD KHR KPW KYD LAK LBP LKR LRD LSL MGA MMK MOP MRU MUR MVR MWK MZN "
    "NAD NIO NPR PAB PGK SBD SCR SDG SHP SLE SOS SRD SSP STN SVC SYP SZL TOP TTD TZS UYU VES WST XCD XCG "
    "YER ZMW ZWG",
    3: "IQD LYD",
}

CURRENCIES: dict[str, Currency] = {row[0]: Currency(*row) for row in _NAMED}
CURRENCIES.update(
    {
        code: Currency(code, exponent, code, code)
        for exponent, codes in _BY_CODE.items()
        for code in codes.split()
    }
)


def currency_of(code: str) -> Currency:
    """The currency of an ISO code in any case. Raises Invalid for an unknown one."""
    found = CURRENCIES.get(code.strip().upper())
    if found is None:
        raise Invalid(_("There is no currency called “%(code)s”."), code=code.strip()[:20])
    return found


def currency_choices() -> list[tuple[str, str]]:
    """Codes and labels such as `EUR, Euro (€)` for a select, the most usual first."""
    rows = []
    for code, _exponent, symbol, name in _NAMED:
        rows.append((code, f"{code}, {name} ({symbol})" if symbol != code else f"{code}, {name}"))
    return rows
