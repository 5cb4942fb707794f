"""An approved list as files: the workbook and the bank's file for finance, the signature sheet for the units."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.benefits.actions.errors import NotPossible
from apps.benefits.choices import RUN_FROZEN
from apps.benefits.models import PayAccount, Run, RunLine
from apps.benefits.queries.runs import run_lines
from apps.benefits.queries.terms import benefit_terms, standard_terms
from apps.benefits.rules.engine import worth_words
from apps.benefits.rules.months import month_words, span_words
from apps.core.chinese import format_date
from apps.core.documents.sections import Section, sections_pdf
from apps.core.scope import Actor
from apps.core.sheets import xlsx
from apps.core.sheets.csv_text import guard
from apps.core.sheets.table import About, Column

FILES = {"sheet": "发放表", "bank": "银行代发文件", "signatures": "签领表"}
TYPES = {
    "sheet": (".xlsx", xlsx.TYPE),
    "bank": (".csv", "text/csv; charset=utf-8"),
    "signatures": (".pdf", "application/pdf"),
}
MOST_SIGNED = 4000
"""People on one signature sheet: half a minute of the renderer."""


@dataclass(frozen=True)
class Payee:
    """One person of a run and all he gets."""

    retiree_id: int
    name: str
    unit: str
    money: Decimal
    what: str
    is_estate: bool


def title_of(run: Run) -> str:
    """南岭县2026年6月待遇发放, 南岭县2026年1月至6月待遇补发."""
    span = span_words(run.first_month, run.last_month)
    return f"{run.county.label}{span}待遇{'发放' if run.kind == 'month' else '补发'}"


def make_file(*, run: Run, what: str, today: date, by: Actor) -> bytes:
    """One of ``FILES`` of an approved run; written to the log like an export.

    Raises NotPossible for a run that is not approved, and where nobody is left for the file.
    """
    if run.state not in RUN_FROZEN:
        raise NotPossible("审批以后才能导出。")
    lines = [line for line in run_lines(run) if line.amount > 0]
    people = list(payees(lines))
    if not people:
        raise NotPossible("这份名单没有要发的人。")
    if what == "bank":
        content, number = _bank(run, people)
    elif what == "signatures":
        if len(people) > MOST_SIGNED:
            raise NotPossible(f"有{len(people)}人，一份最多{MOST_SIGNED}人。")
        content, number = _signatures(run, people, f"{by.name} {format_date(today)}"), len(people)
    else:
        content, number = _sheet(run, lines, by, today), len(people)
    record_event(
        kind=EventKind.EXPORT,
        summary=f"导出{FILES[what]}：{title_of(run)}，{number}人",
        by=by,
        subject=run,
        data={"people": number, "paper": what},
    )
    return content


def payees(lines: Sequence[RunLine]) -> Iterator[Payee]:
    """People in the order of the lines, each with the sum of his."""
    for key, rows in groupby(lines, key=lambda line: (line.unit_id, line.retiree_id)):
        own = list(rows)
        what = "、".join(dict.fromkeys(line.benefit.name for line in own))
        money = sum((line.amount for line in own), Decimal(0))
        yield Payee(key[1], own[0].name, own[0].unit.label, money, what, own[0].is_estate)


def _sheet(run: Run, lines: Sequence[RunLine], by: Actor, today: date) -> bytes:
    columns = [
        Column("编号", 10), Column("姓名", 10), Column("实发金额", 12, is_number=True), Column("单位", 24),
        Column("待遇项目", 16), Column("月份", 12), Column("标准", 28), Column("依据", 30),
        Column("应享", 12, is_number=True), Column("已结", 12, is_number=True), Column("本次", 12, is_number=True),
        Column("领取", 12), Column("备注", 24),
    ]  # fmt: skip
    rows = [
        [
            str(line.pk),
            line.name,
            "",
            line.unit.label,
            line.benefit.name,
            month_words(line.month),
            worth_words(standard_terms(line.standard), benefit_terms(line.benefit)) if line.standard else "",
            standard_terms(line.standard).paper if line.standard else "",
            f"{line.entitled:.2f}",
            f"{line.settled:.2f}",
            f"{line.amount:.2f}",
            "家属" if line.is_estate else "本人",
            "；".join(part for part in (line.why, "暂按上年数据" if line.is_provisional else "") if part),
        ]
        for line in lines
    ]
    about = About(
        title=title_of(run),
        lines=(
            ("条数", str(len(rows))),
            ("合计", f"{sum((line.amount for line in lines), Decimal(0)):,.2f}元"),
            ("对账", "发放后填“实发金额”，把“编号、姓名、实发金额”三列粘贴回系统"),
        ),
        mark=f"{by.name} {format_date(today)}",
        number="",
    )
    return xlsx.table_file(columns, rows, about)


def _bank(run: Run, people: Sequence[Payee]) -> tuple[bytes, int]:
    """户名, 账号, 开户行, 金额, 附言; people without an account, and estates, are paid otherwise and left out."""
    wanted = [one.retiree_id for one in people if not one.is_estate]
    accounts = {one.pk: one for one in PayAccount.objects.filter(pk__in=wanted)}
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow(("户名", "账号", "开户行", "金额", "附言"))
    number = 0
    for one in people:
        account = accounts.get(one.retiree_id)
        if account is None or one.is_estate or not account.number:
            continue
        plain = account.number.for_processing()
        note = span_words(run.first_month, run.last_month) + one.what
        sheet.writerow((guard(account.holder), plain, guard(account.bank), f"{one.money:.2f}", guard(note)))
        number += 1
    if not number:
        raise NotPossible("名单里没有人登记了发放账户，请先在个人的“待遇发放”页登记。")
    return ("\ufeff" + out.getvalue()).encode(), number


def _signatures(run: Run, people: Sequence[Payee], mark: str) -> bytes:
    columns = [
        Column("序号", 6, is_number=True), Column("姓名", 14), Column("待遇项目", 40),
        Column("金额（元）", 16, is_number=True), Column("签领人", 20), Column("签领日期", 18), Column("备注", 22),
    ]  # fmt: skip
    sections = []
    for unit, rows in groupby(people, key=lambda one: one.unit):
        own = list(rows)
        total = sum((one.money for one in own), Decimal(0))
        sections.append(
            Section(
                f"{title_of(run)}签领表",
                f"单位：{unit}　共{len(own)}人　{total:,.2f}元",
                columns,
                [
                    [
                        str(place),
                        one.name,
                        one.what,
                        f"{one.money:,.2f}",
                        "",
                        "",
                        "家属代领" if one.is_estate else "",
                    ]
                    for place, one in enumerate(own, start=1)
                ],
                ["", "合计", f"{len(own)}人", f"{total:,.2f}", "", "", ""],
            )
        )
    return sections_pdf(sections, mark)
