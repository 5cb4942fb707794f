"""Addresses of the funds of units; apps/benefits/urls/__init__.py joins them."""

from django.urls import URLPattern, path

from apps.benefits.views import fund_rates, unit_fund, unit_funds

urlpatterns: list[URLPattern] = [
    path("unit-funds/", unit_funds.unit_funds, name="unit-funds"),
    path("unit-funds/count/", unit_funds.count, name="unit-funds-count"),
    path("unit-funds/close/", unit_funds.close_year, name="unit-funds-close"),
    path("unit-funds/sheet/", unit_funds.funds_sheet, name="unit-funds-sheet"),
    path("unit-funds/rates/", fund_rates.rates, name="fund-rates"),
    path("unit-funds/rates/new/", fund_rates.create, name="fund-rate-create"),
    path("unit-funds/rates/<int:pk>/", fund_rates.edit, name="fund-rate"),
    path("unit-funds/rates/<int:pk>/remove/", fund_rates.remove, name="fund-rate-remove"),
    path("unit-funds/<int:pk>/", unit_fund.unit_fund, name="unit-fund"),
    path("unit-funds/<int:pk>/add/", unit_fund.add, name="unit-fund-add"),
    path("unit-funds/<int:pk>/carried/", unit_fund.carried, name="unit-fund-carried"),
    path("unit-funds/<int:pk>/close/", unit_fund.close, name="unit-fund-close"),
    path("unit-funds/<int:pk>/sheet/", unit_fund.sheet, name="unit-fund-sheet"),
    path("unit-funds/entries/<int:pk>/cancel/", unit_fund.cancel, name="fund-entry-cancel"),
]
