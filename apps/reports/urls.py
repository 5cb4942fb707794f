"""Pages of briefings and their schedules."""

from django.urls import path

from apps.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.documents, name="list"),
    path("make/", views.make, name="make"),
    path("retry/<uuid:pk>/", views.retry, name="retry"),
    path("schedules/", views.schedules, name="schedules"),
    path("schedules/new/", views.schedule_form, name="schedule-create"),
    path("schedules/<int:pk>/", views.schedule_form, name="schedule-edit"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/check/", views.check, name="check"),
    path("<int:pk>/return/", views.return_, name="return"),
    path("<int:pk>/issue/", views.issue, name="issue"),
    path("<int:pk>/download/", views.download, name="download"),
]
