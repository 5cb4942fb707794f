"""Addresses of the app, one module a subject."""

from apps.visits.urls import campaigns, due, funds, imports, incidents, log

app_name = "visits"
urlpatterns = [
    *log.urlpatterns,
    *due.urlpatterns,
    *campaigns.urlpatterns,
    *incidents.urlpatterns,
    *funds.urlpatterns,
    *imports.urlpatterns,
]
