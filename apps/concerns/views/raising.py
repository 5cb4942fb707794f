"""Registering a concern: whose it is, who stands behind it, what was said."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.concerns import perms
from apps.concerns.actions import NotPossible, register_concern
from apps.concerns.forms.others import LONGEST_NAME
from apps.concerns.forms.raising import ConcernForm
from apps.concerns.models import Concern
from apps.concerns.queries import neighbours_named
from apps.concerns.views.pages import crumbs
from apps.core.chinese import format_date
from apps.core.pages import page
from apps.core.scope import Actor
from apps.core.workdays import is_announced
from apps.retirees.choices import LifeState
from apps.retirees.models import Retiree
from apps.retirees.queries.finding import people_named

FOUND = 20


@page(perms.can_raise_concern, "GET", "POST")
def find(request: HttpRequest) -> HttpResponse:
    """Whose matter it is: the first step of registering one. It posts, so that names stand in no address."""
    name = name_typed(request.POST.get("name", ""))
    people = people_named(request.actor, name, FOUND) if name else []
    context = {
        "heading": "登记诉求：是谁提出的",
        "subheading": "",
        "crumbs": crumbs("登记诉求"),
        "name": name,
        "rows": [
            {
                "name": person.name,
                "place": f"{person.county.label} {person.unit.label}",
                "url": reverse("concerns:create", args=[person.pk]),
            }
            for person in people
        ],
    }
    return render(request, "generic/find_person.html", context)


def name_typed(text: str) -> str:
    """Whom to look for; "" for what is no name."""
    plain = " ".join(text.split())[:LONGEST_NAME]
    return plain if plain.isprintable() else ""


@page(perms.can_raise_concern, "GET", "POST")
def create(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody asks for, written down. With a name in ``who`` or by the button 查找 it looks for
    others and keeps what was typed."""
    actor = request.actor
    people = Retiree.objects.visible_to(actor).exclude(state__in=(LifeState.MERGED, LifeState.MISTAKE))
    person = get_object_or_404(people.select_related("county", "unit"), pk=pk)
    who = name_typed(request.POST.get("who", ""))
    if who or "find" in request.POST:
        return _looked_for(request, person, who)
    form = ConcernForm(request.POST or None, person=person, actor=actor, today=timezone.localdate())
    is_valid = request.method == "POST" and form.is_valid()
    made = _made_before(form, actor) if request.method == "POST" else ""
    if made:
        return redirect(reverse("concerns:concern", args=[made]))
    if is_valid:
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], actor)
        if token.result:
            return redirect(reverse("concerns:concern", args=[token.result]))
        concern = _register(form, person, actor)
        if concern is not None:
            token.result = str(concern.pk)
            token.save(update_fields=["result"])
            messages.success(request, f"已登记 {concern.label}，{format_date(concern.due_on)}前答复。")
            return redirect(reverse("concerns:concern", args=[concern.pk]))
    return _page(request, form, person, status=422 if request.method == "POST" else 200)


def _made_before(form: ConcernForm, actor: Actor) -> str:
    """Key of what this very page has made already: sent again it would be doubted as a repeat of itself."""
    token = form.cleaned_data.get("token")
    rows = (
        FormToken.objects.filter(token=token, actor_id=actor.user_id) if token else FormToken.objects.none()
    )
    return str(rows.values_list("result", flat=True).first() or "")


def _register(form: ConcernForm, person: Retiree, actor: Actor) -> Concern | None:
    try:
        return register_concern(retiree=person, values=form.values(), others=form.others_picked(), by=actor)
    except NotPossible as reason:
        form.add_error(None, str(reason))
        return None


def _looked_for(request: HttpRequest, person: Retiree, who: str) -> HttpResponse:
    """The form as it was typed, not judged yet, with those whose name begins so on offer."""
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in ConcernForm.base_fields}
    typed["others"] = request.POST.getlist("others")
    found = neighbours_named(request.actor, person, who, FOUND) if who else []
    form = ConcernForm(
        None, person=person, actor=request.actor, today=timezone.localdate(), found=found, **typed
    )
    return _page(request, form, person, looks=looked_words(who, len(found)))


def looked_words(who: str, found: int) -> str:
    """What came of looking for somebody."""
    if not who:
        return "请写出姓名或拼音再查找。"
    if not found:
        return f"没有查到“{who}”：只查本县市区在册、您能看到的人。"
    more = f"只列出前{FOUND}位，没有的请把名字写全。" if found == FOUND else ""
    return f"查过“{who}”：勾选要加的人，再查下一位，或者保存。{more}"


def _page(
    request: HttpRequest, form: ConcernForm, person: Retiree, *, looks: str = "", status: int = 200
) -> HttpResponse:
    open_ones = [one for one in form.earlier.values() if one.is_open]
    context = {
        "form": form,
        "heading": f"登记诉求：{person.name}",
        "subheading": f"{person.county.label} {person.unit.label}",
        "crumbs": crumbs("登记诉求"),
        "submit_label": "登记",
        "cancel_url": reverse("retirees:detail", args=[person.pk]),
        "note": "" if is_announced(timezone.localdate().year + 1) else _unknown_holidays(),
        "open_ones": [
            {
                "name": f"{one.label} {one.title}",
                "state": f"{one.get_state_display()}，{format_date(one.due_on)}前答复",
                "url": reverse("concerns:concern", args=[one.pk]),
            }
            for one in open_ones
        ],
        "others": form.other_rows(),
        "looks": looks,
    }
    return render(request, "concerns/new.html", context, status=status)


def _unknown_holidays() -> str:
    return f"{timezone.localdate().year + 1}年放假安排尚未收录，跨年的期限暂按周一至周五计算。"
