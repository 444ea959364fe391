"""What people type as a domain: read into its one form for machines, and shown again as they know it."""

from __future__ import annotations

import ipaddress
import re
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kernel.errors import Invalid

# The label under which the record of proof stands; the longest name leaves room for it.
LABEL = "_terem"
LONGEST = 253 - len(LABEL) - 1

# Names that no public DNS holds (RFC 6761, 6762, 7686, 9476 and the like).
_NOT_PUBLIC = frozenset(
    [
        "alt",
        "arpa",
        "home",
        "internal",
        "intranet",
        "invalid",
        "lan",
        "local",
        "localdomain",
        "localhost",
        "onion",
    ]
)
_PASTED = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_LABEL = re.compile(r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")


def read(text: str) -> str:
    """The host in lower case and Punycode. Raises ``Invalid`` (domain) with what is wrong.

    A pasted address is read too: scheme and path fall away.
    """
    host = _PASTED.sub("", text.strip()).partition("/")[0].removesuffix(".")
    if not host:
        raise Invalid(domain=_("Enter a domain, such as crm.example.com."))
    if _is_number(host):
        raise Invalid(domain=_("This is a number of a machine. Enter a domain, such as crm.example.com."))
    host = _ascii(host)
    labels = host.split(".")
    if len(labels) < 2 or len(host) > LONGEST or not all(_LABEL.match(label) for label in labels):
        raise Invalid(domain=_("This is no domain. Enter one such as crm.example.com."))
    if _is_ours(host):
        raise Invalid(domain=_("This domain belongs to the platform. Enter one of your own."))
    if labels[-1] in _NOT_PUBLIC or labels[-1].isdecimal():
        raise Invalid(domain=_("The public DNS does not know such names. Enter a domain of your own."))
    if is_suffix(host):
        raise Invalid(domain=_("Under this name everybody registers domains. Enter the one that is yours."))
    return host


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return host.startswith("[")
    return True


def _ascii(host: str) -> str:
    """Punycode as browsers make it. Raises ``Invalid`` for what is no name in any script."""
    import idna

    try:
        return idna.encode(host, uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise Invalid(domain=_("This is no domain. Enter one such as crm.example.com.")) from error


def _is_ours(host: str) -> bool:
    """The platform's own names, those below them, and those that they stand below."""
    for own in (settings.TEREM_DOMAIN, settings.TEREM_EDGE):
        if host == own or host.endswith(f".{own}") or own.endswith(f".{host}"):
            return True
    return False


def is_suffix(host: str) -> bool:
    """Whether a name is one that everybody registers under (co.uk), by the list that comes with the product."""
    return _suffixes().privatesuffix(host) is None


@cache
def _suffixes() -> Any:
    """Reading the list takes a fifth of a second: only who names a domain waits for it, once."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def shown(host: str) -> str:
    """A host as people write it: «пример.рф» instead of its Punycode. What cannot be decoded stays as it is."""
    import idna

    try:
        return idna.decode(host)
    except (idna.IDNAError, UnicodeError):
        return host


def proof_name(host: str) -> str:
    """The name of the record that proves a domain."""
    return f"{LABEL}.{host}"


def proof_value(token: str) -> str:
    """What that record must say."""
    return f"terem-verification={token}"
