"""Who may take data out, and who must agree."""

from apps.accounts.choices import Role
from apps.accounts.perms import is_staff, may_export
from apps.core.scope import Actor
from apps.exports.choices import State
from apps.exports.models import CHIEFS, ExportRequest


def can_export(actor: Actor) -> bool:
    """A right of its own, on the grant: people of one's own place."""
    return may_export(actor)


def can_see_requests(actor: Actor) -> bool:
    """Those who ask, and chiefs, who decide on others' even where they may not export themselves."""
    return can_export(actor) or is_approver(actor)


def can_see_templates(actor: Actor) -> bool:
    """Those who fill forms, and those who keep them."""
    return can_export(actor) or can_keep_templates(actor)


def is_approver(actor: Actor) -> bool:
    """Chiefs look at what others ask for."""
    return actor.role in CHIEFS


def can_decide(actor: Actor, request: ExportRequest) -> bool:
    """The second person: the chief of the same place or of the city, never whoever asked."""
    within = actor.role == Role.CITY_CHIEF or request.county_id == actor.county_id
    return (
        is_approver(actor)
        and within
        and request.created_by != actor.user_id
        and request.state == State.WAITING
    )


def can_drop(actor: Actor, request: ExportRequest) -> bool:
    """Whoever asked takes it back while nobody has decided."""
    return request.created_by == actor.user_id and request.state == State.WAITING


def can_keep_templates(actor: Actor) -> bool:
    """Forms of the office belong to city and county; a unit uses them."""
    return is_staff(actor) and actor.unit_id is None
