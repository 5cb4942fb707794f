"""Reckoning ahead."""

from django.urls import path

from apps.benefits.views import estimates

urlpatterns = [
    path("estimates/", estimates.estimates, name="estimates"),
    path("estimates/effect/", estimates.effect, name="estimate-effect"),
    path("estimates/forecast/", estimates.forecast, name="estimate-forecast"),
    path("estimates/fairness/", estimates.fairness, name="estimate-fairness"),
    path("estimates/<int:pk>/", estimates.estimate, name="estimate"),
    path("estimates/<int:pk>/drop/", estimates.drop, name="estimate-drop"),
]
