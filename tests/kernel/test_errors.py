"""The family of errors."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel import errors


def test_messages_are_said_late_with_their_details():
    error = errors.OverLimit(_("At most %(allowed)s."), allowed=3)
    assert isinstance(errors.worded(_("%(n)s"), n=1), Promise)
    assert error.allowed == 3
    assert not error.temporary
    assert str(errors.NotFound())
    assert errors.Unavailable().temporary
    assert errors.TooMany(retry_after=5).retry_after == 5


def test_invalid_knows_its_fields():
    assert {k: [str(s) for s in v] for k, v in errors.Invalid(slug="Taken.").fields.items()} == {
        "slug": ["Taken."]
    }
    whole = errors.Invalid("Too long: %(n)s.", n="5")
    assert str(whole.fields[""][0]) == "Too long: 5."
    assert whole.at("name").fields.keys() == {"name"}
    assert str(whole.at("name")) == "Too long: 5."
    many = errors.Invalid(fields={"a": ["One."], "b": ["Two."]})
    assert str(many) == "One. Two."
    assert many.at("c").fields.keys() == {"a", "b"}


def test_conflict_carries_both_values():
    error = errors.Conflict(theirs={"name": "A"}, yours={"name": "B"})
    assert (error.theirs, error.yours) == ({"name": "A"}, {"name": "B"})
