"""Making one person of two records: field by field, then in words what will happen, then it is written; and back."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.core.chinese import format_date
from apps.core.pages import page
from apps.core.scope import Actor
from apps.retirees import perms
from apps.retirees.actions import NotPossible, StaleEdit
from apps.retirees.actions.merge import merge_people, parted, winners_of
from apps.retirees.actions.merge_rows import plan_moves, plan_stays
from apps.retirees.actions.unmerge import outlook, undo_merge, undo_until
from apps.retirees.choices import ON_REGISTER, DoubleState, LifeState
from apps.retirees.forms.doubles import MergeForm
from apps.retirees.models import Merge, Retiree
from apps.retirees.queries.merging import Two, last_of, merges_of, two_of
from apps.retirees.rules.merging import UNDO_DAYS
from apps.retirees.views.compare import field_of, words
from apps.retirees.views.doubles import Shown, the_pair
from apps.retirees.views.present import page_of


@page(perms.can_merge, "GET", "POST")
def merge(request: HttpRequest, key: Any) -> HttpResponse:
    """First the choices, then the consequences in words, then it is written."""
    shown = the_pair(request.actor, key)
    if not all(perms.can_merge(request.actor, one) for one in shown.people):
        raise Http404("not his to merge")
    if shown.pair.state != DoubleState.OPEN:
        messages.error(request, f"这一对已经处理：{shown.pair.get_state_display()}。")
        return redirect(shown.url)
    two = two_of(request.actor, *shown.people, keep=_asked(request))
    choices = two.choices()
    form = MergeForm(
        request.POST or None,
        open_names=[one.name for one in choices if one.is_open],
        initial=_initial(two),
    )
    if request.method == "POST" and form.is_valid() and "back" not in request.POST:
        versions = (form.cleaned_data["keep_version"], form.cleaned_data["other_version"])
        if versions != (two.keep.version, two.other.version):
            messages.error(request, "打开之后有人改过这两条记录，请重新核对。")
            return redirect("retirees:merge", key=key)
        if "confirmed" not in request.POST:
            return _confirm(request, shown, two, form)
        return _write(request, shown, two, form)
    return _choose(request, shown, two, form)


def _asked(request: HttpRequest) -> int | None:
    text = request.POST.get("keep") or request.GET.get("keep") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _initial(two: Two) -> dict[str, Any]:
    return {
        "keep": two.keep.pk,
        "keep_version": two.keep.version,
        "other_version": two.other.version,
        **{f"side_{one.name}": one.side for one in two.choices()},
    }


def _choose(request: HttpRequest, shown: Shown, two: Two, form: MergeForm) -> HttpResponse:
    choices = two.choices()
    sent = form.data if form.is_bound else form.initial
    context = {
        "heading": f"合并：{two.keep.name}",
        "crumbs": _crumbs(shown),
        "form": form,
        "two": two,
        "sides": [
            {"person": two.keep, "facts": _about(two.keep)},
            {"person": two.other, "facts": _about(two.other)},
        ],
        "swap_url": f"{reverse('retirees:merge', args=[shown.pair.pk])}?keep={two.other.pk}",
        "rows": [
            {
                "name": one.name,
                "label": _label(one.name),
                "keep": words(one.name, one.keep),
                "other": words(one.name, one.other),
                "side": sent.get(f"side_{one.name}") or one.side,
            }
            for one in choices
            if one.is_open
        ],
        "filled": [f"{_label(one.name)}：{words(one.name, one.other)}" for one in choices if _taken(one)],
        "cancel_url": shown.url,
        "states_differ": two.keep.state != two.other.state,
    }
    status = 422 if request.method == "POST" and "back" not in request.POST else 200
    return render(request, "retirees/merge.html", context, status=status)


def _taken(choice: Any) -> bool:
    return not choice.is_open and choice.side == "other"


def _label(name: str) -> str:
    return str(field_of(name).verbose_name)


def _about(person: Retiree) -> str:
    return (
        f"{person.county.label} {person.unit.label}，{person.get_state_display()}，22项中已填{person.filled}项，"
        f"{format_date(timezone.localdate(person.updated_at))}更新"
    )


def _crumbs(shown: Shown) -> list[dict[str, str]]:
    return [
        {"label": "疑似重复", "url": reverse("retirees:doubles")},
        {"label": " / ".join(one.name for one in shown.people), "url": shown.url},
        {"label": "合并", "url": ""},
    ]


def _confirm(request: HttpRequest, shown: Shown, two: Two, form: MergeForm) -> HttpResponse:
    chosen, waiting = parted(two, form.sides(), request.actor)
    moves = plan_moves(two.keep, two.other, winners_of(chosen, waiting))
    over = sum(1 for rows in moves.values() for row in rows if row[2] == two.keep.pk)
    context = {
        "heading": f"确认合并：{two.keep.name}",
        "crumbs": _crumbs(shown),
        "two": two,
        "effects": _effects(two, chosen, list(waiting), over + len(plan_stays(two.keep, two.other))),
        "hidden": [
            {"name": name, "value": form.data.get(name, "")} for name in form.fields if name in form.data
        ],
        "back": shown.url,
        "why": form.cleaned_data["why"],
    }
    return render(request, "retirees/merge_confirm.html", context)


def _effects(two: Two, chosen: dict[str, str], waiting: list[str], over: int) -> list[str]:
    keep, other = two.keep, two.other
    taken = [_label(name) for name, side in chosen.items() if side == "other"]
    effects = [
        f"留下{keep.unit.label}的{keep.name}（{keep.get_state_display()}），管理单位和状态以这一条为准。",
        f"{other.unit.label}的{other.name}那一条离开名册，打开它的旧地址会转到留下的这一条。",
        f"从另一条取来：{'、'.join(taken)}。" if taken else "各栏都用留下的这一条，不从另一条取。",
        f"另一条名下的家属、经历、文件、级别和状况等，{_count(over)}；同一时期重复的不转，仍随另一条保存。",
        "统计只算一个人，以前各日也只算一个（多算的是错的）；已经生成、签发的简报不变。",
    ]
    if waiting:
        names = "、".join(_label(name) for name in waiting)
        effects.append(f"{names}要审核：先用留下的这一条，另一条的自动报审，通过后才改。")
    if keep.county_id != other.county_id:
        effects.append(f"另一条随之归到{keep.county.label}，{other.county.label}不再看到这个人。")
    if other.state not in ON_REGISTER or keep.state not in ON_REGISTER:
        effects.append(f"注意：合并后的状态是“{keep.get_state_display()}”。")
    effects.append(f"{UNDO_DAYS}天内可以在人员页撤销，两条都恢复原样；两人的操作记录里都有这次合并。")
    return effects


def _count(over: int) -> str:
    return f"有{over}条转到留下的人名下" if over else "没有要转到留下的人名下的"


def _write(request: HttpRequest, shown: Shown, two: Two, form: MergeForm) -> HttpResponse:
    try:
        merge_people(
            keep=two.keep,
            other=two.other,
            versions=(form.cleaned_data["keep_version"], form.cleaned_data["other_version"]),
            sides=form.sides(),
            why=form.cleaned_data["why"],
            today=timezone.localdate(),
            by=request.actor,
        )
    except NotPossible as reason:
        messages.error(request, str(reason))
        return redirect(shown.url)
    except StaleEdit:
        messages.error(request, "打开之后有人改过这两条记录，请重新核对。")
        return redirect("retirees:merge", key=shown.pair.pk)
    messages.success(request, f"已合并，留下的是这一条。{UNDO_DAYS}天内可以撤销。")
    return redirect(page_of(two.keep))


@page(perms.can_merge, "GET", "POST")
def undo(request: HttpRequest, key: Any) -> HttpResponse:
    """What taking a merge back would do, or why it cannot be; then it is done."""
    found = get_object_or_404(Merge.objects.visible_to(request.actor), pk=key)
    people = Retiree.objects.visible_to(request.actor).select_related("county", "unit")
    keep = get_object_or_404(people, pk=found.retiree_id)
    other = get_object_or_404(people, pk=found.merged_id)
    if request.method == "POST":
        try:
            done = undo_merge(merge=found, today=timezone.localdate(), by=request.actor)
        except NotPossible as reason:
            for line in str(reason).splitlines():
                messages.error(request, line)
            return redirect("retirees:merge-undo", key=key)
        messages.success(request, f"已撤销合并，{keep.name}和{other.name}恢复为两个人。")
        for line in done.kept_changes:
            messages.info(request, line)
        return redirect(page_of(keep))
    context = {
        "heading": f"撤销合并：{keep.name}",
        "crumbs": [{"label": keep.name, "url": page_of(keep)}, {"label": "撤销合并", "url": ""}],
        "found": found,
        "made_on": format_date(timezone.localdate(found.made_at)),
        "until": format_date(timezone.localdate(undo_until(found))),
        "other": other,
        "keep": keep,
        "outlook": outlook(found, now=timezone.now(), by=request.actor),
        "back": page_of(keep),
    }
    return render(request, "retirees/merge_undo.html", context)


def moved_on(request: HttpRequest, pk: int) -> HttpResponse | None:
    """From the address of a merged record to the one that was kept; None where it was not merged."""
    merged = Retiree.objects.visible_to(request.actor).filter(pk=pk, state=LifeState.MERGED).first()
    if merged is None:
        return None
    messages.info(request, f"{merged.name}（编号{pk}）的记录已经并入这一条。")
    return redirect("retirees:detail", pk=last_of(merged))


def merges_into(actor: Actor, person: Retiree) -> list[dict[str, str]]:
    """Merges into this person that may still be taken back, for those who may."""
    if not perms.can_merge(actor, person):
        return []
    return [
        {
            "text": f"{_day(one.made_at)}由{one.made_by_name}合并了编号{one.merged_id}的记录",
            "until": _day(undo_until(one)),
            "url": reverse("retirees:merge-undo", args=[one.pk]),
        }
        for one in merges_of(actor, person)
        if undo_until(one) > timezone.now()
    ]


def _day(moment: datetime) -> str:
    return format_date(timezone.localdate(moment))
