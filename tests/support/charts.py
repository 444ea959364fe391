"""The Helm chart, linted and rendered by Helm's own library, judged by Kubernetes' own schemas. No cluster is asked."""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

from deploy.local import places

CHART = places.ROOT / "helm" / "terem"
# The least that the chart asks for, and the three newest.
MINORS = ("1.30", "1.35", "1.36", "1.37")
MISSING = "Helm's library was not found: pip install helm-python-sdk kubernetes-validate (both stand in requirements-dev.lock)."
# Kinds of operators, which Kubernetes itself does not know.
OPERATORS = places.ROOT / "tests" / "data" / "operators" / "schemas.json"
_LEAST_WARNING = 2

Manifest = dict[str, Any]


def executable() -> str | None:
    """Where the library is, or None."""
    found = [importlib.util.find_spec(name) for name in ("helm_python", "kubernetes_validate")]
    return str(found[0].origin) if all(found) and found[0] is not None else None


def value_sets() -> dict[str, Path]:
    """The tried sets of values, by name."""
    return {
        path.name.removesuffix("-values.yaml"): path for path in sorted((CHART / "ci").glob("*-values.yaml"))
    }


def values_of(name: str) -> dict[str, Any]:
    """One set of values."""
    import yaml

    found: dict[str, Any] = yaml.safe_load(value_sets()[name].read_text("utf-8"))
    return found


def complaints(chart: Path, values: dict[str, Any], minor: str) -> list[str]:
    """What Helm's strict linter says against the chart with these values."""
    import helm_python

    report = helm_python.lint(chart, values, strict=True, namespace="crm", kube_version=f"v{minor}.0")
    said = [one["error"] for one in report["messages"] if one["severity"] >= _LEAST_WARNING]
    return [*said, *(report["errors"] or [])]


def rendered(chart: Path, values: dict[str, Any], *, upgrade: bool = False) -> list[Manifest]:
    """Every manifest of a release. Raises Helm's own errors for values that are refused."""
    import helm_python
    import yaml

    with helm_python.Chart.load(chart) as loaded:
        loaded.validate_schema(values)
        files = loaded.render(
            values, name="terem", namespace="crm", revision=3, is_install=not upgrade, is_upgrade=upgrade
        )
    texts = [text for path, text in sorted(files.items()) if path.endswith(".yaml")]
    return [one for text in texts for one in yaml.safe_load_all(text) if one]


@cache
def foreign() -> dict[str, Manifest]:
    """Version and schema of the ``spec`` of each kind of an operator."""
    found: dict[str, Manifest] = json.loads(OPERATORS.read_text("utf-8"))
    return found


def _strange_to_its_operator(manifest: Manifest) -> str:
    from jsonschema import Draft202012Validator

    told = foreign()[manifest["kind"]]
    said = set(manifest) - {"apiVersion", "kind", "metadata", "spec"}
    if manifest["apiVersion"] != told["apiVersion"] or said:
        return f"{title(manifest)}: {manifest['apiVersion']} {', '.join(sorted(said))}"
    for error in Draft202012Validator(told["schema"]).iter_errors(manifest["spec"]):
        place = ".".join(str(part) for part in error.absolute_path)
        return f"{title(manifest)} spec.{place}: {error.message}"
    return ""


def strangeness(manifest: Manifest, minor: str) -> str:
    """What Kubernetes of that minor, or the kind's operator, would not know or take; empty if nothing."""
    import kubernetes_validate

    if manifest["kind"] in foreign():
        return _strange_to_its_operator(manifest)
    try:
        kubernetes_validate.validate(manifest, minor, strict=True)
    except kubernetes_validate.ValidationError as found:
        place = ".".join(str(part) for part in found.path)
        return f"{title(manifest)} {place}: {found.message}"
    return ""


def title(manifest: Manifest) -> str:
    """Kind and name."""
    return f"{manifest['kind']} {manifest['metadata']['name']}"


def component(manifest: Manifest) -> str:
    """Which part of Terem it belongs to."""
    return str(manifest["metadata"]["labels"]["app.kubernetes.io/component"])


def pod_of(manifest: Manifest) -> Manifest | None:
    """The pod that a workload makes, or None for what makes none."""
    spec = manifest.get("spec") or {}
    if manifest["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    return spec["template"] if manifest["kind"] in ("Deployment", "Job", "CronJob") else None


def containers(manifest: Manifest) -> list[Manifest]:
    """The containers of a workload, those that begin it too."""
    pod = pod_of(manifest)
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]] if pod else []


def environment(container: Manifest) -> dict[str, Manifest]:
    """A container's environment by name."""
    return {one["name"]: one for one in container.get("env", [])}
