"""The data dictionary: what every table and column of an archive means, made from the models themselves."""

from __future__ import annotations

import inspect
from typing import Any

from django.db import models
from django.template.loader import render_to_string
from django.utils import translation

from crm_core.exports.queries.tables import LEFT_OUT, TECHNICAL, Table, columns, tables

LANGUAGES = ("en", "ru")
_KINDS = {
    "UUIDField": "uuid",
    "CharField": "text",
    "TextField": "text",
    "EmailField": "text",
    "URLField": "text",
    "JSONField": "json",
    "BooleanField": "boolean",
    "DateField": "date",
    "DateTimeField": "moment (UTC)",
    "TimeField": "time",
    "DecimalField": "decimal",
    "FloatField": "number",
}


def dictionary() -> dict[str, Any]:
    """The dictionary as JSON: table → what it holds, its columns with kind, choices and references."""
    return {
        "tables": {model._meta.db_table: _table(model) for model in tables()},
        "technical": TECHNICAL,
        "left_out": {".".join(place): reason for place, reason in LEFT_OUT.items()},
    }


def _table(model: Table) -> dict[str, Any]:
    about = inspect.getdoc(model) or ""
    kept = set(columns(model))
    return {
        "about": " ".join(about.replace("``", "").split()),
        "key": model._meta.pk.column,
        "only_added_to": bool(getattr(model, "insert_only", False)),
        "columns": [_column(field) for field in model._meta.concrete_fields if field.column in kept],
    }


def _column(field: Any) -> dict[str, Any]:
    target = field.target_field if field.is_relation else field
    kind = _KINDS.get(target.get_internal_type(), "whole number")
    told: dict[str, Any] = {"name": field.column, "kind": kind, "may_be_empty": field.null}
    if kind == "text" and field.max_length:
        told["longest"] = field.max_length
    if isinstance(field, models.Field) and field.choices:
        with translation.override("en"):
            told["choices"] = {str(value): str(words) for value, words in field.flatchoices}
    if field.is_relation:
        told["refers_to"] = f"{field.related_model._meta.db_table}.{target.column}"
    return told


def pages(facts: dict[str, Any]) -> dict[str, str]:
    """The readable pages of an archive by name: README and data dictionary in each language."""
    found: dict[str, str] = {}
    known = dictionary()
    for language in LANGUAGES:
        with translation.override(language):
            found[f"README.{language}.txt"] = render_to_string("exports/readme.txt", facts)
            found[f"dictionary.{language}.html"] = render_to_string(
                "exports/dictionary.html", facts | {"dictionary": known, "language": language}
            )
    return found
