"""Websites as people type them: by which domain they compare, and where they lead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit


@lru_cache(maxsize=4096)
def domain_of_site(text: str) -> str:
    """The domain by which websites are compared: without www, in small letters, as Unicode; empty if none."""
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
        host.encode("idna")
    except (ValueError, UnicodeError):
        return ""
    try:
        host = host.encode("ascii").decode("idna")
    except UnicodeError:
        host = host.lower()
    host = host.removeprefix("www.").rstrip(".").lower()
    if not re.fullmatch(r"[\w-]+(\.[\w-]+)+", host) or len(host) > 253:
        return ""
    return host


def href(site: str) -> str:
    """The link of a website as typed; empty if it is no website."""
    if not domain_of_site(site):
        return ""
    return site if re.match(r"https?://", site, re.IGNORECASE) else f"https://{site}"


@dataclass(frozen=True, slots=True)
class SiteLink:
    """A website in a list: what is read and where it leads."""

    label: str
    url: str


def site_link(site: str) -> SiteLink | None:
    """The link of a website as typed; None if it is none."""
    found = href(site)
    return SiteLink(re.sub(r"^https?://(www\.)?|/$", "", site), found) if found else None
