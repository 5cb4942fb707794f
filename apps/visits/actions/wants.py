"""What somebody asked for while he was visited becomes a concern of his, tied to the visit."""

from collections.abc import Sequence

from django.db import transaction

from apps.concerns.actions import register_concern
from apps.concerns.choices import Source
from apps.concerns.models import Concern
from apps.core.scope import Actor
from apps.visits.models import RaisedConcern, Visit

MOST = 9


@transaction.atomic
def raise_wants(*, visit: Visit, wants: Sequence[str], by: Actor) -> list[Concern]:
    """Register each line as a concern raised on the day of the visit; return them.

    A visit whose wants were registered before (the same form sent twice) gets no others. The lines are titles of at
    most 80 characters; what was said beyond that is added to the concern itself.
    """
    if not wants or RaisedConcern.objects.filter(visit_id=visit.pk).exists():
        return []
    made = []
    for title in wants[:MOST]:
        values = {"source": Source.VISIT, "title": title, "raised_on": visit.visited_on}
        concern = register_concern(retiree=visit.retiree, values=values, by=by)
        RaisedConcern.objects.create(
            county_id=visit.county_id,
            unit_id=visit.unit_id,
            retiree_id=visit.retiree_id,
            visit=visit,
            concern=concern,
        )
        made.append(concern)
    return made
