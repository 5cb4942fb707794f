"""Addresses of the app."""

from django.urls import path

from apps.concerns.views import letters, listing, pages, raising, ranking, signers

app_name = "concerns"
urlpatterns = [
    path("", listing.concerns, name="list"),
    path("ranking/", ranking.standings, name="ranking"),
    path("new/", raising.find, name="find"),
    path("new/<int:pk>/", raising.create, name="create"),
    path("<uuid:pk>/", pages.concern, name="concern"),
    path("<uuid:pk>/letter/", letters.letter, name="letter"),
    path("<uuid:pk>/people/", signers.signers, name="people"),
    path("<uuid:pk>/<slug:name>/", pages.step, name="step"),
]
