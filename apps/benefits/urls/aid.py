"""Addresses of hardship aid and yearly items; apps/benefits/urls/__init__.py joins them."""

from django.urls import URLPattern, path

from apps.benefits.views import aid_cases, aid_keeping, aid_schemes, aid_steps, aid_unused, aid_waiting

urlpatterns: list[URLPattern] = [
    path("aid/", aid_schemes.schemes, name="aid"),
    path("aid/waiting/", aid_waiting.waiting, name="aid-waiting"),
    path("aid/new/", aid_keeping.create, name="aid-scheme-create"),
    path("aid/<int:pk>/", aid_schemes.scheme, name="aid-scheme"),
    path("aid/<int:pk>/edit/", aid_keeping.edit, name="aid-scheme-edit"),
    path("aid/<int:pk>/close/", aid_keeping.close, name="aid-scheme-close"),
    path("aid/<int:pk>/remove/", aid_keeping.remove, name="aid-scheme-remove"),
    path("aid/<int:pk>/sheet/", aid_schemes.sheet, name="aid-sheet"),
    path("aid/<int:pk>/unused/", aid_unused.not_signed_up, name="aid-unused"),
    path("aid/<int:pk>/find/", aid_cases.find, name="aid-find"),
    path("aid/<int:pk>/apply/<int:person_pk>/", aid_cases.apply, name="aid-apply"),
    path("aid/cases/<uuid:pk>/", aid_cases.case, name="aid-case"),
    path("aid/cases/<uuid:pk>/check/", aid_steps.check, name="aid-check"),
    path("aid/cases/<uuid:pk>/approve/", aid_steps.approve, name="aid-approve"),
    path("aid/cases/<uuid:pk>/pay/", aid_steps.pay, name="aid-pay"),
    path("aid/cases/<uuid:pk>/done/", aid_steps.done, name="aid-done"),
    path("aid/cases/<uuid:pk>/refuse/", aid_steps.refuse, name="aid-refuse"),
    path("aid/cases/<uuid:pk>/withdraw/", aid_steps.withdraw, name="aid-withdraw"),
    path("aid/cases/<uuid:pk>/reveal/<slug:name>/", aid_cases.reveal, name="aid-reveal"),
]
