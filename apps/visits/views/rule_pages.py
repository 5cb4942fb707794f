"""Rules: read as sentences, tried before they are switched on."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.accounts.models import FormToken
from apps.core.chinese import format_count, format_date
from apps.core.pages import page
from apps.core.scope import Actor
from apps.retirees.models import Retiree
from apps.retirees.queries.asked import people_picked
from apps.visits import perms
from apps.visits.actions.rules import RuleChanged, add_rule, change_rule, switch_rule
from apps.visits.choices import DueState, Target, Trigger
from apps.visits.forms.rules import RuleForm, rule_as_typed
from apps.visits.models import Due, VisitRule
from apps.visits.queries.rules import RuleBroken, asked_of, named_now, people_of_rule
from apps.visits.rules.sentence import RuleWords, sentence

TITLE = "走访规则"
SHOWN_NAMES = 20
COUNT_LIMIT = 100_000


def rule_sentence(rule: VisitRule) -> str:
    """The rule in one sentence, its people in the words of the list."""
    return sentence(
        RuleWords(
            people=asked_of(rule).words,
            trigger=rule.trigger,
            target=rule.target,
            occasion=rule.occasion.name,
            every=rule.every,
            times=rule.times,
            within_days=rule.within_days,
            repeat_every=rule.repeat_every,
            ages=rule.ages,
            age_count=rule.age_count,
            ahead_days=rule.ahead_days,
            who=rule.who,
            ways=rule.ways,
        )
    )


@page(perms.can_see_plans)
def rules(request: HttpRequest) -> HttpResponse:
    """All rules that concern one: what they ask, whose they are, what is open."""
    actor = request.actor
    open_rows = Due.objects.visible_to(actor).open(timezone.localdate()).filter(rule__isnull=False)
    waiting = dict(open_rows.order_by().values_list("rule_id").annotate(number=Count("pk")))
    found = VisitRule.objects.visible_to(actor).select_related("occasion", "county")
    rows = [
        {
            "rule": rule,
            "sentence": rule_sentence(rule),
            "whose": rule.county.label if rule.county else "全市",
            "url": reverse("visits:rule", args=[rule.pk]),
            "open": waiting.get(rule.pk, 0),
            "open_url": f"{reverse('visits:due')}?rule={rule.pk}",
        }
        for rule in found
    ]
    actions = [{"label": "应访名单", "url": reverse("visits:due")}]
    if perms.can_keep_plans(actor):
        actions.append({"label": "新建规则", "url": reverse("visits:rule-create"), "kind": "primary"})
    return render(
        request,
        "visits/rules.html",
        {"rows": rows, "crumbs": _crumbs(), "page_actions": actions, "may": perms.can_keep_plans(actor)},
    )


def _crumbs(*labels: str) -> list[dict[str, str]]:
    found = [{"label": "应访名单", "url": reverse("visits:due")}]
    if not labels:
        return [*found, {"label": TITLE, "url": ""}]
    return [
        *found,
        {"label": TITLE, "url": reverse("visits:rules")},
        *({"label": one, "url": ""} for one in labels),
    ]


def the_rule(actor: Actor, pk: int) -> VisitRule:
    """A rule that concerns the actor; 404 else."""
    return get_object_or_404(VisitRule.objects.visible_to(actor).select_related("occasion", "county"), pk=pk)


def kept_rule(actor: Actor, pk: int) -> VisitRule:
    """A rule that the actor's office keeps; 403 for one that he only reads."""
    rule = the_rule(actor, pk)
    if not VisitRule.objects.kept_by(actor).filter(pk=rule.pk).exists():
        raise PermissionDenied("another office's rule")
    return rule


@page(perms.can_see_plans)
def rule_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One rule: its sentence, whom it means today with the first names, and what it has asked for so far."""
    rule = the_rule(request.actor, pk)
    kept = VisitRule.objects.kept_by(request.actor).filter(pk=rule.pk).exists()
    tried = _tried(request.actor, rule)
    context = {
        "heading": rule.name,
        "crumbs": _crumbs(rule.name),
        "rule": rule,
        "sentence": rule_sentence(rule),
        "facts": _facts(request.actor, rule),
        "tried": tried,
        "page_actions": _rule_actions(rule) if kept else [],
    }
    return render(request, "visits/rule.html", context)


def _rule_actions(rule: VisitRule) -> list[dict[str, str]]:
    switch = {"label": "停用", "url": reverse("visits:rule-switch", args=[rule.pk]), "method": "post"}
    if not rule.is_active:
        switch |= {"label": "启用", "kind": "primary"}
    return [{"label": "修改", "url": reverse("visits:rule-edit", args=[rule.pk])}, switch]


def _tried(actor: Actor, rule: VisitRule) -> dict[str, Any]:
    """Whom the rule means today, in the reader's own scope."""
    today = timezone.localdate()
    try:
        people = people_of_rule(rule, today) & Retiree.objects.visible_to(actor)
    except RuleBroken as problem:
        return {"problem": str(problem)}
    if rule.trigger == Trigger.NAMED_LEADER:
        people = people.exclude(pk__in=named_now().values("retiree_id"))
    number = people.order_by().values("pk")[: COUNT_LIMIT + 1].count()
    first = people.select_related("county", "unit").order_by("name_sort", "pk")[:SHOWN_NAMES]
    return {
        "count": f"{'超过' if number > COUNT_LIMIT else ''}{format_count(min(number, COUNT_LIMIT))}",
        "people": [
            {
                "name": one.name,
                "url": reverse("retirees:detail", args=[one.pk]),
                "place": f"{one.county.label} {one.unit.label}",
            }
            for one in first
        ],
        "more": number > SHOWN_NAMES,
        "list_url": ""
        if rule.target == Target.SURVIVOR
        else f"{reverse('retirees:list')}?{rule.query}".rstrip("?"),
    }


def _facts(actor: Actor, rule: VisitRule) -> list[dict[str, Any]]:
    rows = Due.objects.visible_to(actor).filter(rule=rule)
    done = rows.aggregate(
        all=Count("pk", filter=~Q(state=DueState.REMOVED)), done=Count("pk", filter=Q(state=DueState.DONE))
    )
    until = f"至{format_date(rule.ends_on)}" if rule.ends_on else "起"
    values = (
        ("状态", "启用" if rule.is_active else "停用"),
        ("谁定的", rule.county.label if rule.county else "市局（全市适用）"),
        ("事由", rule.occasion.name),
        ("类型", rule.get_rule_class_display()),
        ("时间", f"{format_date(rule.starts_on)}{until}"),
        ("依据", rule.basis or "—"),
        ("已列入应访", f"{format_count(done['all'])}人次，其中已访{format_count(done['done'])}人次"),
    )
    return [{"label": label, "value": value} for label, value in values]


@page(perms.can_keep_plans, "GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    """A new rule, switched off; the address may bring the conditions of the list."""
    initial = {"starts_on": timezone.localdate(), "query": request.GET.get("query", "")[:4000]}
    form = RuleForm(request.POST or None, actor=request.actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            return redirect("visits:rule", int(token.result))
        rule = add_rule(values=form.values(), by=request.actor)
        token.result = str(rule.pk)
        token.save(update_fields=["result"])
        messages.success(request, "规则已保存，还没有启用。请看看下面是不是这些人，再点“启用”。")
        return redirect("visits:rule", rule.pk)
    return _form_page(request, form, "新建走访规则", reverse("visits:rules"))


@page(perms.can_keep_plans, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a rule of one's own office."""
    rule = kept_rule(request.actor, pk)
    form = RuleForm(request.POST or None, actor=request.actor, initial=rule_as_typed(rule))
    back = reverse("visits:rule", args=[rule.pk])
    if request.method == "POST" and form.is_valid():
        try:
            change_rule(
                rule=rule, values=form.values(), version=form.cleaned_data["version"], by=request.actor
            )
        except RuleChanged as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "规则已修改。已经列入的应访不变，新符合的人马上补上。")
            return redirect(back)
    return _form_page(request, form, f"修改规则：{rule.name}", back)


@page(perms.can_keep_plans, "POST")
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """On or off."""
    rule = kept_rule(request.actor, pk)
    changed = switch_rule(rule=rule, on=not rule.is_active, by=request.actor)
    if rule.is_active:
        messages.success(request, f"已停用。还没开始的应访{changed}人次已撤回，已开始的保留。")
    elif changed < 0:
        messages.success(request, "已启用。人数较多，正在后台列入应访名单。")
    else:
        messages.success(request, f"已启用，列入应访{changed}人次。")
    return redirect("visits:rule", rule.pk)


@page(perms.can_keep_plans, "POST")
def from_list(request: HttpRequest) -> HttpResponse:
    """建立走访规则 in the bar under the register's list: the conditions go along, people picked one by one do not."""
    if not request.POST.get("all"):
        messages.info(request, "规则按条件选人：请先筛选，再选“符合条件的全部”。")
        return redirect("retirees:list")
    try:
        people_picked(request.actor, request.POST, timezone.localdate())
    except ValueError as problem:
        messages.warning(request, str(problem))
        return redirect("retirees:list")
    query = QueryDict(request.POST.get("query", "")).urlencode()
    return redirect(f"{reverse('visits:rule-create')}?{urlencode({'query': query})}")


def _form_page(request: HttpRequest, form: Any, heading: str, back: str) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "subheading": "",
        "crumbs": _crumbs(heading),
        "submit_label": "保存",
        "cancel_url": back,
        "note": "",
        "notice": {
            "title": f"对象：{form.people_words}",
            "text": "要换人，在下面选视图或粘贴名册地址。",
            "kind": "",
        },
        "hidden": [],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "visits/plan_form.html", context, status=status)
