"""What a release of the chart promises as a whole, by its values: one sentence for each promise that is broken.

``policies`` judges each workload by itself; here is what somebody notices only when it is missing: who grows, who is
spared when nodes are drained, who may talk to whom, what runs before the pods, who makes snapshots, who is watched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.support import charts, policies
from tests.support.charts import Manifest

_PART = "app.kubernetes.io/component"
_SCALERS = ("HorizontalPodAutoscaler", "ScaledObject")
_SPREAD = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
Values = dict[str, Any]


def broken(manifests: list[Manifest], values: Values) -> list[str]:
    """Every sentence against a release; ``values`` are the chart's own with the set's laid over them."""
    return [said for promise in PROMISES for said in promise(manifests, values)]


def of_kind(manifests: list[Manifest], *kinds: str) -> dict[str, Manifest]:
    """The manifests of some kinds by the part that they belong to."""
    return {charts.component(one): one for one in manifests if one["kind"] in kinds}


def several(values: Values) -> dict[str, Values]:
    """The parts of which there may be several, with their values."""
    parts = {"web": values["web"]} | {f"worker-{name}": one for name, one in pools(values).items()}
    return parts | ({"edge": values["edge"]} if values["edge"]["enabled"] else {})


def pools(values: Values) -> dict[str, Values]:
    return {name: one for name, one in values["workers"].items() if one}


def runs(manifests: list[Manifest], values: Values) -> Iterator[str]:
    """Web, each pool of workers, the keeper and one scheduler."""
    found = of_kind(manifests, "Deployment")
    for part in ("web", "keeper", "scheduler", *(f"worker-{name}" for name in pools(values))):
        if part not in found:
            yield f"{part} does not run"
    for part, one in found.items():
        if (
            part != "scheduler"
            and part != "edge"
            and one["spec"]["strategy"].get("rollingUpdate") != _ONE_MORE
        ):
            yield f"{part} has fewer pods while it is replaced"
    clock = found.get("scheduler", {}).get("spec", {})
    if clock and (clock["replicas"] != 1 or clock["strategy"]["type"] != "Recreate"):
        yield "two clocks may ring at once"


_ONE_MORE = {"maxSurge": 1, "maxUnavailable": 0}


def grows(manifests: list[Manifest], values: Values) -> Iterator[str]:
    """Web by CPU; workers by CPU and, where a metric is at hand, by the length of each of their queues."""
    scalers = of_kind(manifests, *_SCALERS)
    for part, own in several(values).items():
        wanted = own.get("autoscaling", {})
        if not wanted.get("enabled"):
            continue
        if part not in scalers:
            yield f"{part} does not grow"
            continue
        by_cpu, queues = _reasons(scalers[part])
        if not by_cpu:
            yield f"{part} does not grow by CPU"
        wants_queue = values["queueMetric"]["source"] != "none" and wanted.get("queue", 0) > 0
        missing = set(own.get("queues", [])) - queues if wants_queue else set()
        for queue in sorted(missing):
            yield f"{part} does not grow by the length of the queue {queue}"


def _reasons(scaler: Manifest) -> tuple[bool, set[str]]:
    """Whether a scaler looks at CPU, and at the length of which queues."""
    spec = scaler["spec"]
    if scaler["kind"] == "ScaledObject":
        asked = [one["metadata"]["query"] for one in spec["triggers"] if one["type"] == "prometheus"]
        queues = {one.partition('queue="')[2].partition('"')[0] for one in asked if "terem_jobs_due" in one}
        return any(one["type"] == "cpu" for one in spec["triggers"]), queues
    metrics = [one["external"]["metric"] for one in spec["metrics"] if one["type"] == "External"]
    queues = {one["selector"]["matchLabels"]["queue"] for one in metrics if one["name"] == "terem_jobs_due"}
    return any(one.get("resource", {}).get("name") == "cpu" for one in spec["metrics"]), queues


def spared(manifests: list[Manifest], values: Values) -> Iterator[str]:
    """A budget for whom the values want one, and pods spread over zones and nodes."""
    budgets = of_kind(manifests, "PodDisruptionBudget")
    deployments = of_kind(manifests, "Deployment")
    for part, own in several(values).items():
        if own["disruption"]["enabled"] and part not in budgets:
            yield f"{part} has no disruption budget"
        if part in budgets and part in deployments:
            selector = budgets[part]["spec"]["selector"]["matchLabels"]
            pod = deployments[part]["spec"]["template"]["metadata"]["labels"]
            if not selector.items() <= pod.items():
                yield f"the disruption budget of {part} is about nobody"
        spec = deployments[part]["spec"]["template"]["spec"] if part in deployments else {}
        keys = [one["topologyKey"] for one in spec.get("topologySpreadConstraints", [])]
        if keys != _SPREAD:
            yield f"{part} is not spread over zones and nodes"


def closed(manifests: list[Manifest], values: Values) -> Iterator[str]:
    """Nothing comes in and nothing goes out but what is named."""
    if not values["network"]["enabled"]:
        return
    every = [one["spec"] for one in manifests if one["kind"] == "NetworkPolicy"]
    shut = [
        one for one in every if set(one["policyTypes"]) == {"Ingress", "Egress"} and not one.get("egress")
    ]
    labels = shut[0]["podSelector"]["matchLabels"].items() if shut else {}.items()
    for one in manifests:
        pod = charts.pod_of(one)
        if pod is not None and not (shut and labels <= pod["metadata"]["labels"].items()):
            yield f"{charts.title(one)} is open to everybody"
    for spec in every:
        if any(not way.get("to") for way in spec.get("egress", [])):
            yield f"{spec['podSelector']} may go anywhere"
    pods = ("keeper", "scheduler", "install", "waves", "backup", "prepare")
    for part in (*pods, *(f"worker-{name}" for name in pools(values))):
        if policies.way_in(manifests, part):
            yield f"somebody may talk to {part}"
    if any(not rule.get("from") for rule in policies.way_in(manifests, "web")):
        yield "everybody may talk to web"


def narrow(manifests: list[Manifest], values: Values) -> Iterator[str]:
    """The edge knows no server behind web; who has no business outside has no way there."""
    net = values["network"]
    if not net["enabled"]:
        return
    for port in (values["database"]["port"], net["redisPort"]):
        if port in _ports(manifests, "edge"):
            yield f"edge reaches port {port}"
    for part in ("scheduler", "prepare", "install"):
        # The install job proves the bucket, where there is one.
        bucket = (
            {net["outside"]["httpsPort"]}
            if part == "install" and values["backups"]["store"] == "s3"
            else set()
        )
        if _ports(manifests, part) & {net["outside"]["httpsPort"], *net["outside"]["mailPorts"]} - bucket:
            yield f"{part} reaches the Internet"


def _ports(manifests: list[Manifest], part: str) -> set[int]:
    return {
        port["port"]
        for one in manifests
        if one["kind"] == "NetworkPolicy" and policies.concerns(one["spec"]["podSelector"], part)
        for way in one["spec"].get("egress", [])
        for port in way["ports"]
    }


def upgrades(manifests: list[Manifest], values: Values) -> Iterator[str]:
    """The release's own tables before the pods, companies in waves by the engine, the administrator only if asked."""
    jobs = of_kind(manifests, "Job")
    hook = jobs.get("install", {}).get("metadata", {}).get("annotations", {}).get("helm.sh/hook", "")
    if hook != "pre-install,pre-upgrade":
        yield "no hook brings the release's own tables before its pods"
    elif charts.containers(jobs["install"])[0]["args"] != ["python", "manage.py", "install"]:
        yield "the hook does not install"
    if values["upgrade"]["waves"] == "off":
        return
    script = charts.containers(jobs["waves"])[0]["args"][-1] if "waves" in jobs else ""
    if "python manage.py upgrade start" not in script:
        yield "companies are not upgraded by the engine"
    elif "upgrade resume" not in script:
        yield "a killed wave is not gone on with"


def reached(manifests: list[Manifest], values: Values) -> Iterator[str]:
    """One way in: the domain, its subdomains and companies' own domains, by the ingress or by Caddy."""
    found = of_kind(manifests, "Ingress").get("web")
    if values["ingress"]["enabled"]:
        hosts = {rule.get("host") for rule in found["spec"]["rules"]} if found else set()
        for host in (values["domain"], f"*.{values['domain']}", *values["ingress"]["domains"]):
            if host not in hosts:
                yield f"nobody reaches {host}"
    if values["edge"]["enabled"]:
        services = of_kind(manifests, "Service")
        ports = {port["port"] for port in services.get("edge", {}).get("spec", {}).get("ports", [])}
        if ports != {80, 443}:
            yield "nobody reaches the edge"
        maps = of_kind(manifests, "ConfigMap")
        if "on_demand" not in maps.get("edge", {}).get("data", {}).get("Caddyfile", ""):
            yield "the edge has no certificates for companies' own domains"


def kept(manifests: list[Manifest], values: Values) -> Iterator[str]:
    """Snapshots by the clock, the store proved, never twice at a time."""
    crons = {charts.containers(one)[0]["args"][-1]: one for one in manifests if one["kind"] == "CronJob"}
    for verb, name in (("nightly", "nightly"), ("store", "proof"), ("tidy", "tidy")):
        wanted = values["backups"][name]
        if not wanted["enabled"]:
            continue
        if verb not in crons:
            yield f"backup {verb} never runs"
        elif crons[verb]["spec"]["concurrencyPolicy"] != "Forbid":
            yield f"backup {verb} may run twice at a time"


def watched(manifests: list[Manifest], values: Values) -> Iterator[str]:
    """Prometheus finds web and sends the token; the alerts are those of deploy/observability."""
    monitoring = values["monitoring"]
    if monitoring["serviceMonitor"]["enabled"]:
        found = of_kind(manifests, "ServiceMonitor").get("web")
        service = of_kind(manifests, "Service")["web"]
        if found is None:
            yield "Prometheus does not find web"
        else:
            if not found["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items():
                yield "the service monitor looks for another service"
            if found["spec"]["endpoints"][0].get("authorization", {}).get("type") != "Bearer":
                yield "Prometheus sends no token"
    if monitoring["rules"]["enabled"]:
        rules = of_kind(manifests, "PrometheusRule").get("web", {}).get("spec", {}).get("groups", [])
        if sum(len(group["rules"]) for group in rules) < 20:
            yield "the alerts are missing"


def referred(manifests: list[Manifest], values: Values) -> Iterator[str]:
    """What is secret comes from a Secret, and each part gets its own logins."""
    for one in manifests:
        for container in charts.containers(one):
            known = charts.environment(container)
            part = charts.component(one)
            if part in ("edge", "prepare"):
                continue
            for name in ("TEREM_SECRET_KEY", "TEREM_MASTER_KEYS", "TEREM_MAIL", "TEREM_REDIS"):
                if "secretKeyRef" not in known.get(name, {}).get("valueFrom", {}):
                    yield f"{part} has no {name} by reference"
            wanted = {"CONTROL", "TENANT"} | ({"OWNER"} if part in policies.OWNERS else set())
            held = {
                name.split("_")[1] for name in known if name.startswith("TEREM_") and name.endswith("_DB")
            }
            if held != wanted:
                yield f"{part} has the logins {', '.join(sorted(held))}"


PROMISES: tuple[Callable[[list[Manifest], Values], Iterator[str]], ...] = (
    runs, grows, spared, closed, narrow, upgrades, reached, kept, watched, referred,
)  # fmt: skip
