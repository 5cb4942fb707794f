"""Addresses of one person's benefits; apps/benefits/urls/__init__.py joins them."""

from django.urls import URLPattern, path

from apps.benefits.views import person, person_keeping

urlpatterns: list[URLPattern] = [
    path("people/<int:pk>/<int:year>/<int:number>/", person.month, name="person-month"),
    path("people/<int:pk>/approvals/new/", person_keeping.approve, name="approval-create"),
    path(
        "people/<int:pk>/approvals/<int:approval_pk>/end/", person_keeping.end_approval, name="approval-end"
    ),
    path("people/<int:pk>/death/", person_keeping.death, name="death-ruling"),
    path("people/<int:pk>/account/", person_keeping.account, name="account"),
    path("people/<int:pk>/account/drop/", person_keeping.drop_account, name="account-drop"),
    path("people/<int:pk>/account/show/", person_keeping.reveal_account, name="account-reveal"),
    path("people/<int:pk>/earlier/", person_keeping.earlier, name="earlier"),
]
