"""Addresses of campaigns, their lists, groups and papers; apps/visits/urls/__init__.py joins them."""

from django.urls import URLPattern, path

from apps.visits.views import (
    campaign_papers,
    campaign_people,
    campaign_picked,
    campaign_steps,
    campaigns,
    list_changes,
    teams,
)

urlpatterns: list[URLPattern] = [
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/new/", campaigns.create, name="campaign-create"),
    path("campaigns/changes/", list_changes.changes, name="list-changes"),
    path("campaigns/changes/approve/", list_changes.approve, name="list-changes-approve"),
    path("campaigns/changes/<int:pk>/return/", list_changes.send_back, name="list-change-return"),
    path("campaigns/changes/<int:pk>/withdraw/", list_changes.withdraw, name="list-change-withdraw"),
    path("campaigns/from-list/", campaign_picked.from_list, name="campaign-from-list"),
    path("campaigns/from-due/", campaign_picked.from_due, name="campaign-from-due"),
    path("campaigns/<int:pk>/", campaigns.campaign_page, name="campaign"),
    path("campaigns/<int:pk>/edit/", campaigns.edit, name="campaign-edit"),
    path("campaigns/<int:pk>/letter/", campaigns.letter, name="campaign-letter"),
    path("campaigns/<int:pk>/copy/", campaigns.copy, name="campaign-copy"),
    path("campaigns/<int:pk>/step/<slug:name>/", campaign_steps.step, name="campaign-step"),
    path("campaigns/<int:pk>/people/", campaign_people.people, name="campaign-people"),
    path("campaigns/<int:pk>/people/find/", campaign_people.find, name="campaign-find"),
    path("campaigns/<int:pk>/people/add/<int:person>/", campaign_people.add, name="campaign-add"),
    path("campaigns/<int:pk>/people/<int:due>/remove/", campaign_people.remove, name="campaign-remove"),
    path("campaigns/<int:pk>/papers/", campaign_papers.papers, name="campaign-papers"),
    path("campaigns/<int:pk>/coverage/", campaign_papers.coverage_sheet, name="campaign-coverage"),
    path("campaigns/<int:pk>/coverage/pdf/", campaign_papers.coverage_paper, name="campaign-coverage-pdf"),
    path("campaigns/<int:pk>/teams/", teams.teams, name="teams"),
    path("campaigns/<int:pk>/teams/form/", teams.form_all, name="teams-form"),
    path("campaigns/<int:pk>/teams/dissolve/", teams.dissolve, name="teams-dissolve"),
    path("campaigns/<int:pk>/teams/move/", teams.move, name="teams-move"),
    path("campaigns/<int:pk>/teams/new/", teams.create, name="team-create"),
    path("teams/<int:pk>/", teams.team_page, name="team"),
    path("teams/<int:pk>/edit/", teams.edit, name="team-edit"),
    path("teams/<int:pk>/remove/", teams.remove, name="team-remove"),
    path("teams/<int:pk>/order/", teams.reorder, name="team-order"),
]
