"""The base of every table in a tenant's schema: rows remember the tenant they belong to.

A row loaded in one workspace refuses to be saved in another, and a lazy query
built in one refuses to be asked, narrowed and asked, or written by in another,
even when their keys match.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models

from kernel import context
from kernel.errors import NoContext


class WrongTenant(NoContext):
    """A row or query of one tenant was used in another's context."""


def _here() -> str | None:
    found = context.maybe()
    return found.tenant.schema if found and found.tenant else None


M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class TenantQuerySet(models.QuerySet[M_co]):
    """Remembers where it was built; see the module."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._built_in = _here()

    def _check_place(self) -> None:
        if self._built_in is not None and self._built_in != _here():
            raise WrongTenant("This query was built in another workspace.")

    def _clone(self) -> Any:
        # A query of nobody (a form's field has one) belongs to whoever goes on with it.
        made = super()._clone()  # type: ignore[misc]
        if self._built_in is not None:
            made._built_in = self._built_in
        return made

    @property
    def db(self) -> str:
        """The alias to ask: whatever counts, looks, changes or removes without reading rows comes by here."""
        self._check_place()
        return super().db

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        self._check_place()
        return super().resolve_expression(*args, **kwargs)

    def _fetch_all(self) -> None:
        self._check_place()
        super()._fetch_all()

    def sole(self) -> M_co | None:
        """The only row, or None: for rows found by what only one can have.

        ``first`` would put them in an order, and looking for that order in all their columns took Python longer
        than the query itself.
        """
        return next(iter(self.order_by()[:1]), None)

    def iterator(self, *args: Any, **kwargs: Any) -> Any:
        self._check_place()
        return super().iterator(*args, **kwargs)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        rows = list(objs)
        for row in rows:
            row.check_place()
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        rows = list(objs)
        for row in rows:
            row.check_place()
        return super().bulk_update(rows, *args, **kwargs)


# Named, not made by as_manager() on the abstract base: so the type checker finds it for relations too.
TenantRows = models.Manager.from_queryset(TenantQuerySet)


class TenantModel(models.Model):
    """Abstract base. Set ``insert_only = True`` on a model whose rows are never changed or removed."""

    insert_only = False

    objects = TenantRows()

    class Meta:
        abstract = True
        default_permissions = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._born_in = _here()

    def check_place(self) -> None:
        """Raise ``WrongTenant`` unless the row belongs to the tenant being served."""
        if self._born_in is not None and self._born_in != _here():
            raise WrongTenant("This row belongs to another workspace.")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.check_place()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        self.check_place()
        return super().delete(*args, **kwargs)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.check_place()
        super().refresh_from_db(*args, **kwargs)
