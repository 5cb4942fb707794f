"""What a long form's page knows of its draft: offered when there is one, put into the fields when asked for."""

from typing import Any

from django.forms import CheckboxInput, Form
from django.http import HttpRequest

from apps.accounts.models import FormDraft
from apps.core.chinese import format_moment


def draft_for(request: HttpRequest, form: Form, name: str, about: str = "") -> dict[str, Any]:
    """``draft`` of retirees/form.html. With ``?draft=1`` the texts of the draft stand in the unsent form, its version
    too: saved over a newer record, the page with both changes comes up as for anybody who is late."""
    found: dict[str, Any] = {"form": name, "about": about, "offered": None, "restored": False}
    if form.is_bound:
        return found
    draft = FormDraft.objects.visible_to(request.actor).filter(form=name, about=about).first()
    if draft is None:
        return found
    if request.GET.get("draft"):
        typed = draft.typed()
        form.initial |= {key: text for key, text in typed.items() if key in form.fields}
        # A browser does not send a box that is not ticked.
        form.initial |= {
            key: False
            for key, field in form.fields.items()
            if isinstance(field.widget, CheckboxInput) and key not in typed
        }
        return found | {"restored": True}
    when = format_moment(draft.saved_at)
    return found | {
        "offered": {"when": when, "form": name, "about": about, "back": request.path},
        "restore_url": f"{request.path}?draft=1",
    }
