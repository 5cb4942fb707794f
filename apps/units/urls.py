"""Pages of the app."""

from django.urls import path

from apps.units import views

app_name = "units"
urlpatterns = [
    path("", views.tree_page, name="tree"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/add/", views.create, name="create"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/rename/", views.rename, name="rename"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
]
