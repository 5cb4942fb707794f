"""Addresses of one person's benefits; apps/benefits/urls/__init__.py joins them."""

from django.urls import URLPattern, path

from apps.benefits.views import person

urlpatterns: list[URLPattern] = [
    path("people/<int:pk>/<int:year>/<int:number>/", person.month, name="person-month"),
]
