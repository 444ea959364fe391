"""Every fact that is ever recorded can be chosen in the history, by a name of its own, in both languages."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import get_resolver
from django.utils import translation

from crm_core.events.actions import record
from crm_core.timeline import wording
from deploy.local import places
from kernel.jobs.declaring import BACKGROUND
from kernel.rights import RIGHTS
from tenants import api as tenants
from tests.house import rules

PAGE = "/settings/history/"
CRM = places.ROOT / "crm_core"
APPS = {path.name for path in CRM.iterdir() if path.is_dir()}
DOTTED = re.compile(r"([a-z]+)\.[a-z_]+")


def _texts(path: Any) -> Iterator[str]:
    """The texts of a module but for the names of locks and of what is signed."""
    others: set[ast.AST] = set()
    for node in ast.walk(rules.tree(path)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "hold":
            others |= set(node.args)
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "PURPOSE":
            others.add(node.value)
        # Parents come before their children.
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in others:
            yield node.value


def recorded() -> set[str]:
    """The verbs that the actions name: what looks like one and is neither a right nor background work."""
    # Whatever declares a right or background work is loaded with the addresses.
    assert get_resolver("config.urls_workspace").url_patterns
    found = set()
    for path in rules.python(("crm_core",)):
        if path.relative_to(CRM).parts[1:2] and path.relative_to(CRM).parts[1].startswith("actions"):
            dotted = (DOTTED.fullmatch(text) for text in _texts(path))
            found |= {one[0] for one in dotted if one and one[1] in APPS}
    return found - set(RIGHTS) - set(BACKGROUND)


def done_by_operators() -> set[str]:
    """The verbs of operators' acts that are told to a workspace."""
    sources = rules.python(("tenants", "onboarding", "billing"))
    calls = (node for path in sources for node in ast.walk(rules.tree(path)) if isinstance(node, ast.Call))
    named = (call for call in calls if getattr(call.func, "attr", getattr(call.func, "id", "")) == "note")
    texts = (call.args[2] for call in named if len(call.args) > 3)
    return {text.value for text in texts if isinstance(text, ast.Constant)}


def choices(page: str) -> dict[str, str]:
    """What the page offers as a fact: verb → words."""
    (field,) = re.findall(r'<select name="verb".*?</select>', page, re.DOTALL)
    return dict(re.findall(r'<option value="([^"]+)"[^>]*>([^<]*)</option>', field))


def test_every_recorded_fact_is_worded() -> None:
    assert {"sales.won", "notes.added", "records.tagged", "activities.done"} <= recorded()
    missing = sorted(recorded() - set(wording.WORDINGS))
    assert not missing, f"Word these facts in their app's apps.py (crm_core.timeline.wording.say): {missing}"


def test_every_act_of_operators_is_worded() -> None:
    assert {"suspend", "swapped", "access_asked"} <= done_by_operators()
    missing = sorted(done_by_operators() - set(tenants.ACT_WORDS))
    assert not missing, f"Word these acts in tenants/console/acts.py: {missing}"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_fact_can_be_chosen(make_member: Any, client_for: Any, language: str) -> None:
    member = make_member(rights=["timeline.audit"], name="Anna", language=language)
    offered = choices(client_for(member).get(PAGE).content.decode())
    operators = {f"operator.{verb}" for verb in tenants.ACT_WORDS}
    assert recorded() | operators <= set(offered)
    assert not [verb for verb, words in offered.items() if not words.strip() or words == verb]
    twice = [words for words, times in Counter(offered.values()).items() if times > 1]
    assert not twice, f"Two facts have the same name, so that nobody could tell them apart: {twice}"
    if language == "ru":
        strange = {verb: words for verb, words in offered.items() if not re.search("[а-яё]", words, re.I)}
        assert not strange, f"Without Russian: {strange}"


def test_a_fact_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="give it a name"):
        wording.say("tried.nameless")
    assert "tried.nameless" not in wording.WORDINGS


def test_what_a_fact_is_called_stands_in_the_history(member: Any, client_for: Any) -> None:
    """A fact whose timeline is drawn by a template has its name in the history, and is found by it."""
    record("notes.added", by=member, note="")
    with translation.override("en"):
        page = client_for(member).get(f"{PAGE}?verb=notes.added").content.decode()
    assert "Note added" in page.partition("<ol")[2]
    assert "Nothing matches" in client_for(member).get(f"{PAGE}?verb=sales.lost").content.decode()
