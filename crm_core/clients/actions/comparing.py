"""From what is being typed to the traits by which doubles are found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from crm_core.clients.actions.cleaning import company_key, domain_of_site, person_key, tax_key
from crm_core.clients.actions.ways import Way, read_way
from crm_core.clients.queries.doubles import Traits
from kernel.emails import domain_of, is_shared_domain
from kernel.errors import Invalid
from kernel.text import clean

_LEAST_DIGITS = 6


def traits_of(kind: str, values: Mapping[str, Any], ways: Iterable[Way] = ()) -> Traits:
    """The traits of a half-typed client; what cannot be read yet is left out."""
    phones, emails = [], []
    for way in ways:
        try:
            row = read_way(way)
        except Invalid:
            continue
        if row is None:
            continue
        if row.kind == "email":
            emails.append(row.normal)
        elif row.kind == "phone" and len(row.digits) >= _LEAST_DIGITS:
            phones.append(row.normal)
    text = {name: clean(str(value or ""))[:300] for name, value in values.items()}
    if kind == "person":
        key = person_key(text.get("first_name", ""), text.get("last_name", ""))
        return Traits(name_key=key if " " in key else "", phones=tuple(phones), emails=tuple(emails))
    domain = domain_of_site(text.get("website", ""))
    if not domain and emails and not is_shared_domain(domain_of(emails[0])):
        domain = domain_of(emails[0])
    return Traits(
        name_key=company_key(text.get("name", "")),
        domain=domain,
        tax_key=tax_key(text.get("tax_number", "")),
        phones=tuple(phones),
        emails=tuple(emails),
    )
