"""Pages of the app."""

from django.urls import path

from apps.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.job_list, name="list"),
    path("seen/", views.all_seen, name="seen-all"),
    path("<uuid:pk>/", views.job_detail, name="detail"),
    path("<uuid:pk>/progress/", views.job_progress, name="progress"),
    path("<uuid:pk>/cancel/", views.job_cancel, name="cancel"),
    path("<uuid:pk>/requeue/", views.job_requeue, name="requeue"),
    path("<uuid:pk>/seen/", views.job_seen, name="seen"),
    path("<uuid:pk>/download/", views.job_download, name="download"),
]
