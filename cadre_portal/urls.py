"""The map of the site."""

from django.urls import include, path

handler400 = "cadre_portal.errors.bad_request"
handler403 = "cadre_portal.errors.forbidden"
handler404 = "cadre_portal.errors.not_found"
handler500 = "cadre_portal.errors.server_error"

urlpatterns = [
    path("account/", include("apps.accounts.urls")),
]
