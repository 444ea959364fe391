"""A filter is equal to its URL, whatever is put in; nonsense gives an object and no error."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_core.lists.queries.conditions import Asked, Condition, Filter

names = st.from_regex(r"[a-z][a-z0-9_-]{0,12}", fullmatch=True)
words = st.sampled_from(["is", "not", "any", "before", "between", "empty", "has"])
texts = st.text(max_size=300)
conditions = st.builds(Condition, names, words, st.lists(texts, max_size=5).map(tuple))
filters = st.builds(Filter, st.lists(conditions, max_size=8).map(tuple), texts)
plain = st.sampled_from(["", "name", "-amount", "stage"])
states = st.builds(
    Asked,
    filter=filters,
    sort=plain,
    columns=st.lists(names, max_size=4, unique=True).map(tuple),
    group=names | st.just(""),
    draw=st.sampled_from(["", "table", "board"]),
    view=st.sampled_from(["", "0190c2a0-0000-7000-8000-000000000000"]),
    part=st.sampled_from(["", "p1"]),
    after=st.sampled_from(["", "abc:def"]),
)


@given(filters)
@settings(max_examples=300)
def test_a_filter_is_its_query(made: Filter) -> None:
    again = Filter.read(made.query)
    assert again == made
    assert again.query == made.query
    assert Filter.read(QueryDict(made.query)) == made


@given(states)
@settings(max_examples=200)
def test_a_state_is_its_query(made: Asked) -> None:
    assert Asked.read(made.query(scope="pipeline"), scope="pipeline") == made


@given(st.lists(st.tuples(texts, texts), max_size=10))
@settings(max_examples=200)
def test_nonsense_is_read_without_an_error(pairs: list[tuple[str, str]]) -> None:
    clean = [(a.encode("utf-8", "ignore").decode(), b.encode("utf-8", "ignore").decode()) for a, b in pairs]
    asked = Asked.read(urlencode(clean), scope="pipeline")
    assert Asked.read(asked.query(scope="pipeline"), scope="pipeline") == asked


def test_conditions_of_one_field_and_word_are_one() -> None:
    asked = Filter.read("stage.is=a&q=x&stage.is=b&stage.is=a&owner.is=me")
    assert [one.key for one in asked.conditions] == ["stage.is", "owner.is"]
    assert asked.conditions[0].values == ("a", "b")
    assert asked.text == "x"


def test_plain_names_are_no_conditions() -> None:
    assert Filter.read("sort=name&view=1&Stage.is=a&a.b.c=1&.is=2&x.=3") == Filter()


def test_a_condition_refuses_a_name_that_no_url_can_carry() -> None:
    with pytest.raises(ValueError, match="Not a condition"):
        Condition("Stage", "is", ("a",))


def test_changing_a_condition_keeps_its_place() -> None:
    asked = Filter.read("a.is=1&b.is=2&c.is=3")
    changed = asked.plus(Condition("b", "not", ("9",)), instead_of="b.is")
    assert [one.key for one in changed.conditions] == ["a.is", "b.not", "c.is"]
    assert [one.key for one in changed.without("a.is").conditions] == ["b.not", "c.is"]


def test_adding_to_a_condition_adds_values() -> None:
    asked = Filter.read("stage.is=1").plus(Condition("stage", "is", ("2",)))
    assert asked.conditions == (Condition("stage", "is", ("1", "2")),)


def test_only_view_scope_and_page_say_nothing() -> None:
    assert not Asked.read("view=1&pipeline=2&after=3", scope="pipeline").says_something
    assert Asked.read("view=1&sort=name").says_something
