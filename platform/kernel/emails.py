"""E-mail addresses: one normal form to compare by, and messages that help to mend a wrong one."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.errors import Invalid
from kernel.text import closest

_LONGEST, _LONGEST_LOCAL = 254, 64
_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+")
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_COMMON_DOMAINS = (
    "gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "live.com", "aol.com", "proton.me",
    "protonmail.com", "gmx.de", "web.de", "mail.ru", "yandex.ru", "ya.ru", "bk.ru", "list.ru", "inbox.ru",
    "rambler.ru", "googlemail.com",
)  # fmt: skip
_COMMON_ENDINGS = {
    "con": "com",
    "cmo": "com",
    "ocm": "com",
    "comm": "com",
    "om": "com",
    "ry": "ru",
    "rru": "ru",
    "nte": "net",
    "ogr": "org",
}


def read_email(text: str) -> str:
    """The normal form of an address: small letters, the domain as Unicode, without `mailto:` and `Name <…>`.

    The part before the @ is compared in small letters too, because no provider of note tells them apart.
    Raises Invalid with a sentence that says what is wrong and, where it can be guessed, what was meant.
    """
    plain = unicodedata.normalize("NFKC", text).strip().strip("\u200b\ufeff")
    plain = _unwrapped(plain)
    if not plain:
        raise Invalid(_("Enter an e-mail address."))
    if len(plain) > _LONGEST:
        raise Invalid(_("This e-mail address is too long."))
    local, at, domain = plain.rpartition("@")
    if problem := _problem(plain, local, at, domain):
        raise problem
    return f"{local.casefold()}@{_domain(domain)}"


def _unwrapped(plain: str) -> str:
    if found := re.fullmatch(r"[^<>]*<\s*([^<>]+?)\s*>[;,]?", plain):
        plain = found[1]
    plain = re.sub(r"^mailto:", "", plain, flags=re.IGNORECASE)
    return plain.rstrip(".;, ").strip("\"' ")


def _problem(plain: str, local: str, at: str, domain: str) -> Invalid | None:
    if plain.count("@") > 1:
        return Invalid(_("This e-mail address has more than one @. Enter one address only."))
    if re.search(r"[,;]", plain):
        return _perhaps(
            plain,
            re.sub(r"\s*[,;]\s*", ".", plain),
            _("The address has a comma."),
            _("The address has a comma. Did you mean %(guess)s?"),
        )
    if re.search(r"\s", plain):
        return _perhaps(
            plain,
            re.sub(r"\s+", "", plain),
            _("The address has a space."),
            _("The address has a space. Did you mean %(guess)s?"),
        )
    if not at:
        return Invalid(_("An e-mail address has an @, like anna@example.com."))
    if not local:
        return Invalid(_("The part before the @ is missing."))
    if not domain:
        return Invalid(_("The part after the @ is missing."))
    if len(local) > _LONGEST_LOCAL:
        return Invalid(_("The part before the @ is too long."))
    if not _LOCAL.fullmatch(local) or local.startswith(".") or local.endswith(".") or ".." in local:
        return Invalid(_("“%(part)s” cannot stand before the @."), part=local)
    return _domain_problem(domain)


def _perhaps(plain: str, guess: str, bare: Any, offered: Any) -> Invalid:
    try:
        return Invalid(offered, guess=read_email(guess))
    except Invalid:
        return Invalid(bare)


def _domain_problem(domain: str) -> Invalid | None:
    if "." not in domain.strip("."):
        return Invalid(
            _("After the @ there must be a full domain, like example.com, not only “%(domain)s”."),
            domain=domain,
        )
    labels = domain.split(".")
    if not all(_LABEL.fullmatch(label) and "_" not in label for label in labels) or labels[-1].isdigit():
        return Invalid(_("“%(domain)s” is not a domain."), domain=domain)
    try:
        if len(_ascii(domain)) > 253:
            raise UnicodeError
    except UnicodeError:
        return Invalid(_("“%(domain)s” is not a domain."), domain=domain)
    return None


def _ascii(domain: str) -> bytes:
    return domain.casefold().encode("idna")


def _domain(domain: str) -> str:
    """Punycode and Unicode spellings of a domain are one; people are shown the Unicode one."""
    try:
        return _ascii(domain).decode("idna").casefold()
    except UnicodeError:
        return domain.casefold()


def is_email(text: str) -> bool:
    """Whether this can be read as an address."""
    try:
        read_email(text)
    except Invalid:
        return False
    return True


def suggest_email(text: str) -> str | None:
    """A likelier spelling of a valid address (gmial.com, .con), to offer as “did you mean”; else nothing."""
    try:
        local, _at, domain = read_email(text).rpartition("@")
    except Invalid:
        return None
    if domain in _COMMON_DOMAINS:
        return None
    near = closest(domain, _COMMON_DOMAINS, least=0.85)
    head, _dot, ending = domain.rpartition(".")
    if near is None and ending in _COMMON_ENDINGS:
        near = f"{head}.{_COMMON_ENDINGS[ending]}"
    return f"{local}@{near}" if near else None


def domain_of(email: str) -> str:
    """The domain of a normal address, for matching people to companies."""
    return email.rpartition("@")[2]


def is_shared_domain(domain: str) -> bool:
    """Whether a domain belongs to a mail provider and so says nothing about the company."""
    return domain.casefold() in _COMMON_DOMAINS
