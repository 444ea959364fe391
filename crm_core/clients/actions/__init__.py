"""What may be done with clients."""

from crm_core.clients.actions.bulk import (
    CompanyRow,
    PersonRow,
    bulk_create_companies,
    bulk_create_people,
    company_row,
    open_values,
    person_row,
)
from crm_core.clients.actions.bulk_change import Update, Updated, bulk_update
from crm_core.clients.actions.companies import (
    change_company,
    create_company,
    restore_company,
    set_company_ways,
)
from crm_core.clients.actions.headings import (
    add_value,
    arrange_values,
    change_value,
    create_heading,
    delete_heading,
    delete_value,
    rename_heading,
)
from crm_core.clients.actions.people import (
    change_person,
    create_person,
    employ,
    leave,
    restore_person,
    set_person_ways,
)
from crm_core.clients.actions.rights import EDIT, HEADINGS, VIEW
from crm_core.clients.actions.taking import take
from crm_core.clients.actions.ways import Way, read_ways, warning_of

__all__ = [
    "EDIT",
    "HEADINGS",
    "VIEW",
    "CompanyRow",
    "PersonRow",
    "Update",
    "Updated",
    "Way",
    "add_value",
    "arrange_values",
    "bulk_create_companies",
    "bulk_create_people",
    "bulk_update",
    "change_company",
    "change_person",
    "change_value",
    "company_row",
    "create_company",
    "create_heading",
    "create_person",
    "delete_heading",
    "delete_value",
    "employ",
    "leave",
    "open_values",
    "person_row",
    "read_ways",
    "rename_heading",
    "restore_company",
    "restore_person",
    "set_company_ways",
    "set_person_ways",
    "take",
    "warning_of",
]
