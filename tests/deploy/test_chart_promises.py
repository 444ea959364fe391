"""What a release of the chart promises as a whole, for every set of values; each promise turns red when it is taken away."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support import charts, promises
from tests.support.charts import CHART

pytestmark = pytest.mark.helm

SETS = sorted(charts.value_sets())


@cache
def defaults() -> dict[str, Any]:
    import yaml

    found: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
    return found


def laid_over(values: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """The values with a set's laid over them, as Helm does it: null takes away."""
    both = dict(values)
    for name, value in more.items():
        held = both.get(name)
        both[name] = laid_over(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return {name: value for name, value in both.items() if value is not None}


def values_of(name: str) -> dict[str, Any]:
    """The chart's values with a set's."""
    return laid_over(defaults(), charts.values_of(name))


@pytest.mark.parametrize("name", SETS)
def test_promises_are_kept(name: str) -> None:
    for upgrade in (False, True):
        manifests = charts.rendered(CHART, charts.values_of(name), upgrade=upgrade)
        assert promises.broken(manifests, values_of(name)) == []


def test_the_promises_are_asked_for_by_some_set() -> None:
    """A promise that no set of values wants would be kept by nobody's merit."""
    every = [values_of(name) for name in SETS]
    assert {one["queueMetric"]["source"] for one in every} == {"none", "external", "keda"}
    assert {one["upgrade"]["waves"] for one in every} == {"before", "after", "off"}
    assert {one["backups"]["store"] for one in every} == {"s3", "folder"}
    assert any(one["monitoring"]["rules"]["enabled"] for one in every)
    assert any(one["ingress"]["domains"] for one in every)


NET = "templates/network.yaml"
# The fault → the set that shows it, file, what stands there, what is planted, and what the promises then say.
PLANTED: dict[str, tuple[str, str, str, str, str]] = {
    "no web": ("plain", "templates/web.yaml", "kind: Deployment", "kind: StatefulSet", "web does not run"),
    "no keeper": ("plain", "templates/keeper.yaml", "kind: Deployment", "kind: StatefulSet", "keeper does not run"),
    "no pool": ("plain", "templates/workers.yaml", "kind: Deployment", "kind: StatefulSet", "worker-tenant does not run"),
    "two clocks": ("plain", "templates/scheduler.yaml", "type: Recreate", "type: RollingUpdate", "two clocks may ring"),
    "a gap in a roll": ("plain", "templates/web.yaml", "maxUnavailable: 0", "maxUnavailable: 1", "web has fewer pods"),
    "web does not grow": ("plain", "templates/autoscaling.yaml", "{{- if $web.enabled }}", "{{- if false }}", "web does not grow"),
    "not by CPU": ("plain", "templates/autoscaling.yaml", "name: cpu, target", "name: memory, target", "does not grow by CPU"),
    "not by the queue": ("cnpg", "templates/autoscaling.yaml", "- type: External", "- type: Pods", "by the length of the queue tenant"),
    "another queue": ("cnpg", "templates/autoscaling.yaml", "queue: {{ . }}}}", "queue: other}}", "by the length of the queue tenant"),
    "not by KEDA": ("citus", "templates/autoscaling.yaml", "- type: prometheus", "- type: cron", "by the length of the queue tenant"),
    "no budgets": ("cnpg", "templates/disruption.yaml", "{{- if $own.disruption.enabled }}", "{{- if false }}", "web has no disruption budget"),
    "a budget for nobody": ("cnpg", "templates/disruption.yaml", '"component" $component) | nindent 6', '"component" "nobody") | nindent 6', "of web is about nobody"),
    "no spread": ("plain", "templates/_pod.tpl", '"topology.kubernetes.io/zone" ', "", "web is not spread"),
    "no policies": ("plain", NET, "{{- if $net.enabled }}", "{{- if false }}", "Deployment terem-web is open to everybody"),
    "nothing is closed": ("plain", NET, "policyTypes: [Ingress, Egress]", "policyTypes: [Ingress]", "is open to everybody"),
    "a pod beside it": ("plain", NET, '$all := dict "app.kubernetes.io/name" "terem"', '$all := dict "app.kubernetes.io/name" "terem2"', "is open to everybody"),
    "anywhere": ("plain", NET, "- to: {{ toJson .to }}\n      ports:", "- ports:", "may go anywhere"),
    "the edge to the database": ("cnpg", NET, '"pods" (concat (list "web" "keeper" "scheduler" "prepare"', '"pods" (concat (list "edge" "web" "keeper" "scheduler" "prepare"', "edge reaches port 5432"),
    "the edge to Redis": ("cnpg", NET, '"redis" "pods" (concat (list "web"', '"redis" "pods" (concat (list "edge" "web"', "edge reaches port 6379"),
    "the clock to the Internet": ("plain", NET, '"outside" "pods" (concat (list "web" "keeper")', '"outside" "pods" (concat (list "web" "keeper" "scheduler")', "scheduler reaches the Internet"),
    "web for everybody": ("plain", NET, "- from: {{ toJson $from }}\n      ports:", "- ports:", "everybody may talk to web"),
    "a way to the keeper": ("plain", NET, 'merge (dict "app.kubernetes.io/component" "web") $all) }}}\n  policyTypes: [Ingress]', 'merge (dict "app.kubernetes.io/component" "keeper") $all) }}}\n  policyTypes: [Ingress]', "somebody may talk to keeper"),
    "no hook": ("plain", "templates/install.yaml", 'helm.sh/hook: pre-install,pre-upgrade\n    helm.sh/hook-weight: "0"', 'helm.sh/hook-weight: "0"', "no hook brings"),
    "a hook that does nothing": ("plain", "templates/install.yaml", '"manage.py" "install"', '"manage.py" "check"', "the hook does not install"),
    "no waves": ("plain", "templates/waves.yaml", "python manage.py upgrade start", "python manage.py migrate", "not upgraded by the engine"),
    "waves once": ("plain", "templates/waves.yaml", " || exec python manage.py upgrade resume", "", "a killed wave is not gone on with"),
    "no subdomains": ("plain", "templates/ingress.yaml", '"*.%s"', '"www.%s"', "nobody reaches *.terem.example"),
    "no own domains": ("plain", "templates/ingress.yaml", "concat (list .Values.domain (printf \"*.%s\" .Values.domain)) $own", "list .Values.domain (printf \"*.%s\" .Values.domain)", "nobody reaches crm.customer.example"),
    "no door of the edge": ("cnpg", "templates/edge.yaml", "{name: https, port: 443", "{name: https, port: 8443", "nobody reaches the edge"),
    "an edge of fixed names": ("cnpg", "files/Caddyfile", "on_demand", "off", "no certificates for companies' own domains"),
    "no snapshots": ("plain", "templates/backups.yaml", '"nightly" $backups.nightly ', "", "backup nightly never runs"),
    "snapshots at once": ("plain", "templates/backups.yaml", "concurrencyPolicy: Forbid", "concurrencyPolicy: Allow", "may run twice at a time"),
    "no monitor": ("cnpg", "templates/monitoring.yaml", "kind: ServiceMonitor", "kind: PodMonitor", "Prometheus does not find web"),
    "another service": ("cnpg", "templates/monitoring.yaml", 'include "terem.selector" (dict "root" . "component" "web")', 'include "terem.selector" (dict "root" . "component" "keeper")', "looks for another service"),
    "no token": ("cnpg", "templates/monitoring.yaml", "type: Bearer", "type: Basic", "Prometheus sends no token"),
    "no alerts": ("cnpg", "templates/monitoring.yaml", "kind: PrometheusRule", "kind: ConfigMap", "the alerts are missing"),
    "a secret as a value": ("plain", "templates/_environment.tpl", "valueFrom: {secretKeyRef: {name: {{ .secret }}, key: {{ .key }}}}", "value: x", "web has no TEREM_SECRET_KEY by reference"),
    "web without the tenants' login": ("plain", "templates/_environment.tpl", '{{ include "terem.login" (dict "root" $root "login" "tenant") }}', "", "web has the logins CONTROL"),
    "everybody is the owner": ("plain", "templates/_environment.tpl", "{{- if .owner }}", "{{- if true }}", "web has the logins CONTROL, OWNER, TENANT"),
}  # fmt: skip


@pytest.mark.parametrize("fault", PLANTED)
def test_what_is_taken_away_is_missed(fault: str, tmp_path: Path) -> None:
    """The same chart with one careless change: a promise says so."""
    name, file, before, after, sentence = PLANTED[fault]
    shutil.copytree(CHART, tmp_path / "terem")
    changed = tmp_path / "terem" / file
    text = changed.read_text("utf-8")
    assert before in text, f"{file} has changed: plant it anew"
    changed.write_text(text.replace(before, after), "utf-8")
    (tmp_path / "terem" / "values.schema.json").unlink()
    manifests = charts.rendered(tmp_path / "terem", charts.values_of(name))
    said = promises.broken(manifests, values_of(name))
    assert any(sentence in one for one in said), said
