"""The pages of clients."""

from crm_core.clients.views.contacts import (
    company_taking,
    company_ways,
    employing,
    leaving,
    person_taking,
    person_ways,
)
from crm_core.clients.views.creating import new_company, new_person
from crm_core.clients.views.fields import company_field, person_field
from crm_core.clients.views.headings import (
    heading,
    heading_order,
    heading_removal,
    heading_values,
    headings,
    value,
    value_removal,
)
from crm_core.clients.views.lists import choices, companies, doubles, people
from crm_core.clients.views.records import company, company_related, person, person_related

__all__ = [
    "choices",
    "companies",
    "company",
    "company_field",
    "company_related",
    "company_taking",
    "company_ways",
    "doubles",
    "employing",
    "heading",
    "heading_order",
    "heading_removal",
    "heading_values",
    "headings",
    "leaving",
    "new_company",
    "new_person",
    "people",
    "person",
    "person_field",
    "person_related",
    "person_taking",
    "person_ways",
    "value",
    "value_removal",
]
