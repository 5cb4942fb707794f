"""A person's benefits: the tab on his page, and why he is entitled to what in a month."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from apps.benefits import perms
from apps.benefits.forms.person import SpanForm
from apps.benefits.forms.runs import BACK
from apps.benefits.models import Approval, DeathRuling, PayAccount, Standard
from apps.benefits.queries.explained import Explained
from apps.benefits.queries.person import (
    MoneyLine,
    PersonMoney,
    claims_of,
    decided_of,
    month_explained,
    person_money,
)
from apps.benefits.rules.conditions import Facts
from apps.benefits.rules.engine import Outcome, Verdict, worth_words
from apps.benefits.rules.months import month_of, month_words, next_month, span_words
from apps.core.chinese import format_date, format_money
from apps.core.pages import page
from apps.core.scope import Actor
from apps.retirees.choices import Category, LifeState, Period, SelfCare
from apps.retirees.models import Retiree
from apps.retirees.rules.page import Tab

NAME = "benefits"
OUTCOMES = {
    Outcome.WON: ("执行", "green"),
    Outcome.NOT_IN_FORCE: ("不在执行期", ""),
    Outcome.OTHER_COUNTY: ("外县市区", ""),
    Outcome.CONDITION: ("条件不符", ""),
    Outcome.UNKNOWN: ("资料不够", "amber"),
    Outcome.NOT_APPROVED: ("没有特批", ""),
    Outcome.FARTHER: ("就近", "blue"),
    Outcome.LOWER: ("就高", "blue"),
    Outcome.EXCLUDED: ("不重复享受", "blue"),
}


def the_person(actor: Actor, pk: int) -> Retiree:
    """The person with the names of his place; Http404 where there is none, or his record became another's."""
    people = Retiree.objects.visible_to(actor).exclude(state=LifeState.MERGED)
    return get_object_or_404(people.select_related("county", "unit"), pk=pk)


def tab_of(person: Retiree) -> str:
    """Address of the tab."""
    return f"{reverse('retirees:detail', args=[person.pk])}?tab={NAME}"


def crumbs(person: Retiree, last: str) -> list[dict[str, str]]:
    """From the register down to a page about a person's benefits."""
    return [
        {"label": "人员名册", "url": reverse("retirees:list")},
        {"label": person.name, "url": reverse("retirees:detail", args=[person.pk])},
        {"label": "待遇发放", "url": tab_of(person)},
        {"label": last, "url": ""},
    ]


def _count(person: Retiree, actor: Actor) -> None:
    """Nothing is reckoned before the tab is opened."""


def panel(request: HttpRequest, person: Retiree, actor: Actor) -> Mapping[str, Any]:
    """What he is entitled to and was paid, month by month."""
    form = SpanForm(request.GET, person=person, today=timezone.localdate())
    span = form.months()
    money = person_money(person, actor, span)
    return {
        "span_form": form,
        "span_wrong": form.told(),
        "span_url": reverse("retirees:detail", args=[person.pk]),
        "tab_name": NAME,
        "span": span_words(span[0], span[-1]),
        "sums": _sums(money),
        "money_heads": _heads(
            ("月份", "date"), "待遇项目", ("应享", "num"), ("已发", "num"), ("差额", "num"), "依据和说明"
        ),
        "money_rows": _money_rows(money.lines, person),
        **decided_parts(person, actor),
        "claim_heads": _heads(("月份", "date"), "待遇项目", ("应追回", "num"), "原因"),
        "claim_rows": [
            _row(
                (month_words(one.month), reverse("benefits:claim", args=[one.pk])),
                one.benefit.name,
                format_money(one.amount),
                one.note or "—",
            )
            for one in claims_of(person, actor)
        ],
    }


TAB = Tab(NAME, "待遇发放", "benefits/_tab.html", perms.can_see_money, _count, panel, before="health")


def _heads(*labels: str | tuple[str, str]) -> list[dict[str, Any]]:
    pairs = [(label, "") if isinstance(label, str) else label for label in labels]
    return [{"label": label, "num": kind == "num", "short": kind == "date"} for label, kind in pairs]


def _row(*cells: str | tuple[str, str]) -> dict[str, Any]:
    pairs = [(cell, "") if isinstance(cell, str) else cell for cell in cells]
    return {"cells": [{"text": text, "url": url} for text, url in pairs]}


def _sums(money: PersonMoney) -> list[dict[str, str]]:
    found = [
        {"label": "应享合计", "value": format_money(money.entitled)},
        {"label": "已发合计", "value": format_money(money.paid)},
    ]
    if money.pending:
        found.append({"label": "已审批，等发放结果", "value": format_money(money.pending)})
    return [*found, {"label": "可比月份的差额", "value": _difference(money.difference)}]


def _difference(money: Decimal | None) -> str:
    if money is None:
        return "—"
    if not money:
        return "相符"
    return f"{'少发' if money > 0 else '多发'}{format_money(abs(money))}"


def _money_rows(lines: Sequence[MoneyLine], person: Retiree) -> list[dict[str, Any]]:
    """Each with its reason; one that is the same as the last of its benefit is not said again."""
    rows, said = [], dict[int, str]()
    for one in lines:
        words = "。".join(part for part in (one.words, *one.notes) if part)
        rows.append(_money_row(one, person, "同上" if words and said.get(one.benefit) == words else words))
        said[one.benefit] = words
    return rows


def _money_row(one: MoneyLine, person: Retiree, words: str) -> dict[str, Any]:
    why = reverse("benefits:person-month", args=[person.pk, one.month.year, one.month.month])
    paid = format_money(one.paid)
    if one.pending:
        paid = f"{paid}，待发{format_money(one.pending)}"
    return _row(
        (month_words(one.month), why),
        one.name,
        format_money(one.entitled),
        paid,
        _difference(one.difference),
        words,
    )


# ---- what was decided


REASONS = ("办理待遇", "核对档案资料", "上级核查")
"""Why somebody looks at the number of an account; written to the read log."""


def secret_of(account: PayAccount, url: str) -> dict[str, Any]:
    """Inputs of components/secret.html."""
    reasons = [{"value": reason, "label": reason} for reason in REASONS]
    return {"id": "secret-account", "mask": str(account.number), "url": url, "reasons": reasons}


def decided_parts(person: Retiree, actor: Actor) -> dict[str, Any]:
    """Panes of approvals, death and account, with what may be done to each."""
    decided, may = decided_of(person, actor), perms.can_keep_money(actor, person)
    dead = person.state == LifeState.DEAD
    return {
        "approval_heads": _heads("待遇项目", "期间", "批准文号或材料", "批准人", "说明", ""),
        "approval_rows": [_approval(one, person, may) for one in decided.approvals],
        "approval_url": _of(person, "approval-create") if may else "",
        "ruling": _ruling(decided.ruling) if dead else "",
        "ruling_url": _of(person, "death-ruling") if may and dead else "",
        "account_facts": _account(decided.account, person, may) if decided.account else [],
        "account_url": _of(person, "account") if may else "",
        "account_drop_url": _of(person, "account-drop") if may and decided.account else "",
        "earlier_url": _of(person, "earlier") if may else "",
    }


def _of(person: Retiree, name: str, *more: int) -> str:
    return reverse(f"benefits:{name}", args=[person.pk, *more])


def _approval(one: Approval, person: Retiree, may: bool) -> dict[str, Any]:
    upper = one.during.upper
    until = f"至{format_date(upper - timedelta(days=1))}" if upper else "起"
    return _row(
        one.benefit.name,
        f"{format_date(one.during.lower)}{until}",
        one.document,
        one.approved_by_name,
        one.note or "—",
        ("结束", _of(person, "approval-end", one.pk)) if may else "",
    )


def _ruling(ruling: DeathRuling | None) -> str:
    if ruling is None:
        return "没有认定，按病故计算。"
    return f"{ruling.get_kind_display()}（{ruling.document}）"


def _account(account: PayAccount, person: Retiree, may: bool) -> list[dict[str, Any]]:
    return [
        {"label": "户名", "value": account.holder},
        {"label": "开户行", "value": account.bank},
        {
            "label": "账号",
            "value": str(account.number),
            "secret": secret_of(account, _of(person, "account-reveal") if may else ""),
        },
    ]


# ---- why


@page(perms.can_see_money)
def month(request: HttpRequest, pk: int, year: int, number: int) -> HttpResponse:
    """Every rule considered for one month: which holds, and why the others do not."""
    person = the_person(request.actor, pk)
    first = _month(year, number, timezone.localdate())
    found, terms = month_explained(person, first)
    words = f"{month_words(first)}为什么"
    context = {
        "heading": f"{person.name}：{words}",
        "crumbs": crumbs(person, words),
        "page_actions": _beside(person, first),
        "entitled": [
            {
                "label": one.verdict.benefit.name,
                "value": f"{format_money(one.worth.money) if one.worth.money is not None else one.worth.missing}"
                f"{'（暂按较早公布的数据）' if one.worth.is_provisional else ''}　{one.words}",
            }
            for one in found.entitled
        ],
        "facts": _facts(found.facts, terms.places) if found.facts is not None else [],
        "benefits": _considered(found),
        "back": tab_of(person),
    }
    return render(request, "benefits/person_month.html", context)


def _month(year: int, number: int, today: date) -> date:
    if not 1 <= number <= 12 or not today.year - BACK // 12 <= year <= today.year + 1:
        raise Http404("no such month")
    return date(year, number, 1)


def _beside(person: Retiree, first: date) -> list[dict[str, str]]:
    """The months before and after."""
    before, after = month_of(first - timedelta(days=1)), next_month(first)
    today = timezone.localdate()
    return [
        {
            "label": label,
            "url": reverse("benefits:person-month", args=[person.pk, other.year, other.month]),
        }
        for label, other in (("上个月", before), ("下个月", after))
        if today.year - BACK // 12 <= other.year and other <= next_month(month_of(today))
    ]


def _considered(found: Explained) -> list[dict[str, Any]]:
    """By benefit: its standards with what became of each. Those of other counties are counted, not listed."""
    papers = dict(
        Standard.objects.filter(pk__in=[one.standard.key for one in found.considered]).values_list(
            "pk", "paper_id"
        )
    )
    by_benefit: dict[str, list[Verdict]] = {}
    for one in found.considered:
        by_benefit.setdefault(one.benefit.name, []).append(one)
    return [_benefit(name, rows, papers) for name, rows in by_benefit.items()]


def _benefit(name: str, verdicts: Sequence[Verdict], papers: Mapping[int, int]) -> dict[str, Any]:
    shown = [one for one in verdicts if one.outcome is not Outcome.OTHER_COUNTY]
    return {
        "name": name,
        "others": len(verdicts) - len(shown),
        "rows": [
            {
                "label": one.standard.label,
                "url": reverse("benefits:standard", args=[one.standard.key]),
                "worth": worth_words(one.standard, one.benefit),
                "paper": one.standard.paper,
                "paper_url": reverse("library:paper", args=[papers[one.standard.key]])
                if one.standard.key in papers
                else "",
                "outcome": OUTCOMES[one.outcome][0],
                "tone": OUTCOMES[one.outcome][1],
                "why": "" if one.outcome is Outcome.WON else one.why,
            }
            for one in shown
        ],
    }


def _facts(facts: Facts, places: Mapping[int, str]) -> list[dict[str, str]]:
    """What the register says of the person on the day that decided."""
    ages = f"{facts.full_age}周岁，{facts.nominal_age}虚岁" if facts.full_age is not None else ""
    found = (
        ("发放单位所在地", places.get(facts.place or 0, "")),
        ("类别", _label(Category, facts.category)),
        ("参加革命工作时期", _label(Period, facts.period)),
        ("参加革命工作时间", str(facts.joined or "")),
        ("离退休时间", str(facts.retired or "")),
        ("生活自理", _label(SelfCare, facts.self_care)),
        ("年龄", ages),
    )
    return [{"label": label, "value": value or "未填"} for label, value in found]


def _label(choices: Any, value: str) -> str:
    return str(dict(choices.choices).get(value, "")) if value else ""
