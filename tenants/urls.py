"""URLs of the operators' console."""

from django.urls import include, path

from tenants.backups import views as recovery
from tenants.views import announcements, companies, company, faults, jobs, maintenance, slow, support

app_name = "tenants"

urlpatterns = [
    path("", companies.start, name="start"),
    path("more/", companies.more, name="more"),
    path("tenants/", companies.tenants, name="tenants"),
    path("tenants.csv", companies.tenants_file, name="tenants_file"),
    path("tenants/<uuid:tenant_id>/", company.tenant, name="tenant"),
    path("tenants/<uuid:tenant_id>/suspension/", company.suspension, name="suspension"),
    path("tenants/<uuid:tenant_id>/resumption/", company.resumption, name="resumption"),
    path("tenants/<uuid:tenant_id>/maintenance/", maintenance.tenant_maintenance, name="tenant_maintenance"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<uuid:ticket_id>/retry/", jobs.retry, name="job_retry"),
    path("jobs/<uuid:ticket_id>/cancellation/", jobs.cancellation, name="job_cancellation"),
    path("faults/", faults.faults, name="faults"),
    path("faults/<uuid:fault_id>/", faults.fault, name="fault"),
    path("slow/", slow.slow, name="slow"),
    path("support/", support.questions, name="questions"),
    path("support/<uuid:id>/", support.question, name="question"),
    path("support/<uuid:id>/state/", support.state, name="question_state"),
    path("support/<uuid:id>/letters/<uuid:message_id>/", support.letter, name="answer_letter"),
    path("announcements/", announcements.announcements, name="announcements"),
    path("announcements/new/", announcements.new_announcement, name="new_announcement"),
    path("announcements/<uuid:announcement_id>/withdrawal/", announcements.withdrawal, name="withdrawal"),
    path("maintenance/", maintenance.maintenance, name="maintenance"),
    path("maintenance/new/", maintenance.new_maintenance, name="new_maintenance"),
    path("maintenance/<uuid:maintenance_id>/end/", maintenance.maintenance_end, name="maintenance_end"),
    path("upgrades/", include("tenants.upgrades.urls")),
    path("incidents/", include("tenants.status.urls")),
    path("tenants/<uuid:tenant_id>/backups/", recovery.backups, name="backups"),
    path("tenants/<uuid:tenant_id>/backups/order/", recovery.order, name="order"),
    path("tenants/<uuid:tenant_id>/closing/", recovery.closing, name="closing"),
    path("tenants/<uuid:tenant_id>/staying/", recovery.staying, name="staying"),
]
