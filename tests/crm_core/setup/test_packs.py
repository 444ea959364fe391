"""Packs of lines of business: true to their schema, seen before, applied once, undone with care."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from crm_core.clients.actions import change_company
from crm_core.clients.models import Company, Heading, HeadingValue
from crm_core.events.models import Event
from crm_core.lists.actions import rename_view
from crm_core.lists.models import SavedView
from crm_core.records.actions import add_tag
from crm_core.records.models import Tag
from crm_core.sales.actions import open_deal
from crm_core.sales.models import Pipeline, Reason, Stage
from crm_core.setup import actions
from crm_core.setup.models import PackUse
from crm_core.setup.queries import packs
from crm_core.setup.queries.questions import GOALS
from tests.support.clients import url

FILES = sorted((packs.DATA / "packs").glob("*.json"))
SCHEMA = json.loads((packs.DATA / "pack.schema.json").read_text("utf-8"))
KEYS = ["services", "trade", "production", "agency", "medical", "education", "property", "it"]


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def apply(web: Any, key: str, **data: str) -> Any:
    return web.post(url("setup:pack", key), data)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_pack_is_true_to_its_schema(path: Path) -> None:
    content = read(path)
    jsonschema.Draft202012Validator(SCHEMA).validate(content)
    for pipeline in content["pipelines"]:
        kinds = [stage.get("kind", "open") for stage in pipeline["stages"]]
        assert kinds[-2:] == ["won", "lost"], path.stem
        assert set(kinds[:-2]) == {"open"}
        for place in (0, 1):
            names = [stage["name"][place].casefold() for stage in pipeline["stages"]]
            assert len(set(names)) == len(names)


def test_there_are_eight_and_a_fault_would_be_seen() -> None:
    assert list(packs.pack_keys()) == KEYS
    content = read(FILES[0])
    content["pipelines"][0]["stages"][0]["hue"] = "beige"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(content)


def test_goals_name_what_there_is() -> None:
    known = {one.name for one in GOALS}
    assert set(json.loads((packs.DATA / "goals.json").read_text("utf-8"))) <= known
    assert len(GOALS) == 11


@pytest.mark.parametrize("key", KEYS)
def test_every_pack_can_be_applied_and_undone_without_a_trace(web: Any, cast: Any, key: str) -> None:
    models = (Pipeline, Reason, Heading, HeadingValue, Tag, SavedView)
    before = [set(model.objects.values_list("pk", flat=True)) for model in models]
    page = web.get(url("setup:pack", key)).content.decode()
    assert "Would be added" in page
    assert [set(model.objects.values_list("pk", flat=True)) for model in models] == before
    assert apply(web, key).status_code == 302
    use = PackUse.objects.get()
    tasks = [row for row in use.made if row["what"] == "task"]
    assert tasks and Stage.objects.exclude(step_title="").count() == len(tasks)
    assert sum(row["what"] == "report" for row in use.made) == 2
    made = len(use.made) - len(tasks)
    assert sum(model.objects.count() for model in models) == sum(map(len, before)) + made
    assert Event.objects.filter(verb="setup.pack_applied").count() == 1
    assert not Event.objects.filter(
        verb__in=("records.tag_made", "clients.heading_added", "sales.set_up")
    ).exists()
    # Once more: everything is there.
    assert "Everything of this pack is here already." in web.get(url("setup:pack", key)).content.decode()
    apply(web, key)
    assert PackUse.objects.count() == 1
    assert Event.objects.filter(verb="setup.pack_applied").count() == 1
    for page_name in ("sales:deals", "clients:headings", "records:tags", "sales:pipelines"):
        assert web.get(url(page_name)).status_code == 200
    web.post(url("setup:pack_undoing", use.id))
    assert [set(model.objects.values_list("pk", flat=True)) for model in models] == before
    use.refresh_from_db()
    assert use.undone_at is not None and use.kept == []
    web.post(url("setup:pack_undoing", use.id))
    assert Event.objects.filter(verb="setup.pack_undone").count() == 1


def test_undo_keeps_what_is_used_and_says_why(web: Any, cast: Any, harbour: Company) -> None:
    apply(web, "agency")
    use = PackUse.objects.get()
    pipeline = Pipeline.objects.get(name="Projects")
    open_deal(by=cast.boss, name="Campaign", stage_id=pipeline.stages.all()[0].id, client_id=harbour.pk)
    heading = Heading.objects.get(name="Way of working")
    values = {str(heading.id): heading.values.all()[0].id}
    change_company(by=cast.boss, id=harbour.pk, values=values)
    add_tag(by=cast.boss, card_id=harbour.pk, name="Case study agreed")
    tag = Tag.objects.get(name="Agency of record")
    tag.name = "House agency"
    tag.save()
    web.post(url("setup:pack_undoing", use.id))
    use.refresh_from_db()
    why = {(row["what"], row["name"]): row["why"] for row in use.kept}
    assert why == {
        ("pipeline", "Projects"): "deals",
        ("heading", "Way of working"): "values",
        ("value", "Project"): "clients",
        ("tag", "Case study agreed"): "records",
        ("tag", "Agency of record"): "renamed",
    }
    page = web.get(url("setup:packs")).content.decode()
    assert "Deals stand in it." in page and "Somebody has renamed it." in page
    assert not HeadingValue.objects.filter(name="Retainer").exists()
    assert not Reason.objects.filter(name="Lost the tender").exists()


def test_a_second_pack_shows_what_it_meets_first(web: Any, cast: Any) -> None:
    assert "This meets what is here:" not in web.get(url("setup:pack", "agency")).content.decode()
    apply(web, "agency")
    page = web.get(url("setup:pack", "it")).content.decode()
    assert "This meets what is here:" in page
    assert "comes beside it" in page
    refused = apply(web, "it")
    assert refused.status_code == 422
    assert PackUse.objects.count() == 1
    assert apply(web, "it", read="on").status_code == 302
    assert {one.pack for one in PackUse.objects.all()} == {"agency", "it"}


def test_a_pipeline_of_the_same_name_stays_as_it_is(web: Any, cast: Any) -> None:
    first = Pipeline.objects.get()
    first.name = "Projects"
    first.save()
    page = web.get(url("setup:pack", "agency")).content.decode()
    assert "There is one of this name with other stages. It stays as it is." in page
    apply(web, "agency", read="on")
    assert Pipeline.objects.count() == 1
    assert not any(row["what"] == "pipeline" for row in PackUse.objects.get().made)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("tongue", ["en", "ru"])
def test_reports_of_a_pack_are_tabs_that_ask_what_they_say(
    web: Any, cast: Any, key: str, tongue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every condition of a report is understood by its list: nothing of it is left out."""
    place = packs.LANGUAGES.index(tongue)
    monkeypatch.setattr(packs, "language", lambda: tongue)
    use = actions.apply_pack(by=cast.boss, key=key)
    assert use is not None
    for row in read(packs.DATA / "packs" / f"{key}.json")["reports"]:
        view = SavedView.objects.get(table=row["table"], name=row["name"][place])
        assert "{" not in view.filter
        page = web.get(f"/{row['table']}/?view={view.pk}").content.decode()
        assert row["name"][place] in page
        assert "was left out" not in page
        assert page.count('class="chip" role="group"') == len(
            {one.split("=")[0] for one in row["query"].split("&") if "." in one.split("=")[0]}
        )


def test_a_task_of_ones_own_stays_and_a_changed_one_is_kept(web: Any, cast: Any) -> None:
    apply(web, "it")
    first = PackUse.objects.get()
    stage = Stage.objects.get(name="Pilot")
    stage.step_title = "Visit the pilot"
    stage.save()
    page = web.get(url("setup:pack", "it")).content.decode()
    assert "The stage has another one here, and keeps it." in page
    web.post(url("setup:pack_undoing", first.id))
    first.refresh_from_db()
    assert ("task", "changed") in {(row["what"], row["why"]) for row in first.kept}


def test_a_changed_report_is_kept(web: Any, cast: Any) -> None:
    apply(web, "it")
    view = SavedView.objects.get(name="Pilots under way")
    rename_view(by=cast.boss, id=view.pk, name="Pilots", shared="everyone")
    use = PackUse.objects.get()
    web.post(url("setup:pack_undoing", use.id))
    use.refresh_from_db()
    assert [row["why"] for row in use.kept if row["what"] == "report"] == ["renamed"]
    assert SavedView.objects.filter(name="Pilots").exists()
    assert not SavedView.objects.filter(name="Renewal soon").exists()


def test_strangers_and_unknown_packs(web: Any, client_for: Any, cast: Any) -> None:
    assert web.get(url("setup:pack", "no-such-line")).status_code == 404
    assert client_for(cast.anna).get(url("setup:packs")).status_code == 403
    assert client_for(cast.anna).post(url("setup:pack", "it")).status_code == 403
