from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    label = "tenants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kernel import faults, health, metrics, signing
        from kernel.jobs import running
        from tenants import directory, figures, leaving, readiness, reserved
        from tenants.console.faults import keep
        from tenants.database import starting

        running.find_tenant = directory.for_work
        faults.keep = keep
        health.check("workspaces", starting.probe)
        health.check("release", readiness.release)
        health.check("storage", readiness.storage, vital=False)
        signing.on_reseal(reserved.reseal)
        signing.on_reseal(leaving.reseal)
        figures.declare()
        metrics.ZEROS["terem_edge_asked_total"] = [
            {"answer": said} for said in ("yes", "no", "over", "stranger")
        ]
