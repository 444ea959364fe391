"""Reading clients. Every function starts at the member who asks."""

from crm_core.clients.queries.doubles import Double, possible_doubles
from crm_core.clients.queries.headings import heading, heading_value, headings, slots_of
from crm_core.clients.queries.records import (
    Colleague,
    classes_of,
    company,
    company_of,
    company_rows,
    employments_of,
    find_companies,
    people_of,
    person,
    person_rows,
    ways_of,
)

__all__ = [
    "Colleague",
    "Double",
    "classes_of",
    "company",
    "company_of",
    "company_rows",
    "employments_of",
    "find_companies",
    "heading",
    "heading_value",
    "headings",
    "people_of",
    "person",
    "person_rows",
    "possible_doubles",
    "slots_of",
    "ways_of",
]
