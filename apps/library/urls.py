"""Addresses of the app."""

from django.urls import path

from apps.library.views import clauses, files, keeping, listing, pages, supersessions

app_name = "library"
urlpatterns = [
    path("", listing.papers, name="list"),
    path("new/", keeping.create, name="create"),
    path("<int:pk>/", pages.paper, name="paper"),
    path("<int:pk>/edit/", keeping.edit, name="edit"),
    path("<int:pk>/repeal/", keeping.repeal, name="repeal"),
    path("<int:pk>/unrepeal/", keeping.unrepeal, name="unrepeal"),
    path("<int:pk>/remove/", keeping.remove, name="remove"),
    path("<int:pk>/supersede/", supersessions.supersede, name="supersede"),
    path("<int:pk>/clauses/new/", clauses.add, name="clause-add"),
    path("<int:pk>/clauses/paste/", clauses.paste, name="clauses-paste"),
    path("<int:pk>/file/", files.add, name="file-add"),
    path("<int:pk>/file/download/", files.download, name="file-download"),
    path("<int:pk>/file/drop/", files.drop, name="file-drop"),
    path("clauses/<int:pk>/", clauses.edit, name="clause-edit"),
    path("clauses/<int:pk>/remove/", clauses.remove, name="clause-remove"),
    path("replacements/<int:pk>/undo/", supersessions.undo, name="supersession-undo"),
]
