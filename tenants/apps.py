from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    label = "tenants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kernel import health, metrics
        from kernel.jobs import running
        from tenants import directory
        from tenants.database import starting

        running.find_tenant = directory.for_work
        health.check("workspaces", starting.probe)
        metrics.gauge(
            "terem_connections", "Connections to the tenants' database, in this process.", starting.figures
        )
