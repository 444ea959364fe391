from __future__ import annotations

import threading
import time

from kernel.once import Once


def test_threads_that_ask_together_get_the_same_thing() -> None:
    made: list[object] = []

    @Once
    def thing() -> object:
        found = object()
        made.append(found)
        time.sleep(0.05)
        return found

    together = threading.Barrier(8)
    given: list[object] = []

    def ask() -> None:
        together.wait()
        given.append(thing())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert given == made * 8
    thing.forget()
    assert thing() is not made[0]


def test_what_failed_is_tried_again() -> None:
    answers = iter((None, 7))

    @Once
    def number() -> int:
        found = next(answers)
        if found is None:
            raise OSError("not yet")
        return found

    try:
        number()
    except OSError:
        pass
    assert number() == 7
    assert number() == 7
