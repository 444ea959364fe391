"""Stripe's OpenAPI document as strict JSON schemas: an object holds what the document names, nothing else."""

from __future__ import annotations

import json
import lzma
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

FILE = Path(__file__).with_name("openapi.json.xz")
FORM = "application/x-www-form-urlencoded"


@cache
def document() -> dict[str, Any]:
    """The document with ``nullable`` made a type and objects closed."""
    told: dict[str, Any] = json.loads(lzma.decompress(FILE.read_bytes()))
    return {
        "components": {"schemas": {name: strict(one) for name, one in told["components"]["schemas"].items()}},
        "paths": told["paths"],
    }


def strict(schema: Any) -> Any:
    """A schema of OpenAPI 3.0 in the words of JSON schema."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: strict(one) for key, one in schema.items() if key not in ("nullable", "discriminator")}
    if isinstance(schema.get("properties"), dict):
        found["properties"] = {name: strict(one) for name, one in schema["properties"].items()}
        found.setdefault("additionalProperties", False)
    # An address of 5,000 letters is a limit of theirs that no demonstration meets.
    found.pop("maxLength", None) if found.get("maxLength") == 5000 else None
    if schema.get("nullable"):
        return {"anyOf": [found, {"type": "null"}]}
    return found


@cache
def _paths() -> list[tuple[re.Pattern[str], str]]:
    """Patterns of the addresses; those without parameters first, since they are meant before the others."""
    ordered = sorted(document()["paths"], key=lambda path: (path.count("{"), path))
    return [(re.compile(re.sub(r"\{\w+\}", r"[^/]+", path) + "$"), path) for path in ordered]


def operation(method: str, path: str) -> dict[str, Any]:
    """What the document says about a request. Raises ``LookupError`` if it knows none such."""
    for pattern, known in _paths():
        found = document()["paths"][known].get(method.lower()) if pattern.match(path) else None
        if found is not None:
            return dict(found)
    raise LookupError(f"{method} {path} is no request of the provider's API")


@cache
def _validator(schema: str) -> Draft202012Validator:
    whole = {"components": document()["components"], **json.loads(schema)}
    return Draft202012Validator(whole)


def faults(schema: dict[str, Any], value: Any) -> list[str]:
    """What is wrong with a value, each with its place."""
    said = []
    for error in _validator(json.dumps(schema)).iter_errors(value):
        deepest = error
        while deepest.context:
            deepest = max(deepest.context, key=lambda one: len(one.absolute_path))
        place = ".".join(str(part) for part in deepest.absolute_path)
        said.append(f"{place or 'it'}: {deepest.message[:200]}")
    return said


def request_schema(method: str, path: str) -> dict[str, Any]:
    """The schema of a request's parameters, of its form or of its query."""
    found = operation(method, path)
    if method == "GET":
        rows = [row for row in found.get("parameters", []) if row["in"] == "query"]
        return {
            "type": "object",
            "properties": {row["name"]: strict(row["schema"]) for row in rows},
            "additionalProperties": False,
        }
    return dict(strict(found.get("requestBody", {}).get("content", {}).get(FORM, {}).get("schema", {})))


def response_schema(method: str, path: str) -> dict[str, Any]:
    """The schema of a successful answer."""
    content = operation(method, path)["responses"]["200"]["content"]["application/json"]
    return dict(strict(content["schema"]))


def typed(schema: dict[str, Any], value: Any) -> Any:
    """The texts of a form as the numbers, truths and lists that the schema asks for; what does not fit stays text."""
    if "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    for one in schema.get("anyOf", []):
        made = typed(one, value)
        if not faults(one, made):
            return made
    kind = schema.get("type")
    if isinstance(value, dict):
        inner = schema.get("properties", {})
        extra = schema.get("additionalProperties") or {}
        return {
            key: typed(inner.get(key, extra if isinstance(extra, dict) else {}), one)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [typed(schema.get("items", {}), one) for one in value]
    if kind == "integer" and re.fullmatch(r"-?\d+", value):
        return int(value)
    if kind == "number" and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return float(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    return value
