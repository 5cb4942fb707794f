"""Home of each role, and the leaders' board."""

from django.urls import path

from apps.dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("", views.home, name="home"),
    path("board/", views.board, name="board"),
    path("visits-board/", views.visits, name="visits"),
    path("benefits-board/", views.benefits, name="benefits"),
]
