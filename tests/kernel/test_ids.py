"""Record keys and codes."""

import re
import threading

import pytest

from kernel import ids, when


def test_uuid7_sorts_by_creation():
    made = [ids.uuid7() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {key.version for key in made} == {7}
    assert {key.variant for key in made} == {"specified in RFC 4122"}


def test_uuid7_carries_the_time_and_survives_a_clock_set_back(monkeypatch):
    # Other tests of this process may have made keys in a frozen future, and keys never go back.
    monkeypatch.setattr(ids, "_sequence", ids._Sequence())
    moment = when.now()
    stamp = ids.uuid7().int >> 80
    assert abs(stamp - moment.timestamp() * 1000) < 5000
    before = ids.uuid7()
    with when.frozen("2001-01-01T00:00:00Z"):
        after = ids.uuid7()
    assert before < after


def test_uuid7_is_unique_over_threads():
    made: list[object] = []
    threads = [
        threading.Thread(target=lambda: made.extend(ids.uuid7() for _ in range(500))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 2000


def test_codes_and_opaque_names():
    assert re.fullmatch(r"[2-9A-HJKMNP-TW-Z]{8}", ids.short_code(8))
    assert not set("01OILUV") & set(ids.CODE_ALPHABET)
    assert re.fullmatch(r"t_[a-z0-9]{20}", ids.opaque_name("t_"))
    assert ids.opaque_name("t_") != ids.opaque_name("t_")
    with pytest.raises(ValueError, match="at least one"):
        ids.short_code(0)
