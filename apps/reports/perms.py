"""Who makes, checks and issues briefings."""

from apps.accounts.choices import Role
from apps.accounts.perms import sees_register
from apps.core.scope import Actor
from apps.reports.choices import State
from apps.reports.models import Document

MAKERS = {Role.CITY_CLERK, Role.CITY_CHIEF, Role.COUNTY_CLERK, Role.COUNTY_CHIEF}
CHIEFS = {Role.CITY_CHIEF, Role.COUNTY_CHIEF}


def can_list_documents(actor: Actor) -> bool:
    """Staff of city and county see all of their place, leaders what was issued."""
    return sees_register(actor) and actor.unit_id is None


def can_make(actor: Actor) -> bool:
    """Ask for a briefing now, edit and check it."""
    return actor.role in MAKERS


def is_own(actor: Actor, document: Document) -> bool:
    """The city issues the city's, a county its own."""
    return document.county_id == actor.county_id


def can_edit_document(actor: Actor, document: Document) -> bool:
    return can_make(actor) and is_own(actor, document) and document.state == State.DRAFT


def can_check_document(actor: Actor, document: Document) -> bool:
    return can_edit_document(actor, document)


def can_return_document(actor: Actor, document: Document) -> bool:
    return can_make(actor) and is_own(actor, document) and document.state == State.CHECKED


def can_issue_document(actor: Actor, document: Document) -> bool:
    """Signing is for the chief."""
    return actor.role in CHIEFS and is_own(actor, document) and document.state == State.CHECKED


def can_schedule(actor: Actor) -> bool:
    """Set up, change and pause schedules."""
    return can_make(actor)
