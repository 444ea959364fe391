"""The kinds of fields that a list can be filtered by."""

from crm_core.lists.queries.fields.amounts import MoneyFilter
from crm_core.lists.queries.fields.base import Field, Unfit
from crm_core.lists.queries.fields.days import DateFilter
from crm_core.lists.queries.fields.people import MemberFilter, TagFilter
from crm_core.lists.queries.fields.plain import ChoiceFilter, FlagFilter, NumberFilter, TextFilter

__all__ = [
    "ChoiceFilter",
    "DateFilter",
    "Field",
    "FlagFilter",
    "MemberFilter",
    "MoneyFilter",
    "NumberFilter",
    "TagFilter",
    "TextFilter",
    "Unfit",
]
