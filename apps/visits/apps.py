"""Django's entry to the app."""

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "apps.visits"
    verbose_name = "走访慰问"

    def ready(self) -> None:
        from apps.core import private_files
        from apps.core.figures import register_figures
        from apps.core.home import register_home_cards
        from apps.exports.rules import register_exporter
        from apps.imports.rules import register_importer
        from apps.retirees.queries.story import register_story
        from apps.retirees.rules import Follower, register_follower
        from apps.retirees.rules.page import (
            SelectionAction,
            Tab,
            register_next_steps,
            register_selection_action,
            register_tab,
        )
        from apps.visits import perms
        from apps.visits.actions.deaths import follow, tell, unfollow
        from apps.visits.exports import VisitExporter
        from apps.visits.figures import FIGURES, compute
        from apps.visits.importers import VisitLogImporter
        from apps.visits.queries.photos import photos_in_use
        from apps.visits.queries.story import incidents_told, visits_told
        from apps.visits.views import incidents, log
        from apps.visits.views.campaign_cards import campaign_cards, task_cards
        from apps.visits.views.death_parts import landing
        from apps.visits.views.person_facts import visit_facts

        register_selection_action(
            SelectionAction("建立走访规则", "visits:rule-from-list", perms.can_keep_plans)
        )
        register_selection_action(
            SelectionAction("指定联系领导", "visits:leader-assign", perms.can_log_visit)
        )
        register_selection_action(
            SelectionAction("发起走访活动", "visits:campaign-from-list", perms.can_keep_plans)
        )
        register_next_steps(visit_facts)
        register_importer(VisitLogImporter())
        register_selection_action(SelectionAction("登记走访", "visits:record-many", perms.can_log_visit))
        register_tab(
            Tab(
                name="visits",
                label="走访",
                template="visits/_tab.html",
                perm=perms.can_list_visits,
                count=log.tab_count,
                panel=log.tab_panel,
                before="family",
            )
        )
        register_next_steps(log.next_steps)
        register_story(visits_told)
        register_story(incidents_told)
        register_tab(
            Tab(
                "incidents",
                "重要情况",
                "visits/_incidents.html",
                perms.can_list_visits,
                incidents.count_of,
                incidents.panel,
            )
        )
        register_follower(Follower(tell, follow, unfollow, landing))
        register_home_cards(campaign_cards)
        register_figures(list(FIGURES), compute)
        register_exporter(VisitExporter())
        private_files.register("visit-photos", photos_in_use)
        register_home_cards(task_cards)
