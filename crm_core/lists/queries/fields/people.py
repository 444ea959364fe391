"""Fields that name a member of the workspace, or the workspace's tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.expressions import Exists
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm_core.lists.queries.conditions import Condition
from crm_core.lists.queries.declaring import Option
from crm_core.lists.queries.fields.base import Field, Unfit, ids
from crm_core.lists.queries.reader import Reader
from crm_core.records.models import Tagging

ME = "me"


@dataclass(frozen=True, slots=True)
class MemberFilter(Field):
    """A member, such as the owner. ``me`` is whoever reads, so that a shared view fits each colleague."""

    path: str = "card__owner_id"
    words: ClassVar[tuple[str, ...]] = ("is", "not", "empty", "filled")
    widget: ClassVar[str] = "checks"

    def _chosen(self, condition: Condition, reader: Reader) -> list[UUID]:
        mine = [reader.member.id] if ME in condition.values else []
        chosen = mine + ids(value for value in condition.values if value != ME)
        if not chosen:
            raise self.bad_value(condition.value)
        return chosen

    def _q(self, condition: Condition, reader: Reader) -> Q:
        empty = self._emptiness(condition)
        if empty is not None:
            return empty
        found = Q(**{f"{self.path}__in": self._chosen(condition, reader)})
        return ~found if condition.word == "not" else found

    def say_values(self, condition: Condition, reader: Reader) -> list[str]:
        said = [pgettext("owner", "me")] if ME in condition.values else []
        named = ids(value for value in condition.values if value != ME)
        if not named:
            return said
        known = reader.members()
        return said + [known[one].name if one in known else _("somebody unknown") for one in named]

    def choices(self, reader: Reader) -> list[Option]:
        active = [Option(str(one.id), one.name) for one in reader.members().values() if one.active]
        return [Option(ME, pgettext("owner", "Me, whoever opens the view")), *active]


@dataclass(frozen=True, slots=True)
class TagFilter(Field):
    """The tags of the record's card. ``path`` leads to the card's id."""

    path: str = "card_id"
    words: ClassVar[tuple[str, ...]] = ("any", "all", "none", "empty", "filled")
    widget: ClassVar[str] = "checks"

    def _q(self, condition: Condition, reader: Reader) -> Q:
        taggings = Tagging.objects.filter(card_id=OuterRef(self.path))
        if condition.word in ("empty", "filled"):
            return Q(~Exists(taggings)) if condition.word == "empty" else Q(Exists(taggings))
        chosen = ids(condition.values)
        if not chosen:
            raise self.bad_value(condition.value)
        held = taggings.filter(tag_id__in=chosen)
        if condition.word == "all":
            count = held.order_by().values("card_id").annotate(n=Count("id")).values("n")
            return Q(Exact(Subquery(count), len(set(chosen))))
        return Q(Exists(held)) if condition.word == "any" else Q(~Exists(held))

    def say_values(self, condition: Condition, reader: Reader) -> list[str]:
        if not condition.values:
            return []
        known = reader.tags()
        said = [known[one].name for one in ids(condition.values) if one in known]
        if not said:
            raise Unfit(
                _("The condition on “%(field)s” was left out: its value no longer exists.")
                % {"field": self.label}
            )
        return said

    def choices(self, reader: Reader) -> list[Option]:
        return [Option(str(tag.id), tag.name, tag.hue) for tag in reader.tags().values()]
