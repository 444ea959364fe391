"""URLs of the operators' console (operator.terem.example)."""

from django.urls import include, path

from kernel import health, metrics

urlpatterns = [
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("", include("tenants.urls")),
    path("", include("onboarding.urls_operator")),
    path("account/", include("identity.urls")),
]
handler404 = "ui.answers.not_found"
handler500 = "ui.answers.failure"
