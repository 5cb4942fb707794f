"""Cases of hardship aid: whose it is, the application, one case and what comes next."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.benefits import perms
from apps.benefits.actions import aid as actions
from apps.benefits.actions.aid import AidError
from apps.benefits.choices import AID_MONEY, AID_OVER, AidState
from apps.benefits.forms.aid import ApplyForm
from apps.benefits.models import AidCase, AidScheme
from apps.benefits.queries.aid import cases_seen, other_cases
from apps.benefits.rules.aid import days_words, refuse_again
from apps.benefits.views.aid_schemes import crumbs, list_address, scheme_address, the_scheme
from apps.core.chinese import format_date, format_moment, format_money
from apps.core.pages import page
from apps.core.scope import Actor
from apps.retirees.choices import ON_REGISTER, VOID
from apps.retirees.models import Retiree
from apps.retirees.queries.finding import people_named

FOUND = 20
SHOWN_SECONDS = 60
REASONS = ("核查困难情况", "审批", "办理发放", "上级核查")
"""Why somebody looks at what was said of want and illness; written to the read log."""
TONES = {
    AidState.APPLIED: "amber",
    AidState.CHECKED: "amber",
    AidState.APPROVED: "blue",
    AidState.PAID: "green",
    AidState.SIGNED: "blue",
    AidState.DONE: "green",
    AidState.REFUSED: "red",
    AidState.WITHDRAWN: "grey",
}
SECRETS = {"reason": "申请理由", "findings": "核查情况"}


def case_address(case: AidCase) -> str:
    """The page of a case."""
    return reverse("benefits:aid-case", args=[case.pk])


def steps_to(scheme: AidScheme) -> list[tuple[str, str]]:
    """Crumbs down to a scheme."""
    return [(f"{scheme.year}年", list_address(scheme.year)), (scheme.name, scheme_address(scheme))]


@page(perms.can_keep_aid, "GET", "POST")
def find(request: HttpRequest, pk: int) -> HttpResponse:
    """Whose application it is. It posts, so that names stand in no address."""
    scheme = the_scheme(request.actor, pk)
    typed = " ".join(request.POST.get("name", "").split())[:20]
    name = typed if typed.isprintable() else ""
    people = people_named(request.actor, name, FOUND) if name else []
    word = "登记报名" if scheme.is_yearly else "登记申请"
    context = {
        "heading": f"{word}：是谁",
        "subheading": str(scheme),
        "crumbs": crumbs(*steps_to(scheme), here=word),
        "name": name,
        "rows": [
            {
                "name": one.name,
                "place": f"{one.county.label} {one.unit.label}",
                "url": reverse("benefits:aid-apply", args=[scheme.pk, one.pk]),
            }
            for one in people
            if one.state in ON_REGISTER
        ],
    }
    return render(request, "generic/find_person.html", context)


@page(perms.can_keep_aid, "GET", "POST")
def apply(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    """A person's application; of a yearly item his sign-up, after a question."""
    actor, today = request.actor, timezone.localdate()
    scheme = the_scheme(actor, pk)
    people = Retiree.objects.visible_to(actor).exclude(state__in=VOID)
    person = get_object_or_404(people.select_related("county", "unit"), pk=person_pk)
    if scheme.is_yearly:
        return _sign_up(request, scheme, person)
    form = ApplyForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], actor)
        if token.result:
            return redirect("benefits:aid-case", token.result)
        try:
            values = {name: form.cleaned_data[name] for name in ("applied_on", "asked", "reason")}
            case = actions.apply_for_aid(scheme=scheme, person=person, values=values, today=today, by=actor)
        except AidError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            token.result = str(case.pk)
            token.save(update_fields=["result"])
            messages.success(request, f"已登记{person.name}的申请，请核查。")
            return redirect(case_address(case))
    limit = f"每人每年限额{format_money(scheme.limit)}。" if scheme.limit else ""
    fault = refuse_again(other_cases(scheme.pk, person.pk), scheme.times_a_year)
    return form_page(
        request,
        form,
        heading=f"登记申请：{person.name}",
        subheading=f"{scheme} · {person.county.label} {person.unit.label}",
        path=crumbs(*steps_to(scheme), here="登记申请"),
        back=scheme_address(scheme),
        note=f"{fault}{limit}",
    )


def _sign_up(request: HttpRequest, scheme: AidScheme, person: Retiree) -> HttpResponse:
    if request.method == "POST":
        try:
            (case,) = actions.sign_up(
                scheme=scheme, people=[person], today=timezone.localdate(), by=request.actor
            )
        except AidError as error:
            messages.error(request, error.message)
            return redirect(scheme_address(scheme))
        messages.success(request, f"已报名：{person.name}。")
        return redirect(case_address(case))
    context = {
        "heading": "登记报名",
        "crumbs": crumbs(*steps_to(scheme), here="登记报名"),
        "confirm": {
            "question": f"{person.name}报名{scheme}？",
            "text": f"{person.county.label} {person.unit.label}",
            "effects": ["每人每年一次", "报名以后可以撤回，完成以后登记日期"],
            "url": request.path,
            "hidden": [],
            "submit_label": "报名",
            "danger": "",
            "cancel_url": scheme_address(scheme),
        },
    }
    return render(request, "generic/confirm.html", context)


def form_page(
    request: HttpRequest, form: Any, *, heading: str, subheading: str, path: Any, back: str, note: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "subheading": subheading,
        "crumbs": path,
        "submit_label": "保存",
        "cancel_url": back,
        "note": note,
        "hidden": [],
    }
    return render(request, "generic/form.html", context, status=422 if request.method == "POST" else 200)


def the_case(actor: Actor, pk: Any) -> AidCase:
    """A case in the actor's scope; 404 else."""
    return get_object_or_404(cases_seen(actor), pk=pk)


@page(perms.can_see_aid)
def case(request: HttpRequest, pk: Any) -> HttpResponse:
    """One case: what was asked, found, granted and paid, and what comes next."""
    actor = request.actor
    row = the_case(actor, pk)
    person = Retiree.objects.visible_to(actor).filter(pk=row.retiree_id).first()
    context = {
        "heading": row.name,
        "subheading": f"{row.scheme} · {row.county.label} {row.unit.label}",
        "crumbs": crumbs(*steps_to(row.scheme), here=row.name),
        "page_actions": _case_actions(actor, row),
        "state": row.get_state_display(),
        "tone": TONES[AidState(row.state)],
        "stages": _stages(row),
        "notices": _notices(actor, row, person),
        "facts": _facts(row, person),
        "secrets": [
            {"label": label, "secret": _secret(row, name)}
            for name, label in SECRETS.items()
            if getattr(row, name)
        ],
        "events": _events(row),
    }
    return render(request, "benefits/aid_case.html", context)


def _stages(row: AidCase) -> list[dict[str, str]]:
    states = (AidState.SIGNED, AidState.DONE) if row.scheme.is_yearly else AID_MONEY
    labels = {
        AidState.APPLIED: "申请",
        AidState.CHECKED: "核查",
        AidState.APPROVED: "审批",
        AidState.PAID: "发放",
        AidState.SIGNED: "报名",
        AidState.DONE: "完成",
    }
    if row.state not in states:
        return []
    at = states.index(AidState(row.state))
    # The step that the state waits for is the one under way; a state that waits for none has done them all.
    return [
        {
            "label": labels[one],
            "note": "",
            "state": "done" if place <= at else "now" if place == at + 1 else "",
        }
        for place, one in enumerate(states)
    ]


def _notices(actor: Actor, row: AidCase, person: Retiree | None) -> list[dict[str, str]]:
    found = []
    is_open = row.state in (AidState.APPLIED, AidState.CHECKED, AidState.APPROVED, AidState.SIGNED)
    if is_open and person is not None and person.state not in ON_REGISTER:
        text = "请核对后再办理；不再办理的，撤回并写明原因。"
        found.append({"title": f"{row.name}{person.get_state_display()}", "text": text, "kind": "wrong"})
    if row.state == AidState.CHECKED and not _may_approve(actor, row):
        may = perms.can_approve_aid(actor, row.scheme.county_id)
        text = "自己登记或核查的，由别人审批。" if may else f"由{row.scheme.office}审批。"
        found.append({"title": "待审批", "text": text, "kind": ""})
    if row.state == AidState.APPROVED and row.scheme.pay_before:
        words = days_words(row.scheme.pay_before, timezone.localdate())
        text = f"要在{format_date(row.scheme.pay_before)}以前发放，{words}。"
        found.append({"title": "待发放", "text": text, "kind": "look"})
    return found


def _may_approve(actor: Actor, row: AidCase) -> bool:
    return perms.can_approve_aid(actor, row.scheme.county_id) and actor.user_id not in (
        row.made_by,
        row.checked_by,
    )


def _case_actions(actor: Actor, row: AidCase) -> list[dict[str, Any]]:
    def step(label: str, name: str, kind: str = "") -> dict[str, Any]:
        return {"label": label, "url": reverse(f"benefits:aid-{name}", args=[row.pk]), "kind": kind}

    state, found = row.state, []
    if state in (AidState.APPLIED, AidState.CHECKED, AidState.APPROVED, AidState.SIGNED):
        found.append(step("撤回", "withdraw"))
    if state == AidState.APPLIED or (
        state == AidState.CHECKED and perms.can_approve_aid(actor, row.scheme.county_id)
    ):
        found.append(step("不予帮扶", "refuse"))
    if state == AidState.APPLIED:
        found.append(step("核查", "check", "primary"))
    if state == AidState.CHECKED:
        found.append(step("重新核查", "check"))
        if _may_approve(actor, row):
            found.append(step("审批", "approve", "primary"))
    if state == AidState.APPROVED:
        found.append(step("登记发放", "pay", "primary"))
    if state == AidState.SIGNED:
        found.append(step("登记完成", "done", "primary"))
    return found


def _facts(row: AidCase, person: Retiree | None) -> list[dict[str, Any]]:
    name: dict[str, Any] = {"label": "姓名", "value": row.name}
    if person is not None:
        name |= {"url": reverse("retirees:detail", args=[person.pk]), "url_label": "打开人员页面"}
    word = "报名日期" if row.scheme.is_yearly else "申请日期"
    facts = [name, {"label": word, "value": format_date(row.applied_on)}]
    if row.scheme.is_yearly:
        return [*facts, {"label": "完成日期", "value": format_date(row.done_on) if row.done_on else "—"}]
    limit = row.limit or row.scheme.limit
    return [
        *facts,
        {"label": "申请金额", "value": format_money(row.asked)},
        {"label": "每人每年限额", "value": format_money(limit) if limit else "—"},
        {"label": "核定金额", "value": format_money(row.granted) if row.granted else "—"},
        {"label": "发放日期", "value": format_date(row.paid_on) if row.paid_on else "—"},
        {"label": "凭证号", "value": row.voucher or "—"},
    ]


def _secret(row: AidCase, name: str) -> dict[str, Any]:
    return {
        "id": f"secret-{name}",
        "mask": str(getattr(row, name)),
        "url": reverse("benefits:aid-reveal", args=[row.pk, name]),
        "reasons": [{"value": reason, "label": reason} for reason in REASONS],
    }


def _events(row: AidCase) -> list[dict[str, str]]:
    """Who did what, the newest first."""
    entered = "登记报名" if row.scheme.is_yearly else "登记申请"
    is_over = row.state in AID_OVER
    steps = [
        (row.made_at, entered, row.made_by_name, ""),
        (row.checked_at, "核查", row.checked_by_name, ""),
        (row.approved_at, "审批", row.approved_by_name, "" if is_over else row.words),
        (row.ended_at, row.get_state_display(), row.ended_by_name, row.words if is_over else ""),
    ]
    return [
        {
            "when": format_moment(moment),
            "kind": what,
            "text": f"{who}：{words}" if words else who,
            "state": "",
        }
        for moment, what, who, words in reversed(steps)
        if moment
    ]


@page(perms.can_see_aid, "POST")
def reveal(request: HttpRequest, pk: Any, name: str) -> HttpResponse:
    """What was said of want and illness, in plain, for a reason that goes to the read log."""
    row = the_case(request.actor, pk)
    secret = getattr(row, name) if name in SECRETS else None
    if not secret:
        raise Http404(f"no private field {name[:20]}")
    reason = request.POST.get("reason", "")
    known = reason in REASONS
    context = {
        "secret": _secret(row, name),
        "label": SECRETS[name],
        "value": secret.reveal(reason) if known else "",
        "seconds": SHOWN_SECONDS,
        "person": row,
        "crumbs": crumbs(*steps_to(row.scheme), here=row.name),
        "back": case_address(row),
    }
    template = "retirees/_secret.html" if request.htmx else "retirees/reveal.html"
    return render(request, template, context, status=200 if known else 422)
