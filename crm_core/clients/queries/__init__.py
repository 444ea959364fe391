"""Reading clients. Every function starts at the member who asks."""

from crm_core.clients.queries.doubles import Double, possible_doubles
from crm_core.clients.queries.headings import (
    HeadingOptions,
    heading,
    heading_options,
    heading_value,
    headings,
    slots_of,
)
from crm_core.clients.queries.records import (
    Colleague,
    children_of,
    classes_of,
    company,
    company_of,
    company_rows,
    employments_of,
    find_clients,
    label_of_company,
    people_of,
    person,
    person_rows,
    tags_with_mark,
    ways_of,
)
from crm_core.clients.queries.sites import SiteLink, domain_of_site, href, site_link

__all__ = [
    "Colleague",
    "Double",
    "HeadingOptions",
    "SiteLink",
    "children_of",
    "classes_of",
    "company",
    "company_of",
    "company_rows",
    "domain_of_site",
    "employments_of",
    "find_clients",
    "heading",
    "heading_options",
    "heading_value",
    "headings",
    "href",
    "label_of_company",
    "people_of",
    "person",
    "person_rows",
    "possible_doubles",
    "site_link",
    "slots_of",
    "tags_with_mark",
    "ways_of",
]
