"""What every rendered workload of the chart has to keep; one sentence for each breach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.support import charts
from tests.support.charts import Manifest

PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
# Who may act as owner, and who carries the one capability.
OWNERS = {"keeper", "install", "waves", "backup"}
CAPABLE = {"edge": {"NET_BIND_SERVICE"}}
MOVING = {"latest", "stable", "main", "edge", ""}
_SECRET = re.compile(r"PASSWORD|SECRET|_KEYS?(_|$)|TOKEN|SENTRY|^TEREM_(REDIS|MAIL|\w+_DB)$")
_WRITTEN_WORD = re.compile(r"://[^\s:/@]*:(?!\$\()[^\s@]+@")


def breaches(manifests: list[Manifest]) -> list[str]:
    """Every sentence against a release."""
    return [said for manifest in manifests for said in _of_one(manifest)]


def _of_one(manifest: Manifest) -> Iterator[str]:
    title = charts.title(manifest)
    if manifest["kind"] == "Secret":
        yield f"{title} writes a secret out"
    pod = charts.pod_of(manifest)
    if pod is None:
        return
    yield from (f"{title} {said}" for said in _pod(pod["spec"]))
    for container in charts.containers(manifest):
        part = charts.component(manifest)
        told = [*_guards(container, part), *_sizes(container), *_image(container), *_words(container, part)]
        if manifest["kind"] == "Deployment":
            told += [f"has no {probe}" for probe in PROBES if not _asks(container.get(probe))]
        yield from (f"{title}, container {container['name']} {said}" for said in told)


def _pod(spec: Manifest) -> Iterator[str]:
    security = spec.get("securityContext") or {}
    if security.get("runAsNonRoot") is not True or int(security.get("runAsUser", 0)) < 1000:
        yield "may run as root"
    if (security.get("seccompProfile") or {}).get("type") != "RuntimeDefault":
        yield "has no seccomp profile"
    if spec.get("automountServiceAccountToken") is not False:
        yield "mounts a token of Kubernetes"
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(name):
            yield f"shares {name} with its node"
    if any("hostPath" in volume for volume in spec.get("volumes", [])):
        yield "mounts a folder of its node"


def _guards(container: Manifest, part: str) -> Iterator[str]:
    security = container.get("securityContext") or {}
    if security.get("readOnlyRootFilesystem") is not True:
        yield "may write to its root"
    if security.get("allowPrivilegeEscalation") is not False or security.get("privileged") is not False:
        yield "may gain privileges"
    capabilities = security.get("capabilities") or {}
    if "ALL" not in capabilities.get("drop", []):
        yield "keeps capabilities"
    if extra := set(capabilities.get("add", [])) - CAPABLE.get(part, set()):
        yield f"is given {', '.join(sorted(extra))}"


def _sizes(container: Manifest) -> Iterator[str]:
    resources = container.get("resources") or {}
    for kind in ("limits", "requests"):
        for size in ("cpu", "memory"):
            if not (resources.get(kind) or {}).get(size):
                yield f"has no {kind} of {size}"


def _image(container: Manifest) -> Iterator[str]:
    name, _at, digest = container["image"].partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    if not digest and tag in MOVING:
        yield f"has an image that moves: {container['image']}"


def _words(container: Manifest, part: str) -> Iterator[str]:
    for name, one in charts.environment(container).items():
        value = str(one.get("value", ""))
        if _WRITTEN_WORD.search(value):
            yield f"writes out a password in {name}"
        elif _SECRET.search(name) and value and "$(" not in value and name != "TEREM_S3_PATH_STYLE":
            yield f"writes out {name}"
        if name == "TEREM_OWNER_DB" and part not in OWNERS:
            yield "may act as owner"
    if any(_WRITTEN_WORD.search(word) for word in container.get("args", [])):
        yield "writes out a password in its command"


def _asks(probe: Any) -> bool:
    return bool(probe) and any(way in probe for way in ("httpGet", "exec", "tcpSocket", "grpc"))


def may_reach(manifests: list[Manifest], part: str, peer: Manifest, port: int, protocol: str = "TCP") -> bool:
    """Whether the network policies let pods of ``part`` out to exactly this peer and port."""
    return any(
        peer in way.get("to", [])
        and any(one["port"] == port and one["protocol"] == protocol for one in way["ports"])
        for policy in manifests
        if policy["kind"] == "NetworkPolicy" and concerns(policy["spec"]["podSelector"], part)
        for way in policy["spec"].get("egress", [])
    )


def way_in(manifests: list[Manifest], part: str) -> list[Manifest]:
    """The rules by which anybody may come to pods of ``part``."""
    return [
        rule
        for policy in manifests
        if policy["kind"] == "NetworkPolicy" and concerns(policy["spec"]["podSelector"], part)
        for rule in policy["spec"].get("ingress", [])
    ]


def concerns(selector: Manifest, part: str) -> bool:
    """Whether a selector of pods takes those of ``part``."""
    key = "app.kubernetes.io/component"
    if selector.get("matchLabels", {}).get(key, part) != part:
        return False
    return all(part in one["values"] for one in selector.get("matchExpressions", []) if one["key"] == key)
