"""The portal, and beside it the Django admin on the same tables."""

from django.urls import include, path

from benchmarks.admin import site

urlpatterns = [path("plain-admin/", site.urls), path("", include("cadre_portal.urls"))]
