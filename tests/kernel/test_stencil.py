"""Rows that every workspace begins with: the same words each time, keys and moments of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from crm_core.lists.models import SavedView
from crm_core.sales.models import Outcome, Pipeline, Stage
from kernel.ids import uuid7
from kernel.stencil import Stencil
from kernel.when import frozen

LATER = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)


def rows() -> list[Any]:
    pipeline = Pipeline(name='Quote\'s "way" \\ 100 %', position=7)
    stages = [Stage(pipeline=pipeline, name=name, kind=Outcome.OPEN) for name in ("Дом", "Two")]
    view = SavedView(table="deals", key="stencil", name="S", shared="everyone", columns=["a", "б"])
    return [pipeline, *stages, view]


def test_words_stay_keys_and_moments_are_new(tenant: Any) -> None:
    made = rows()
    stencil = Stencil(made)
    with frozen(LATER):
        keys = stencil.write()
    assert not {row.pk for row in made} & set(keys)
    pipeline = Pipeline.objects.get(id=keys[0])
    assert (pipeline.name, pipeline.position) == (made[0].name, 7)
    assert [stage.name for stage in pipeline.stages.order_by("id")] == ["Дом", "Two"]
    view = SavedView.objects.get(id=keys[-1])
    assert view.columns == ["a", "б"] and view.created_at == LATER and view.removed_at is None


def test_each_writing_has_keys_of_its_own(tenant: Any) -> None:
    stencil = Stencil(rows()[:3])
    first = stencil.write()
    Pipeline.objects.filter(id=first[0]).delete()
    second = stencil.write()
    assert not set(first) & set(second)
    assert Stage.objects.filter(pipeline_id=second[0]).count() == 2


def test_a_key_from_elsewhere_is_refused(tenant: Any) -> None:
    with pytest.raises(ValueError, match="not the stencil's"):
        Stencil([Stage(pipeline_id=uuid7(), name="Loose", kind=Outcome.OPEN)])
