"""Pages of yearly statistics."""

from django.urls import path

from apps.statistics import views

app_name = "statistics"
urlpatterns = [
    path("", views.tables, name="list"),
    path("make/", views.make, name="make"),
    path("<int:pk>/", views.table, name="table"),
    path("<int:pk>/step/", views.step, name="step"),
    path("<int:pk>/differences/", views.who_differs, name="differences"),
    path("<int:pk>/download/", views.download, name="download"),
]
