"""The Helm chart: every set of values is linted, rendered, judged by three Kubernetes minors and by our own policies."""

from __future__ import annotations

import re
import shutil
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from deploy.local import places, product
from tests.support import charts, policies, programs
from tests.support.charts import CHART, Manifest

pytestmark = pytest.mark.helm

SETS = sorted(charts.value_sets())
HANDBOOK = places.ROOT / "platform" / "handbook" / "operations.md"
WORKER = "worker-tenant"
PART = "app.kubernetes.io/component"


def of(name: str, *, upgrade: bool = False) -> list[Manifest]:
    """A release of this checkout's chart with one set of values."""
    return deepcopy(_rendered(name, upgrade))


@cache
def _rendered(name: str, upgrade: bool) -> list[Manifest]:
    return charts.rendered(CHART, charts.values_of(name), upgrade=upgrade)


def one(manifests: list[Manifest], kind: str, part: str) -> Manifest:
    """The manifest of a kind that belongs to a part."""
    found = [each for each in manifests if each["kind"] == kind and charts.component(each) == part]
    assert len(found) == 1, f"{len(found)} of {kind} {part}"
    return found[0]


def parts_of(manifests: list[Manifest]) -> set[str]:
    return {charts.component(each) for each in manifests if charts.pod_of(each)}


def test_sets_cover_every_kind_of_database_and_way_in() -> None:
    kinds = {charts.values_of(name).get("database", {}).get("kind", "plain") for name in SETS}
    assert kinds == {"plain", "cnpg", "citus"}
    every = [each for name in SETS for each in of(name)]
    assert {"Ingress", "ServiceMonitor", "ScaledObject", "HorizontalPodAutoscaler"} <= {
        each["kind"] for each in every
    }
    assert {"edge", "prepare", "waves"} <= parts_of(every)


@pytest.mark.parametrize("minor", charts.MINORS)
@pytest.mark.parametrize("name", SETS)
def test_lints_and_is_known_to_kubernetes(name: str, minor: str) -> None:
    assert charts.complaints(CHART, charts.values_of(name), minor) == []
    for manifest in of(name):
        assert charts.strangeness(manifest, minor) == ""


def test_a_wrong_field_is_seen_by_the_schemas() -> None:
    manifest = one(of("plain"), "Deployment", "web")
    manifest["spec"]["template"]["spec"]["containers"][0]["livenessprobe"] = {}
    assert "livenessprobe" in charts.strangeness(manifest, charts.MINORS[-1])


@pytest.mark.parametrize("name", SETS)
def test_policies_are_kept(name: str) -> None:
    for upgrade in (False, True):
        assert policies.breaches(of(name, upgrade=upgrade)) == []


# What is planted into the chart, and what the policies then say. Each is one careless change.
PLANTED = {
    "no limit of memory": ("values.yaml", "limits: {cpu: \"2\", memory: 768Mi}", "limits: {cpu: \"2\"}", "has no limits of memory"),
    "no limits of the edge": ("templates/edge.yaml", "{{- toYaml $edge.resources | nindent 12 }}", "requests: {cpu: 1m}", "has no limits of cpu"),
    "no liveness of web": ("templates/web.yaml", "livenessProbe:", "unknownProbe:", "has no livenessProbe"),
    "no readiness of workers": ("templates/_pod.tpl", "readinessProbe:", "unknownProbe:", "has no readinessProbe"),
    "a probe that asks nothing": ("templates/edge.yaml", "          startupProbe:\n            tcpSocket: {port: https}", "          startupProbe:", "has no startupProbe"),
    "root": ("templates/_pod.tpl", "runAsNonRoot: true", "runAsNonRoot: false", "may run as root"),
    "user 0": ("templates/_pod.tpl", "runAsUser: 10001", "runAsUser: 0", "may run as root"),
    "a root to write to": ("templates/_pod.tpl", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "may write to its root"),
    "capabilities": ("templates/_pod.tpl", "capabilities: {drop: [ALL]}", "capabilities: {drop: []}", "keeps capabilities"),
    "one more capability": ("templates/edge.yaml", "add: [NET_BIND_SERVICE]", "add: [NET_BIND_SERVICE, SYS_ADMIN]", "is given SYS_ADMIN"),
    "escalation": ("templates/_pod.tpl", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "may gain privileges"),
    "no seccomp": ("templates/_pod.tpl", "seccompProfile: {type: RuntimeDefault}", "seccompProfile: {type: Unconfined}", "has no seccomp profile"),
    "a token of Kubernetes": ("templates/_pod.tpl", "automountServiceAccountToken: false", "automountServiceAccountToken: true", "mounts a token"),
    "the node's network": ("templates/_pod.tpl", "enableServiceLinks: false", "hostNetwork: true", "shares hostNetwork"),
    "latest": ("templates/_names.tpl", "{{ .image.tag | default .fallback }}", "latest", "has an image that moves"),
    "a secret in clear": ("templates/edge.yaml", "            - name: HOME\n", "            - {name: TEREM_SECRET_KEY, value: written}\n            - name: HOME\n", "writes out TEREM_SECRET_KEY"),
    "a password in an address": ("templates/_environment.tpl", ":$({{ $password }})@", ":written@", "writes out a password in TEREM_CONTROL_DB"),
    "a rendered secret": ("templates/files.yaml", "kind: PersistentVolumeClaim", "kind: Secret", "writes a secret out"),
    "web as owner": ("templates/web.yaml", '"files" true }}', '"files" true "owner" true }}', "may act as owner"),
}  # fmt: skip


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_told(fault: str, tmp_path: Path) -> None:
    """The same chart with one careless change: the policies name it, so they would in a review."""
    file, before, after, sentence = PLANTED[fault]
    shutil.copytree(CHART, tmp_path / "terem")
    changed = tmp_path / "terem" / file
    text = changed.read_text("utf-8")
    assert before in text, f"{file} has changed: plant it anew"
    changed.write_text(text.replace(before, after), "utf-8")
    (tmp_path / "terem" / "values.schema.json").unlink()
    said = policies.breaches(charts.rendered(tmp_path / "terem", charts.values_of("cnpg")))
    assert any(sentence in each for each in said), said


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a tag that moves": ({"image": {"repository": "terem", "tag": "latest"}}, "image"),
    "an unknown value": ({"webb": {}}, "webb"),
    "a secret among the settings": ({"settings": {"TEREM_SECRET_KEY": "x"}}, "TEREM_SECRET_KEY"),
    "a setting that is none of ours": ({"settings": {"PATH": "/"}}, "PATH"),
    "no limits": ({"scheduler": {"resources": {"limits": None}}}, "limits"),
    "a bucket without TLS": ({"backups": {"s3": {"endpoint": "http://s3.example"}}}, "endpoint"),
    "no such queue": ({"workers": {"tenant": {"queues": ["other"]}}}, "queues"),
    "no domain": ({"domain": ""}, "domain"),
    "no database": ({"database": {"host": ""}}, "database.host"),
    "nobody reaches the database": ({"network": {"database": []}}, "network.database"),
    "nobody reaches Redis": ({"network": {"redis": []}}, "network.redis"),
    "an edge without its token": ({"edge": {"enabled": True}}, "secrets.edgeToken"),
    "two edges with a disk each": (
        {"edge": {"enabled": True, "replicas": 2}, "secrets": {"edgeToken": "edge"}},
        "ReadWriteMany",
    ),
    "metrics without a token": (
        {"monitoring": {"serviceMonitor": {"enabled": True}}},
        "secrets.metricsToken",
    ),
}


@pytest.mark.parametrize("wrong", REFUSED)
def test_wrong_values_are_refused_by_name(wrong: str) -> None:
    import helm_python

    more, word = REFUSED[wrong]
    values = charts.values_of("plain")
    charts.rendered(CHART, values)
    with pytest.raises(helm_python.HelmError) as found:
        charts.rendered(CHART, _merged(values, more))
    assert word in str(found.value)


def _merged(values: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    both = dict(values)
    for name, value in more.items():
        held = both.get(name)
        both[name] = _merged(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return both


@pytest.mark.parametrize("name", SETS)
def test_every_command_exists(name: str) -> None:
    for manifest in of(name):
        for container in charts.containers(manifest):
            assert programs.faults(container["args"]) == [], charts.title(manifest)
            for probe in policies.PROBES:
                argv = (container.get(probe) or {}).get("exec", {}).get("command")
                assert argv is None or programs.faults(argv) == []


def test_a_command_that_is_not_there_is_told() -> None:
    assert programs.faults(["python", "manage.py", "instal"]) == ["manage.py has no command instal"]
    assert programs.faults(["python", "manage.py", "backup", "nightli"]) == ["backup knows no nightli"]
    assert programs.faults(["python", "-m", "deploy.live"]) == ["there is no module deploy.live"]
    assert programs.faults(["granian", "--thread", "config.wsgi:application"]) == [
        "granian knows no --thread"
    ]
    assert programs.faults(["granian", "config.wsgi:app_of_nobody"]) == [
        "there is no config.wsgi:app_of_nobody"
    ]
    assert programs.faults(["celery", "-q", "-A", "config.worker", "worker", "-Q", "odd"]) == [
        "there is no queue odd"
    ]
    assert programs.faults(["sh", "-c", "python manage.py upgrade start || exec python manage.py upgrad"])


@pytest.mark.parametrize("name", SETS)
def test_the_queues_of_the_product_are_all_worked_on(name: str) -> None:
    """The same queues as on one machine, each by somebody; the owner's by the keeper alone."""
    wanted = {queue for child in product.children(product.Address(), {}) for queue in _queues(child.argv)}
    taken = {
        charts.component(each): _queues(charts.containers(each)[0]["args"])
        for each in of(name)
        if each["kind"] == "Deployment"
    }
    assert {queue for queues in taken.values() for queue in queues} == wanted
    assert {part for part, queues in taken.items() if "owner" in queues} == {"keeper"}


def _queues(argv: list[str]) -> list[str]:
    return argv[argv.index("-Q") + 1].split(",") if "-Q" in argv else []


@pytest.mark.parametrize("name", SETS)
def test_every_setting_is_in_the_handbook(name: str) -> None:
    told = HANDBOOK.read_text("utf-8")
    names = {
        variable
        for manifest in of(name)
        for container in charts.containers(manifest)
        for variable in charts.environment(container)
        if variable.startswith("TEREM_") and not re.match(r"TEREM_(OWNER|CONTROL|TENANT)_PASSWORD$", variable)
    }
    assert {variable for variable in names if f"`{variable}`" not in told} == set()


def test_installing_comes_first_and_companies_follow_in_waves() -> None:
    """Install before the pods; waves beside them, as a job that neither holds helm up nor is cut off by it."""
    manifests = of("plain", upgrade=True)
    install, waves = one(manifests, "Job", "install"), one(manifests, "Job", "waves")
    assert install["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert "annotations" not in waves["metadata"]
    assert waves["metadata"]["name"].startswith("terem-waves-3-")
    script = charts.containers(waves)[0]["args"][-1]
    assert "upgrade start --canary 3 --waves 5%,25%,100%" in script
    assert script.endswith("|| exec python manage.py upgrade resume"), "a killed pod's run is gone on with"
    assert "TEREM_OWNER_DB" in charts.environment(charts.containers(waves)[0])


def test_waves_before_the_pods_are_a_hook_after_installing() -> None:
    manifests = of("citus", upgrade=True)
    weights = {
        part: int(one(manifests, "Job", part)["metadata"]["annotations"]["helm.sh/hook-weight"])
        for part in ("prepare", "install", "waves")
    }
    assert weights["prepare"] < weights["install"] < weights["waves"]
    assert "waves" not in parts_of(of("small", upgrade=True))


def test_old_and_new_pods_live_together_but_there_is_one_clock() -> None:
    manifests = of("plain")
    for part in ("web", WORKER, "keeper"):
        strategy = one(manifests, "Deployment", part)["spec"]["strategy"]
        assert strategy["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    scheduler = one(manifests, "Deployment", "scheduler")["spec"]
    assert (scheduler["replicas"], scheduler["strategy"]["type"]) == (1, "Recreate")


def test_web_is_asked_where_the_product_answers() -> None:
    from django.urls import resolve

    web = charts.containers(one(of("plain"), "Deployment", "web"))[0]
    paths = {probe: web[probe]["httpGet"]["path"] for probe in policies.PROBES}
    assert paths == {
        "startupProbe": "/health/live",
        "livenessProbe": "/health/live",
        "readinessProbe": "/health/ready",
    }
    for path in paths.values():
        assert resolve(path, urlconf="config.urls_public")


@pytest.mark.parametrize("name", SETS)
def test_nothing_is_scaled_twice_nor_by_a_fixed_number_too(name: str) -> None:
    manifests = of(name)
    targets = [
        each["spec"]["scaleTargetRef"]["name"]
        for each in manifests
        if each["kind"] in ("HorizontalPodAutoscaler", "ScaledObject")
    ]
    assert len(targets) == len(set(targets))
    for each in manifests:
        if each["kind"] == "Deployment":
            scaled = each["metadata"]["name"] in targets
            assert ("replicas" in each["spec"]) != scaled, charts.title(each)


def test_workers_grow_with_their_queue() -> None:
    """By an adapter's metric or by KEDA; either asks for a figure that the product gives."""
    from kernel import metrics

    scaler = one(of("cnpg"), "HorizontalPodAutoscaler", WORKER)
    figures = [each["external"]["metric"] for each in scaler["spec"]["metrics"] if each["type"] == "External"]
    assert figures == [{"name": "terem_jobs_due", "selector": {"matchLabels": {"queue": "tenant"}}}]
    assert figures[0]["name"] in metrics.GAUGES
    triggers = one(of("citus"), "ScaledObject", WORKER)["spec"]["triggers"]
    assert [each["type"] for each in triggers] == ["cpu", "prometheus"]
    assert triggers[1]["metadata"]["query"] == 'max(terem_jobs_due{queue="tenant"}) or vector(0)'


def test_budgets_and_spread() -> None:
    manifests = of("cnpg")
    budgets = {charts.component(each) for each in manifests if each["kind"] == "PodDisruptionBudget"}
    assert budgets == {"web", WORKER, "edge"}
    for part in budgets:
        pod = charts.pod_of(one(manifests, "Deployment", part))
        assert pod is not None
        keys = [each["topologyKey"] for each in pod["spec"]["topologySpreadConstraints"]]
        assert keys == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]


def test_nobody_talks_to_anybody_without_a_policy() -> None:
    """Closed for all, then one way at a time: the edge knows web and no server, the clock no Internet."""
    manifests = of("cnpg")
    closed = next(each for each in manifests if each["metadata"]["name"] == "terem-closed")
    assert set(closed["spec"]["policyTypes"]) == {"Ingress", "Egress"}
    labels = set(closed["spec"]["podSelector"]["matchLabels"].items())
    for each in manifests:
        pod = charts.pod_of(each)
        assert pod is None or labels <= set(pod["metadata"]["labels"].items()), charts.title(each)
    database, redis, outside = _peers(manifests)
    assert policies.may_reach(manifests, "web", database, 5432)
    assert policies.may_reach(manifests, "keeper", redis, 6379)
    assert policies.may_reach(manifests, WORKER, outside, 587)
    for part, peer, port in (
        ("edge", database, 5432), ("edge", redis, 6379), ("prepare", redis, 6379), ("scheduler", outside, 443),
        ("backup", outside, 587), ("install", outside, 587),
    ):  # fmt: skip
        assert not policies.may_reach(manifests, part, peer, port), f"{part} reaches {port}"
    for part in ("keeper", "scheduler", WORKER, "install", "waves", "backup", "prepare"):
        assert policies.way_in(manifests, part) == [], part
    comers = [peer for rule in policies.way_in(manifests, "web") for peer in rule["from"]]
    assert {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}} in comers
    parts = [peer["podSelector"]["matchLabels"].get(PART) for peer in comers if "podSelector" in peer]
    assert parts == ["worker-control", "edge"], "who looks for the status page, and who brings visitors"
    assert len(comers) == 3


def _peers(manifests: list[Manifest]) -> tuple[Manifest, Manifest, Manifest]:
    found = {
        each["metadata"]["name"]: each["spec"].get("egress")
        for each in manifests
        if each["kind"] == "NetworkPolicy"
    }
    first = [found[f"terem-{name}"][0]["to"][0] for name in ("database", "redis", "outside")]
    assert first[0]["podSelector"] == {"matchLabels": {"cnpg.io/cluster": "terem-db"}}
    assert "10.0.0.0/8" in first[2]["ipBlock"]["except"], "what is inside the cluster is not outside"
    return first[0], first[1], first[2]


def test_the_owner_and_the_administrator_are_known_to_few() -> None:
    manifests = of("cnpg")
    for each in manifests:
        for container in charts.containers(each):
            known = charts.environment(container)
            secrets = {
                one["valueFrom"]["secretKeyRef"]["name"] for one in known.values() if "valueFrom" in one
            }
            part = charts.component(each)
            assert ("terem-owner" in secrets) == (part in policies.OWNERS | {"prepare"}), part
            assert ("terem-db-superuser" in secrets) == (part == "prepare"), part
            assert part != "edge" or secrets == {"terem"}


def test_companies_domains_come_by_ingress_or_by_caddy() -> None:
    ingress = one(of("plain"), "Ingress", "web")["spec"]
    hosts = [rule["host"] for rule in ingress["rules"]]
    assert hosts == ["terem.example", "*.terem.example", "crm.customer.example"]
    assert [tls["hosts"] for tls in ingress["tls"]] == [hosts[:2], hosts[2:]]
    for rule in ingress["rules"]:
        first = rule["http"]["paths"][0]
        assert (first["path"], first["backend"]["service"]["name"]) == ("/edge/", "terem-web-nowhere")
    manifests = of("cnpg")
    held = one(manifests, "ConfigMap", "edge")["data"]["Caddyfile"].strip()
    assert held == (places.ROOT / "deploy" / "edge" / "Caddyfile").read_text("utf-8").strip()
    known = charts.environment(charts.containers(one(manifests, "Deployment", "edge"))[0])
    assert {name for name in known if name.startswith("TEREM_")} <= set(re.findall(r"\{\$(\w+)", held))


def test_packed_it_is_the_same(tmp_path: Path) -> None:
    """An archive for a registry of charts holds all that is rendered, the edge's file too, and no tried values."""
    import helm_python

    archive = Path(helm_python.package(CHART, destination=tmp_path))
    helm_python.expand(tmp_path / "open", archive)
    again = charts.rendered(tmp_path / "open" / "terem", charts.values_of("cnpg"))
    assert again == of("cnpg")
    assert not (tmp_path / "open" / "terem" / "ci").exists()


def test_prometheus_sends_the_token() -> None:
    monitor = one(of("cnpg"), "ServiceMonitor", "web")["spec"]
    assert monitor["endpoints"][0]["path"] == "/metrics"
    assert monitor["endpoints"][0]["authorization"]["credentials"] == {
        "name": "terem",
        "key": "metrics-token",
    }
    service = one(of("cnpg"), "Service", "web")
    assert service["metadata"]["labels"].items() >= monitor["selector"]["matchLabels"].items()


def test_backups_by_the_clock() -> None:
    crons = {
        charts.containers(each)[0]["args"][-1]: each["spec"]
        for each in of("plain")
        if each["kind"] == "CronJob"
    }
    assert set(crons) == {"nightly", "store", "tidy"}
    assert {spec["concurrencyPolicy"] for spec in crons.values()} == {"Forbid"}
