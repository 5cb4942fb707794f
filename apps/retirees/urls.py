"""Pages of the register."""

from django.urls import path

from apps.retirees.views import bulk, changes, changesets, columns, edit, family, listing, person, saved

app_name = "retirees"
urlpatterns = [
    path("", listing.people, name="list"),
    path("find/", listing.find, name="find"),
    path("columns/", columns.columns, name="columns"),
    path("views/", saved.views, name="views"),
    path("views/new/", saved.create, name="view-create"),
    path("views/<int:pk>/", saved.open_view, name="view"),
    path("views/<int:pk>/edit/", saved.edit, name="view-edit"),
    path("views/<int:pk>/update/", saved.update, name="view-update"),
    path("views/<int:pk>/copy/", saved.copy, name="view-copy"),
    path("views/<int:pk>/default/", saved.default, name="view-default"),
    path("views/<int:pk>/delete/", saved.delete, name="view-delete"),
    path("new/", edit.create, name="create"),
    path("bulk/", bulk.start, name="bulk"),
    path("bulk/preview/", bulk.preview, name="bulk-preview"),
    path("bulk/apply/", bulk.apply, name="bulk-apply"),
    path("changesets/", changesets.listing, name="changesets"),
    path("changesets/<int:pk>/", changesets.detail, name="changeset"),
    path("changesets/<int:pk>/undo/", changesets.undo, name="changeset-undo"),
    path("<int:pk>/", person.detail, name="detail"),
    path("<int:pk>/edit/", edit.edit, name="edit"),
    path("<int:pk>/show/<slug:name>/", person.reveal, name="reveal"),
    path("<int:pk>/verify/", changes.verify, name="verify"),
    path("<int:pk>/state/", changes.state, name="state"),
    path("<int:pk>/death/", changes.death, name="death"),
    path("<int:pk>/death/retract/", changes.retract, name="death-retract"),
    path("<int:pk>/move/", changes.move, name="move"),
    path("<int:pk>/ruling/", changes.ruling, name="ruling"),
    path("<int:pk>/family/new/", family.add, name="family-add"),
    path("<int:pk>/family/<uuid:member_pk>/", family.edit, name="family-edit"),
    path("<int:pk>/family/<uuid:member_pk>/delete/", family.delete, name="family-delete"),
    path("<int:pk>/family/<uuid:member_pk>/shift/", family.shift, name="family-shift"),
    path("<int:pk>/family/<uuid:member_pk>/verify/", family.verify, name="family-verify"),
    path("<int:pk>/family/<uuid:member_pk>/show/", person.reveal_family, name="family-reveal"),
]
