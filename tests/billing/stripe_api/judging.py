"""One judgement over everything that went over the wire."""

from __future__ import annotations

from typing import Any

from billing.providers.fake.reading import read_form
from billing.providers.fake.server import Fake
from tests.billing.stripe_api import document, parameters

EVENT = {"$ref": "#/components/schemas/event"}


def request_faults(method: str, path: str, body: str) -> list[str]:
    """Both validators over one request as it was sent."""
    try:
        schema = document.request_schema(method, path)
    except LookupError as error:
        return [str(error)]
    told = document.typed(schema, read_form(body))
    said = [f"by the document, {one}" for one in document.faults(schema, told)]
    return said + [f"by the library, {one}" for one in parameters.faults(method, path, told)]


def answer_faults(method: str, path: str, answer: dict[str, Any]) -> list[str]:
    """The response schema over one answer."""
    return document.faults(document.response_schema(method, path), answer)


def event_faults(event: dict[str, Any]) -> list[str]:
    """The schema of events, and of the object inside, over one event."""
    thing = event["data"]["object"]
    return document.faults(EVENT, event) + document.faults(
        {"$ref": f"#/components/schemas/{thing['object']}"}, thing
    )


def judge(fake: Fake) -> None:
    """Fail with every fault of the requests, answers and events that the server has seen."""
    said: list[str] = []
    known: set[str] = set()
    for method, path, body, status, answer in fake.seen:
        if (mark := f"{method} {path} {body} {answer}") in known:
            continue
        known.add(mark)
        where = f"{method} {path}"
        said += [f"{where}, request: {one}" for one in request_faults(method, path, body)]
        if status == 200:
            said += [f"{where}, answer: {one}" for one in answer_faults(method, path, answer)]
    for event in fake.world.all("event"):
        said += [f"event {event['type']}: {one}" for one in event_faults(event)]
    assert not said, "The provider would refuse or never say:\n  " + "\n  ".join(dict.fromkeys(said))
