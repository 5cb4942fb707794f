"""Addresses of the money; apps/visits/urls/__init__.py joins them."""

from django.urls import URLPattern, path

from apps.visits.views import fund_sources, funds

urlpatterns: list[URLPattern] = [
    path("funds/", funds.funds, name="funds"),
    path("funds/sheet/", funds.funds_sheet, name="funds-sheet"),
    path("funds/budgets/new/", funds.create_budget, name="budget-create"),
    path("funds/budgets/<int:pk>/", funds.edit_budget, name="budget-edit"),
    path("funds/budgets/<int:pk>/remove/", funds.delete_budget, name="budget-remove"),
    path("funds/sources/", fund_sources.sources, name="fund-sources"),
    path("funds/sources/new/", fund_sources.create, name="fund-source-create"),
    path("funds/sources/<int:pk>/", fund_sources.source, name="fund-source"),
    path("funds/sources/<int:pk>/edit/", fund_sources.edit, name="fund-source-edit"),
    path("funds/sources/<int:pk>/switch/", fund_sources.switch, name="fund-source-switch"),
]
