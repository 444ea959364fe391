from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    label = "tenants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kernel import faults
        from kernel.jobs import running
        from tenants import directory
        from tenants.console.faults import keep

        running.find_tenant = directory.for_work
        faults.keep = keep
