"""What the person page shows of a person: head card, tags, tabs, and what comes next. Values in, plain dicts out."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse

from apps.core.chinese import age_on, format_date
from apps.core.scope import Actor
from apps.retirees import perms
from apps.retirees.choices import (
    ON_REGISTER,
    REQUIRED_FIELDS,
    Category,
    ConditionKind,
    LifeState,
    Period,
    RequestKind,
    SelfCare,
)
from apps.retirees.models import Retiree
from apps.retirees.queries.dossier import Dossier
from apps.retirees.queries.person import PersonFile
from apps.retirees.queries.requests import Shown
from apps.retirees.rules import doubts, may_follow, next_round_birthday, ruling_message, verification_due
from apps.retirees.views.groups import group_tags

REASONS = ("联系本人或家属", "核对档案资料", "办理待遇", "走访慰问", "上级核查")
"""Why somebody looks at a private value; written to the read log."""
REQUIRED_LABELS = dict(REQUIRED_FIELDS)

Fact = dict[str, Any]


def fact(label: str, value: Any, **more: Any) -> Fact:
    """A label and its value, "—" where nothing is known."""
    return {"label": label, "value": value if value not in (None, "") else "—", **more}


def page_of(person: Retiree, tab: str = "") -> str:
    """Address of the person page."""
    address = reverse("retirees:detail", args=[person.pk])
    return f"{address}?tab={tab}" if tab else address


def crumbs(person: Retiree, last: str = "") -> list[dict[str, str]]:
    """人员名册 / 南岭县 / 县财政局, and the person on pages below his own."""
    register = reverse("retirees:list")
    items = [
        {"label": "人员名册", "url": register},
        {"label": person.county.label, "url": f"{register}?county={person.county_id}"},
        {"label": person.unit.label, "url": f"{register}?unit={person.unit_id}"},
    ]
    return (
        [*items, {"label": person.name, "url": page_of(person)}, {"label": last, "url": ""}]
        if last
        else items
    )


def secret_fact(label: str, person: Retiree, name: str, secret: Any, actor: Actor, address: str = "") -> Fact:
    """A private value as its mask, with 显示 for those who may."""
    if not secret:
        return fact(label, "")
    may = perms.can_reveal(actor, person)
    url = address or reverse("retirees:reveal", args=[person.pk, name])
    return fact(label, str(secret), secret=secret_parts(name, secret, url if may else ""))


def secret_parts(name: str, secret: Any, url: str) -> dict[str, Any]:
    """Inputs of components/secret.html."""
    reasons = [{"value": reason, "label": reason} for reason in REASONS]
    return {"id": f"secret-{name}", "mask": str(secret), "url": url, "reasons": reasons}


def photo_address(person: Retiree, digest: str, size: str = "full") -> str:
    """Address of a photograph, changing with it; "full" or "small"."""
    return reverse(
        "retirees:photo-small" if size == "small" else "retirees:photo-image", args=[person.pk, digest]
    )


def head_card(
    file: PersonFile,
    dossier: Dossier,
    actor: Actor,
    today: date,
    request: Any,
    waiting: Sequence[Shown] = (),
) -> dict[str, Any]:
    """The card on top, as generic/detail.html takes it. ``waiting``: open requests for changes."""
    person = file.person
    may = perms.can_edit_retiree(actor, person)
    return {
        "title": person.name,
        "subtitle": f"{person.county.label}　{person.unit.label}",
        "photo_url": photo_address(person, dossier.portrait.digest) if dossier.portrait else "",
        "photo_label": person.name[:1],
        "photo_edit_url": reverse("retirees:photo", args=[person.pk]) if may else "",
        "tags": [*_waiting_tags(waiting), *_tags(file), *group_tags(file, dossier, today)],
        "facts": list(_head_facts(file, actor, today)),
        "actions": list(_actions(person, actor)),
        "csrf_token": get_token(request),
    }


def _waiting_tags(waiting: Sequence[Shown]) -> Iterator[dict[str, str]]:
    kinds = {item.request.kind for item in waiting}
    if RequestKind.DEATH in kinds:
        yield {"text": "去世待核", "tone": "amber"}
    if RequestKind.FIELDS in kinds:
        yield {"text": "有改动待审核", "tone": "amber"}


def _tags(file: PersonFile) -> Iterator[dict[str, str]]:
    person = file.person
    lixiu = person.category == Category.LIXIU
    if person.state == LifeState.DEAD:
        yield {"text": f"{person.died_on}去世", "tone": "grey"}
    elif person.state != LifeState.ALIVE:
        tone = {LifeState.CRITICAL: "red", LifeState.MISSING: "amber"}.get(LifeState(person.state), "grey")
        yield {"text": person.get_state_display(), "tone": tone}
    yield {"text": person.get_category_display(), "tone": "brand" if lixiu else "blue"}
    if person.period == Period.NEEDS_RULING:
        yield {"text": "时期待认定", "tone": "amber"}
    elif person.period not in (Period.UNKNOWN, Period.AFTER):
        yield {"text": person.get_period_display(), "tone": "blue"}
    if person.self_care == SelfCare.HELPLESS:
        yield {"text": f"生活不能自理{_since(file, ConditionKind.SELF_CARE)}", "tone": "amber"}


def _since(file: PersonFile, kind: str) -> str:
    rows = [
        row for row in file.conditions if row.kind == kind and row.during.upper is None and row.during.lower
    ]
    return f" {rows[-1].during.lower.year}年{rows[-1].during.lower.month}月起" if rows else ""


def _head_facts(file: PersonFile, actor: Actor, today: date) -> Iterator[Fact]:
    person, private = file.person, file.private
    yield fact("性别", person.get_sex_display())
    yield fact("出生", _birth(person, today))
    if person.category == Category.LIXIU or person.joined_on:
        yield fact("参加革命工作", person.joined_on)
    else:
        yield fact("参加工作", person.work_started_on)
    yield fact(person.get_category_display(), person.retired_on)
    yield fact("原任职务", person.post)
    yield fact("退休时职级", person.get_rank_display())
    on = f"（{person.treatment_on}）" if person.treatment_on else ""
    yield fact("享受待遇", f"{person.get_treatment_display()}{on}" if person.treatment else "")
    yield fact("健康状况", _health(person))
    if private is not None:
        yield secret_fact("身份证号", person, "national_id", private.national_id, actor)
        yield secret_fact("联系电话", person, "phone", private.phone, actor)
    else:
        yield fact("政治面貌", person.get_political_display())
    yield fact("资料完整", _completeness(person, actor))


def _health(person: Retiree) -> str:
    words = (person.get_health_display(), person.get_self_care_display())
    return "，".join(word for word in words if word)


def _birth(person: Retiree, today: date) -> str:
    if person.birth_date is None:
        return ""
    end = person.died_on.earliest if person.died_on else today
    years = age_on(person.birth_from, end)
    word = "享年" if person.died_on else "约" if person.birth_date.precision == "year" else ""
    return f"{person.birth_date}（{word}{years}周岁）"


def _completeness(person: Retiree, actor: Actor) -> str:
    may = perms.can_edit_retiree(actor, person) and person.state in ON_REGISTER
    fields = [{"label": REQUIRED_LABELS[name], "url": _field(person, name)} for name in person.missing]
    return render_to_string(
        "retirees/_completeness.html",
        {"filled": person.filled, "missing": fields, "may_edit": may, "most": 2},
    )


def _field(person: Retiree, name: str) -> str:
    anchor = "treatment_on" if name == "treatment" and person.treatment else name
    return edit_field(person, anchor)


def edit_field(person: Retiree, name: str) -> str:
    """Address of the edit form with one field in view and in focus."""
    return f"{reverse('retirees:edit', args=[person.pk])}?field={name}#div_id_{name}"


def _actions(person: Retiree, actor: Actor) -> Iterator[dict[str, Any]]:
    here = person.state in ON_REGISTER
    if here and perms.can_edit_retiree(actor, person):
        yield {"label": "核实", "url": reverse("retirees:verify", args=[person.pk]), "method": "post"}
    papers = [{"label": "打印", "url": reverse("retirees:print", args=[person.pk])}]
    if perms.can_export_retiree(actor, person):
        url = reverse("retirees:lrmx", args=[person.pk])
        papers.append({"label": "导出任免审批表 .lrmx", "url": url})
        yield {"label": "打印和导出", "choices": papers}
    else:
        yield from papers
    choices = list(_changes(person, actor, here))
    if choices:
        yield {"label": "登记变化", "choices": choices}
    if perms.can_edit_retiree(actor, person):
        yield {
            "label": "修改",
            "url": reverse("retirees:edit", args=[person.pk]),
            "kind": "primary",
            "key": "e",
        }


def _changes(person: Retiree, actor: Actor, here: bool) -> Iterator[dict[str, str]]:
    wanted = (
        ("病重、失联、恢复", "retirees:state", here and perms.can_record_state(actor, person)),
        ("去世", "retirees:death", here and perms.can_record_death(actor, person)),
        (
            f"撤回{person.get_state_display()}登记",
            "retirees:death-retract",
            person.state in (LifeState.DEAD, LifeState.LEFT) and perms.can_retract_death(actor, person),
        ),
        ("转出本市", "retirees:left", here and perms.can_record_left(actor, person)),
        ("变动管理单位", "retirees:move", here and perms.can_move_retiree(actor, person)),
        ("转往其他县市区", "retirees:transfer-new", here and perms.can_transfer(actor, person)),
        ("认定参加革命工作时间", "retirees:ruling", perms.can_rule(actor, person)),
        (
            "误登记，移出名册",
            "retirees:mistake",
            may_follow(person.state, LifeState.MISTAKE) and perms.can_remove_mistakes(actor),
        ),
        (
            "恢复误移的记录",
            "retirees:mistake-restore",
            person.state == LifeState.MISTAKE and perms.can_remove_mistakes(actor),
        ),
    )
    for label, name, may in wanted:
        if may:
            yield {"label": label, "url": reverse(name, args=[person.pk])}


def next_steps(file: PersonFile, actor: Actor, today: date) -> list[Fact]:
    """What is due for this person, most pressing first. Nothing for those who left the register."""
    person = file.person
    if person.state not in ON_REGISTER:
        return []
    may = perms.can_edit_retiree(actor, person)
    return [
        *_ruling_due(person, actor),
        *_review_due(file, may, today),
        *_record_due(person, may, today),
        *_birthday(person, today),
    ]


def _ruling_due(person: Retiree, actor: Actor) -> Iterator[Fact]:
    if person.period != Period.NEEDS_RULING or person.joined_on is None:
        return
    link = {}
    if perms.can_rule(actor, person):
        link = {"url": reverse("retirees:ruling", args=[person.pk]), "url_label": "去认定"}
    who = "" if link else "，请报县局局长或市局认定"
    yield fact("时间认定", f"{ruling_message(person.joined_on)}{who}", **link)


def _review_due(file: PersonFile, may: bool, today: date) -> Iterator[Fact]:
    due = [row.review_on for row in file.conditions if row.during.upper is None and row.review_on]
    for day in due:
        link = {"url": reverse("retirees:assess", args=[file.person.pk]), "url_label": "登记"} if may else {}
        yield fact("自理复评", f"{format_date(day)}{'，已到期' if day <= today else ''}", **link)


def _record_due(person: Retiree, may: bool, today: date) -> Iterator[Fact]:
    if person.missing:
        link = {"url": _field(person, person.missing[0]), "url_label": "补填"} if may else {}
        yield fact("资料", f"还缺{len(person.missing)}项", **link)
    values = {name: getattr(person, name) for name in DOUBTED}
    for doubt in doubts(values, skip=("needs-ruling",)):
        link = {"url": edit_field(person, doubt.field), "url_label": "核对"} if may else {}
        yield fact("疑问", doubt.message, **link)
    if verification_due(person.verified_on, today):
        last = (
            f"上次核实{format_date(person.verified_on)}，已过12个月" if person.verified_on else "还没有核实过"
        )
        yield fact("核实", f"{last}{'；与本人或家属核对后按“核实”' if may else ''}")
    else:
        yield fact("核实", f"{format_date(person.verified_on)}已核实")


DOUBTED = ("category", "joined_on", "work_started_on", "birth_date", "retired_on", "joined_party_on")


def _birthday(person: Retiree, today: date) -> Iterator[Fact]:
    found = next_round_birthday(person.birth_date, today)
    if found:
        age, day = found
        known = "" if day.precision == "day" else "，日期不详" if day.precision == "month" else "，月日不详"
        yield fact("整寿", f"{day}满{age}周岁{known}")
