"""Which tables leave the house: all of the tenant's side but a short, reviewed list of technical ones."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from kernel.rows import columns_of

_SIDE = ("crm_core.", "kernel.jobs")

# Tables that say nothing of the company's own work. Each with the reason why it stays; a test reads this list.
TECHNICAL = {
    "jobs_job": "background work that ran here, with arguments that mean something to this platform only",
    "team_session": "open sessions of browsers: secrets of this address",
    "access_visit": "browsers of operators inside the workspace: secrets of this address",
    "exports_export": "the archives themselves",
    "timeline_massexport": "notices of great exports: each repeats a fact of the history",
}
# Columns that point at technical tables.
LEFT_OUT = {("imports_import", "job_id"): "points at background work"}

Table = type[models.Model]


def every_table() -> list[Table]:
    """Every model of the tenants' side, those between two others included."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if f"{apps.get_app_config(model._meta.app_label).name}.".startswith(_SIDE) and model._meta.managed
    ]


@cache
def tables() -> tuple[Table, ...]:
    """The tables of an archive, each behind those that it points at."""
    wanted = sorted(
        (model for model in every_table() if model._meta.db_table not in TECHNICAL),
        key=lambda model: model._meta.db_table,
    )
    ordered: list[Table] = []
    while wanted:
        free = [model for model in wanted if not (_points_at(model) & set(wanted)) - {model}]
        # A ring of tables cannot be ordered; the database looks at its references when all is written.
        for model in free or wanted[:1]:
            ordered.append(model)
            wanted.remove(model)
    return tuple(ordered)


def _points_at(model: Table) -> set[Any]:
    return {field.related_model for field in model._meta.concrete_fields if field.is_relation}


def columns(model: Table) -> list[str]:
    """The columns of a table that the archive holds."""
    return [name for name in columns_of(model) if (model._meta.db_table, name) not in LEFT_OUT]


def by_name() -> dict[str, Table]:
    return {model._meta.db_table: model for model in tables()}


def leaning() -> list[Table]:
    """Technical tables that point at tables of the archive: their rows go when those are replaced."""
    known = set(tables())
    return [model for model in every_table() if model not in known and _points_at(model) & known]
