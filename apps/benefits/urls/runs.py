"""Lists of payments."""

from django.urls import path

from apps.benefits.views import late_deaths, openings, run_steps, runs

urlpatterns = [
    path("runs/", runs.runs, name="runs"),
    path("runs/new/", openings.open_month, name="run-open"),
    path("runs/arrears/", openings.open_arrears, name="run-arrears"),
    path("runs/openings/", openings.opened, name="openings"),
    path("runs/openings/<int:pk>/", openings.opening, name="opening"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/check/", run_steps.check, name="run-check"),
    path("runs/<int:pk>/submit/", run_steps.submit, name="run-submit"),
    path("runs/<int:pk>/recompute/", run_steps.recompute, name="run-recompute"),
    path("runs/<int:pk>/approve/", run_steps.approve, name="run-approve"),
    path("runs/<int:pk>/return/", run_steps.send_back, name="run-return"),
    path("runs/<int:pk>/drop/", run_steps.drop, name="run-drop"),
    path("runs/<int:pk>/reconcile/", run_steps.reconcile, name="run-reconcile"),
    path("runs/<int:pk>/file/<slug:what>/", run_steps.file, name="run-file"),
    path("runs/earlier/", openings.earlier_list, name="earlier-list"),
    path("runs/late-deaths/", late_deaths.late_deaths, name="late-deaths"),
    path("claims/", run_steps.claims, name="claims"),
    path("claims/<int:pk>/", run_steps.claim, name="claim"),
]
