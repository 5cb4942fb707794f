"""Pages of the app."""

from django.urls import path

from apps.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.log, name="log"),
    path("sign-ins/", views.sign_ins, name="sign-ins"),
    path("<uuid:pk>/", views.event, name="event"),
]
