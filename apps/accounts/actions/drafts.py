"""Drafts of long forms: kept while somebody types, gone when he saves, discards or forgets them for a fortnight."""

import json
from collections.abc import Mapping

from django.db import transaction

from apps.accounts.models import FormDraft
from apps.core.scope import Actor

MOST_BYTES = 60_000
MOST_DRAFTS = 30


class DraftTooLarge(ValueError):
    """More than a form of the portal can hold."""


@transaction.atomic
def keep_draft(*, form: str, about: str, typed: Mapping[str, str], by: Actor) -> FormDraft:
    """Keep what ``by`` has typed, in the place of what was kept before; the oldest beyond MOST_DRAFTS go.

    Raises DraftTooLarge.
    """
    text = json.dumps(dict(typed), ensure_ascii=False)
    if len(text.encode()) > MOST_BYTES:
        raise DraftTooLarge
    own = FormDraft.objects.visible_to(by)
    draft = own.filter(form=form, about=about).select_for_update(no_key=True).first() or FormDraft(
        user_id=by.user_id,
        grant_id=by.grant_id or 0,
        county_id=by.county_id,
        unit_id=by.unit_id,
        form=form,
        about=about,
    )
    draft.contents = text
    draft.save()
    own.filter(pk__in=own.order_by("-saved_at").values_list("pk", flat=True)[MOST_DRAFTS:]).delete()
    return draft


def discard_draft(*, form: str, about: str, by: Actor) -> None:
    """Forget a draft: it was saved as the real thing, or is not wanted."""
    FormDraft.objects.visible_to(by).filter(form=form, about=about).delete()


def expire_drafts() -> int:
    """Delete what nobody has saved for a fortnight; return how many. In a city scope, by the clock."""
    return FormDraft.objects.expired().delete()[0]
