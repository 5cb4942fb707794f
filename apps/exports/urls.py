"""Pages of exports."""

from django.urls import path

from apps.exports.views import requests as views
from apps.exports.views import templates

app_name = "exports"
urlpatterns = [
    path("", views.requests, name="list"),
    path("new/", views.new, name="new"),
    path("forms/", templates.templates, name="templates"),
    path("forms/new/", templates.upload, name="template-new"),
    path("forms/check/", templates.check, name="template-check"),
    path("forms/<int:pk>/", templates.template, name="template"),
    path("forms/<int:pk>/preview/", templates.preview, name="template-preview"),
    path("forms/<int:pk>/file/", templates.original, name="template-file"),
    path("forms/<int:pk>/away/", templates.away, name="template-away"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/decide/", views.decide, name="decide"),
    path("<int:pk>/drop/", views.drop, name="drop"),
]
