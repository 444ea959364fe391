"""URLs of a workspace (acme.terem.example)."""

from django.urls import include, path

from kernel import health

urlpatterns = [
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("", include("crm_core.home.urls")),
    path("", include("onboarding.urls_workspace")),
    path("", include("crm_core.clients.urls")),
    path("", include("crm_core.sales.urls")),
    path("", include("crm_core.activities.urls")),
    path("", include("crm_core.notes.urls")),
    path("", include("crm_core.timeline.urls")),
    path("", include("crm_core.records.urls")),
    path("", include("crm_core.lists.urls")),
    path("", include("crm_core.imports.urls")),
    path("", include("crm_core.exports.urls")),
    path("", include("crm_core.access.urls")),
    path("", include("crm_core.search.urls")),
    path("", include("crm_core.team.urls")),
    path("", include("crm_core.setup.urls")),
]
handler404 = "ui.answers.not_found"
handler500 = "ui.answers.failure"
