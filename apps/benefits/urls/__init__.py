"""Addresses of the app, by subject."""

from apps.benefits.urls import aid, estimates, mechanisms, person, runs, standards, survivors, unit_funds

app_name = "benefits"
urlpatterns = [
    *aid.urlpatterns,
    *mechanisms.urlpatterns,
    *standards.urlpatterns,
    *runs.urlpatterns,
    *estimates.urlpatterns,
    *survivors.urlpatterns,
    *person.urlpatterns,
    *unit_funds.urlpatterns,
]
