from django.urls import path

from crm_core.home import views

app_name = "home"

urlpatterns = [
    path("", views.today, name="today"),
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/<uuid:id>/", views.job, name="job"),
    path("jobs/<uuid:id>/stopping/", views.stopping, name="stopping"),
    path("announcements/<uuid:id>/dismissal/", views.dismissal, name="dismissal"),
    path("more/", views.more, name="more"),
    path("news/", views.news, name="news"),
    path("news/reading/", views.reading, name="reading"),
    path("help/", views.guide, name="help"),
    path("help/page/", views.page_help, name="page_help"),
]
