"""Addresses of the app."""

from django.urls import URLPattern, path

from apps.agenda.views import birthdays, calendar, digests, feeds

app_name = "agenda"
urlpatterns: list[URLPattern] = [
    path("", calendar.calendar, name="calendar"),
    path("weeks/", digests.digests, name="digests"),
    path("weeks/<int:pk>/read/", digests.read, name="digest-read"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/new/", feeds.make, name="feed-make"),
    path("feeds/<int:pk>/revoke/", feeds.revoke, name="feed-revoke"),
    path("feed/<str:token>.ics", feeds.feed, name="feed"),
    path("birthdays/", birthdays.birthdays, name="birthdays"),
    path("birthdays/print/", birthdays.birthdays_print, name="birthdays-print"),
    path("birthdays/paper/", birthdays.birthday_paper, name="birthday-paper"),
]
