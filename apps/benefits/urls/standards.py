"""Addresses of standards, benefits and published figures; apps/benefits/urls/__init__.py joins them."""

from django.urls import URLPattern, path

from apps.benefits.views import benefits, standard_steps, standards

urlpatterns: list[URLPattern] = [
    path("standards/", standards.standards, name="standards"),
    path("standards/new/", standard_steps.create, name="standard-create"),
    path("standards/publish/", standard_steps.publish_many, name="standards-publish"),
    path("standards/items/", benefits.items, name="items"),
    path("standards/items/new/", benefits.create_item, name="item-create"),
    path("standards/items/<int:pk>/edit/", benefits.edit_item, name="item-edit"),
    path("standards/figures/", benefits.figures, name="figures"),
    path("standards/figures/new/", benefits.create_figure, name="figure-create"),
    path("standards/figures/<int:pk>/edit/", benefits.edit_figure, name="figure-edit"),
    path("standards/<int:pk>/", standards.standard, name="standard"),
    path("standards/<int:pk>/edit/", standard_steps.edit, name="standard-edit"),
    path("standards/<int:pk>/submit/", standard_steps.submit, name="standard-submit"),
    path("standards/<int:pk>/return/", standard_steps.give_back, name="standard-return"),
    path("standards/<int:pk>/publish/", standard_steps.publish, name="standard-publish"),
    path("standards/<int:pk>/withdraw/", standard_steps.withdraw, name="standard-withdraw"),
    path("standards/<int:pk>/end/", standard_steps.end, name="standard-end"),
    path("standards/<int:pk>/delete/", standard_steps.delete, name="standard-delete"),
]
