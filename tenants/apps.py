from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    label = "tenants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kernel import faults, health, metrics
        from kernel.jobs import running
        from tenants import directory
        from tenants.console.faults import keep
        from tenants.database import starting
        from tenants.domains import queries as domains

        running.find_tenant = directory.for_work
        faults.keep = keep
        health.check("workspaces", starting.probe)
        metrics.gauge(
            "terem_connections", "Connections to the tenants' database, in this process.", starting.figures
        )
        metrics.gauge("terem_domains", "Companies' own domains, by state.", domains.counts)
