"""Addresses of the app."""

from django.urls import URLPattern, path

from apps.agenda.views import birthdays, calendar, digests

app_name = "agenda"
urlpatterns: list[URLPattern] = [
    path("", calendar.calendar, name="calendar"),
    path("weeks/", digests.digests, name="digests"),
    path("birthdays/", birthdays.birthdays, name="birthdays"),
    path("birthdays/print/", birthdays.birthdays_print, name="birthdays-print"),
    path("birthdays/paper/", birthdays.birthday_paper, name="birthday-paper"),
]
