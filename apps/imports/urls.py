"""Pages of staged imports."""

from django.urls import path

from apps.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.batches, name="list"),
    path("new/", views.upload, name="upload"),
    path("template/", views.template, name="template"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/drop/", views.drop, name="drop"),
    path("<int:pk>/errors/", views.errors, name="errors"),
    path("<int:pk>/columns/", views.columns, name="columns"),
    path("<int:pk>/columns/<int:mapping>/forget/", views.forget, name="forget"),
    path("<int:pk>/again/", views.again, name="again"),
    path("<int:pk>/rows/<uuid:row>/decide/", views.decide, name="decide"),
    path("<int:pk>/rows/<uuid:row>/<slug:name>/", views.fix, name="fix"),
]
