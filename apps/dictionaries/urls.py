"""Pages of the app."""

from django.urls import path

from apps.dictionaries import views

app_name = "dictionaries"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.create, name="create"),
    path("divisions/", views.divisions, name="divisions"),
    path("<slug:code>/", views.detail, name="detail"),
    path("<slug:code>/terms/new/", views.term_add, name="term-add"),
    path("<slug:code>/terms/<slug:term>/edit/", views.term_edit, name="term-edit"),
    path("<slug:code>/terms/<slug:term>/merge/", views.term_merge, name="term-merge"),
    path("<slug:code>/terms/<slug:term>/switch/", views.term_switch, name="term-switch"),
    path("<slug:code>/terms/<slug:term>/move/", views.term_move, name="term-move"),
]
