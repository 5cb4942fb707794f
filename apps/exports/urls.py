"""Pages of exports."""

from django.urls import path

from apps.exports import views

app_name = "exports"
urlpatterns = [
    path("", views.requests, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/decide/", views.decide, name="decide"),
    path("<int:pk>/drop/", views.drop, name="drop"),
]
