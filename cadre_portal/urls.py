"""The map of the site."""

from django.urls import include, path

handler400 = "cadre_portal.errors.bad_request"
handler403 = "cadre_portal.errors.forbidden"
handler404 = "cadre_portal.errors.not_found"
handler500 = "cadre_portal.errors.server_error"

urlpatterns = [
    path("", include("apps.dashboards.urls")),
    path("retirees/", include("apps.retirees.urls")),
    path("visits/", include("apps.visits.urls")),
    path("benefits/", include("apps.benefits.urls")),
    path("concerns/", include("apps.concerns.urls")),
    path("agenda/", include("apps.agenda.urls")),
    path("imports/", include("apps.imports.urls")),
    path("exports/", include("apps.exports.urls")),
    path("reports/", include("apps.reports.urls")),
    path("statistics/", include("apps.statistics.urls")),
    path("library/", include("apps.library.urls")),
    path("units/", include("apps.units.urls")),
    path("dictionaries/", include("apps.dictionaries.urls")),
    path("jobs/", include("apps.jobs.urls")),
    path("log/", include("apps.audit.urls")),
    path("account/", include("apps.accounts.urls")),
    path("", include("cadre_portal.palette")),
    path("", include("cadre_portal.health")),
]
