"""What the gallery's pages show: invented people and numbers."""

from typing import Any

import django_tables2 as tables
from django.contrib.messages import ERROR, INFO, SUCCESS, WARNING
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.test import RequestFactory
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from apps.core.plain_tables import PlainTable
from tests.look import forms

REASONS = [
    {"value": "check", "label": "核对证件信息"},
    {"value": "contact", "label": "联系本人或家属"},
    {"value": "benefit", "label": "办理待遇、报销"},
]
PEOPLE = [
    line.split("|")
    for line in """
邓忠永|女|1928年1月|98|离休|正县级|县财政局|4201**********1000|健康|2026年9月12日
蒋德江|男|1938年2月|88|退休|副县级|县水利局|4201**********1037|一般|超期41天
孙德生|男|1940年3月|86|退休|正科级|城关镇|4201**********1074|卧床|2026年2月3日
陈民义|女|1942年4月|84|退休|副厅级|县人大办|4201**********1111|失能|从未
卢桂国|男|1932年5月|94|离休|正县级|县财政局|4201**********1148|健康|2026年9月12日
袁祖新|男|1946年6月|80|退休|副县级|县水利局|4201**********1185|一般|超期41天
田玉兰|女|1948年7月|78|退休|正科级|城关镇|4201**********1222|空巢|2026年2月3日
冯栋光|男|1950年8月|76|退休|副厅级|县人大办|4201**********1259|慢性病|从未
孟䶮|男|1936年9月|90|离休|正县级|县财政局|4201**********1296|困难|2026年9月12日
阿卜杜热合曼·买买提吐尔逊·阿不都克里木|男|1929年10月|97|退休|副县级|县退役军人事务和社会保障综合服务中心（筹）|4201**********1333|一般|—
宋春生|男|1956年11月|70|退休|正科级|城关镇|4201**********1370|卧床|2026年2月3日
郝怀远|男|1958年12月|68|退休|副厅级|县人大办|4201**********1407|慢性病|从未
龚光荣|女|1940年1月|86|离休|正县级|县财政局|4201**********1444|健康|2026年9月12日
汪水生|男|1962年2月|64|退休|副县级|县水利局|4201**********1481|一般|超期41天
""".split()
]
FIELDS = ("name", "sex", "birth", "age", "category", "rank", "unit", "id_number", "health", "visited")
HEALTH_TONES = {"失能": "amber", "空巢": "amber", "困难": "red"}


class Person(dict[str, Any]):
    def __str__(self) -> str:
        return str(self["name"])

    @property
    def pk(self) -> int:
        return int(self["pk"])


def people() -> list[Person]:
    rows = [Person(zip(FIELDS, row, strict=True), pk=100 + place) for place, row in enumerate(PEOPLE * 2)]
    for place, row in enumerate(rows[len(PEOPLE) :]):
        row["name"] = "赵钱孙李周吴郑王冯陈"[place % 10] + ("国强", "建华", "秀英", "志远", "明")[place % 5]
        row["age"] = int(row["age"]) - 9
    return rows


def tag(text: str, tone: str) -> SafeString:
    return format_html('<span class="tag-word tone-{}">{}</span>', tone, text)


class RegisterTable(PlainTable):
    name = tables.Column(verbose_name="姓名", attrs={"cell": {"class": "key"}})
    sex = tables.Column(verbose_name="性别")
    birth = tables.Column(verbose_name="出生年月", attrs={"cell": {"class": "date"}})
    age = tables.Column(verbose_name="周岁", attrs={"cell": {"class": "num"}})
    category = tables.Column(verbose_name="类别")
    rank = tables.Column(verbose_name="享受待遇")
    unit = tables.Column(verbose_name="管理单位", attrs={"cell": {"class": "text"}})
    id_number = tables.Column(verbose_name="身份证号", orderable=False, attrs={"cell": {"class": "mask"}})
    health = tables.Column(verbose_name="健康状况")
    visited = tables.Column(verbose_name="最近走访", attrs={"cell": {"class": "date"}})

    selectable = True
    caption = "在册人员"
    row_unit = "人"
    empty_state = {
        "title": "还没有人员",
        "text": "可以从现有的花名册导入，也可以逐人新增。",
        "action_label": "导入Excel花名册",
        "action_url": "#",
    }

    class Meta:
        order_by = "-age"

    def render_name(self, value: str) -> SafeString:
        return format_html('<a href="person.html">{}</a>', value)

    def render_category(self, value: str) -> SafeString:
        return tag(value, "brand" if value == "离休" else "blue")

    def render_health(self, value: str) -> SafeString | str:
        return tag(value, HEALTH_TONES[value]) if value in HEALTH_TONES else value

    def render_visited(self, value: str) -> SafeString | str:
        if value.startswith("超期"):
            return tag(value, "amber")
        return tag(value, "grey") if value == "从未" else value


def menu(active: str) -> list[dict[str, Any]]:
    groups = [
        ("", [("工作台", ""), ("领导看板", "")]),
        ("人与事", [("人员名册", "12,086")]),
        ("材料", [("报表简报", ""), ("数据导入", "")]),
        ("系统", [("单位", ""), ("用户与权限", ""), ("操作日志", ""), ("后台任务", "2"), ("系统状态", "")]),
    ]
    return [
        {
            "label": label,
            "items": [
                {"label": name, "url": "list.html", "active": name == active, "count": count}
                for name, count in items
            ],
        }
        for label, items in groups
    ]


def portal(active: str, display: dict[str, str]) -> dict[str, Any]:
    return {
        "city_name": "云溪市",
        "site_name": "云溪市老干部工作平台",
        "actor": {"name": "周文", "place": "南岭县"},
        "grant_label": "南岭县 · 县局经办",
        "grants": [
            {"id": 1, "label": "南岭县 · 县局经办", "active": True},
            {"id": 2, "label": "石桥县 · 县局领导", "active": False},
        ],
        "menu": menu(active),
        "display": {
            "size": "standard",
            "contrast": "normal",
            "density": "standard",
            "shortcuts": "on",
            **display,
        },
        "todo": {"count": 5, "url": "#"},
        "search_url": "#",
        "search_hint": "姓名、拼音首字母、身份证号",
        "idle_seconds": 900,
        "last_sign_in": "2026年11月21日 08:32",
        "session_ends_at": "2026-11-22T20:30:00+08:00",
    }


ACTIVE = {
    "dashboard": "领导看板",
    "import": "数据导入",
    "confirm": "数据导入",
    "phone": "工作台",
    "gallery": "工作台",
}


def context(name: str, display: dict[str, str]) -> dict[str, Any]:
    """Everything the page of that name reads."""
    base = {
        "portal": portal(ACTIVE.get(name, "人员名册"), display),
        "request": RequestFactory().get("/list.html", {"sort": "name", "page": "1"}),
        "csrf_token": "sample-token-for-the-gallery-only",
        "messages": [],
    }
    makers = {
        "list": lambda: register(people()),
        "empty": lambda: (
            register([]) | {"views": [], "filters": None, "chips": [], "selection": None, "subheading": "0人"}
        ),
        "person": person,
        "import": import_preview,
        "dashboard": dashboard,
        "form": lambda: person_form(None),
        "errors": lambda: person_form({"name": "", "joined_on": "1947.13", "category": "retired"}),
        "phone": visit_form,
        "sign-in": lambda: {"form": forms.SignInForm()},
        "confirm": confirm,
        "gallery": components,
    }
    return base | makers[name]()


def error_context(code: str) -> dict[str, Any]:
    """What an error page gets; 500 gets nothing at all."""
    if code == "500":
        return {}
    return {"portal": portal("", {}), "request_number": "3f9c2a7d10be", "messages": [], "form": None}


def register(rows: list[Person]) -> dict[str, Any]:
    table = RegisterTable(rows)
    table.paginate(page=1, per_page=50)
    filter_form = forms.RegisterFilter()
    return {
        "heading": "在册人员",
        "subheading": "1,342人 · 截至2026年11月22日",
        "crumbs": [{"label": "人员名册", "url": ""}],
        "page_actions": [
            {"label": "打印", "url": "#"},
            {"label": "导出", "url": "#"},
            {"label": "导入Excel", "url": "import.html"},
            {"label": "新增人员", "url": "form.html", "kind": "primary", "key": "n"},
        ],
        "views": [
            {"label": "全部", "url": "#", "active": True},
            {"label": "离休干部", "url": "#", "count": "28"},
            {"label": "双高期", "url": "#", "count": "211"},
            {"label": "本季应走访", "url": "#", "count": "64"},
            {"label": "资料不全", "url": "#", "count": "93"},
            {"label": "＋ 存为视图", "url": "#"},
        ],
        "filters": {
            "action": "list.html",
            "fields": [filter_form["q"], filter_form["category"], filter_form["unit"]],
            "more": [filter_form[name] for name in ("age_from", "age_to", "health", "rank", "sex", "period")],
            "keep": [{"name": "sort", "value": "name"}],
            "columns_url": "#columns",
            "density_url": "/account/display/",
        },
        "chips": [{"label": "年龄 ≥ 80", "url": "#"}, {"label": "健康：卧床、慢性病", "url": "#"}],
        "clear_url": "#",
        "conditions": "年龄 ≥ 80；健康：卧床、慢性病",
        "columns": {
            "action": "list.html",
            "method": "get",
            "columns": [
                {"name": name, "label": column.verbose_name, "shown": True, "locked": name == "name"}
                for name, column in table.base_columns.items()
            ],
            "keep": [],
            "reset_url": "#",
        },
        "selection": {
            "actions": [{"url": "#export", "label": "导出所选"}, {"url": "#print", "label": "打印所选"}],
            "total": "1,342 人",
            "scope": "年龄 ≥ 80",
            "query": "age_from=80",
            "as_seen": [("sort", "-age")],
        },
        "table": table,
        "total": "1,342 人",
    }


def person() -> dict[str, Any]:
    return {
        "crumbs": [
            {"label": "人员名册", "url": "list.html"},
            {"label": "南岭县", "url": "list.html"},
            {"label": "县财政局", "url": ""},
        ],
        "card": {
            "title": "邓忠永",
            "subtitle": "",
            "photo_url": "",
            "photo_label": "照片",
            "photo_edit_url": "#",
            "tags": [
                {"text": "离休", "tone": "brand"},
                {"text": "解放战争时期", "tone": "blue"},
                {"text": "生活不能自理 2026年3月起", "tone": "amber"},
            ],
            "facts": [
                {"label": "性别", "value": "男"},
                {"label": "出生", "value": "1924年7月（102周岁）"},
                {"label": "参加革命工作", "value": "1948年2月"},
                {"label": "原任职务", "value": "县水利局工程师"},
                {"label": "享受待遇", "value": "正县级（1993年10月）"},
                {"label": "离休", "value": "1988年6月"},
                {"label": "身份证号", "secret": secret("id-number", "4201**********6490")},
                {"label": "联系电话", "secret": secret("phone", "139****1394")},
                {"label": "资料完整", "value": "20/22", "url": "form.html", "url_label": "补：医保号、婚姻"},
            ],
            "actions": [
                {"label": "打印一人一档", "url": "#"},
                {
                    "label": "登记变化",
                    "choices": [{"label": "住院、病重", "url": "#"}, {"label": "去世", "url": "#"}],
                },
                {"label": "修改", "url": "form.html", "kind": "primary", "key": "e"},
            ],
        },
        "tabs": [
            {"label": "经历一览", "url": "#", "active": True},
            {"label": "基本", "url": "#"},
            {"label": "履历", "url": "#", "count": 6},
            {"label": "家庭", "url": "#", "count": 3},
            {"label": "待遇", "url": "#", "count": 4},
            {"label": "走访", "url": "#", "count": 11},
            {"label": "活动", "url": "#", "count": 2},
            {"label": "诉求", "url": "#", "count": 1},
            {"label": "文件", "url": "#", "count": 5},
            {"label": "变更记录", "url": "#"},
        ],
        "events": EVENTS,
        "next_facts": [
            {"label": "季度走访", "value": "12月20日前", "url": "#", "url_label": "安排"},
            {"label": "自理能力复评", "value": "2027年3月"},
            {"label": "农历生日", "value": "六月初九（2027年7月12日）"},
        ],
    }


def secret(place: str, mask: str) -> dict[str, Any]:
    return {"id": place, "mask": mask, "url": "/reveal/", "reasons": REASONS}


def revealed() -> dict[str, Any]:
    """What the answer to 显示 is made of."""
    shown = {"label": "身份证号", "value": "420106192407126490", "seconds": "60", "csrf_token": "sample"}
    return secret("id-number", "4201**********6490") | shown


EVENTS = [
    {
        "when": "2026年11月3日",
        "kind": "走访",
        "text": "县委组织部部长到县医院看望，慰问金1,000.00元；血压偏高，想换靠窗床位",
        "tag": "已办结",
        "tone": "green",
        "state": "done",
    },
    {"when": "2026年10月", "kind": "待遇", "text": "护理费 2,500.00元／月（组通字〔2017〕37号）"},
    {"when": "2026年3月18日", "kind": "状态", "text": "经评估生活完全不能自理，县局审核", "state": "look"},
    {"when": "2026年2月9日", "kind": "走访", "text": "春节慰问，市领导第2组"},
]


CELL = ("label", "text", "state", "why")
IMPORT_ROWS = [
    line.split("|")
    for line in """
14|错误|蒋德江|男|1956.12|421321195612240561#wrong#校验位不对，请对照证件原件重录|退休|1979.05
19|错误|孙德生|女|1947.13#wrong#没有13月|420381194703176303|退休|1965.07
23|错误|卢桂国|男|1941.09|4.20106E+17#wrong#Excel已丢失末几位，请按文本重新录入|退休|1965.01
31|疑问|冯栋光|男|1925.05|421321192505183233|离休|1945.09#look#9月3日前为抗战时期，后为解放战争时期；请按档案确定日期
""".split()
]


def import_preview() -> dict[str, Any]:
    labels = ["姓名", "性别", "出生年月", "身份证号", "类别", "参加工作时间"]
    return {
        "crumbs": [{"label": "数据导入", "url": "#"}, {"label": "南岭县花名册.xlsx", "url": ""}],
        "stages": [
            {"label": "上传", "state": "done"},
            {"label": "对应列", "note": "15列，自动识别", "state": "done"},
            {"label": "核对", "state": "now"},
            {"label": "写入", "state": ""},
        ],
        "counts": [
            {"label": "全部", "count": 42, "url": "#"},
            {"label": "新增", "count": 24, "url": "#"},
            {"label": "更新", "count": 6, "url": "#"},
            {"label": "无变化", "count": 3, "url": "#"},
            {"label": "有错误", "count": 9, "url": "#", "active": True, "tone": "wrong"},
            {"label": "有疑问", "count": 7, "url": "#", "tone": "look"},
        ],
        "columns": labels,
        "rows": [
            {
                "number": number,
                "verdict": verdict,
                "cells": [
                    dict(zip(CELL, (label, *value.split("#"), "", ""), strict=False))
                    for label, value in zip(labels, values, strict=True)
                ],
            }
            for number, verdict, *values in IMPORT_ROWS
        ],
        "page_actions": [
            {"label": "下载标注错误的原表", "url": "#"},
            {"label": "放弃", "url": "confirm.html"},
            {"label": "写入可用的 33 行", "url": "#", "kind": "primary", "method": "post"},
        ],
    }


RATES = [
    ("市直", 98), ("南岭县", 94), ("石桥县", 92), ("柳泉市", 85), ("东湖区", 82),
    ("北塘县", 76), ("开发区", 70), ("临江区", 62), ("白石县", 49),
]  # fmt: skip


def bars() -> SafeString:
    """A stand-in for the server's chart, drawn by hand."""
    parts = []
    for place, (name, rate) in enumerate(RATES):
        y = 8 + place * 27
        parts.append(
            f'<text x="70" y="{y + 14}" text-anchor="end">{name}</text><a href="list.html" aria-label="{name} {rate}%">'
            f'<rect x="80" y="{y}" width="{rate * 4}" height="18" fill="#1d4f7c"/></a>'
            f'<text x="{86 + rate * 4}" y="{y + 14}">{rate}%</text>'
        )
    return mark_safe(
        '<svg viewBox="0 0 530 256" width="530" height="256" role="group" aria-label="各县市区走访率条形图"'
        f' font-size="14" fill="#1f2733">{"".join(parts)}</svg>'
    )


def dashboard() -> dict[str, Any]:
    figures = [
        ("在册离退休干部", "12,086", "人", "11,873", "213", "up", ""),
        ("离休干部", "214", "人", "246", "32", "down", ""),
        ("80岁以上", "3,905", "人", "3,702", "203", "up", ""),
        ("本年去世", "187", "人", "171", "16", "up", ""),
        ("应走访已走访", "83.4", "%", "79.1%", "4.3 个百分点", "up", "good"),
        ("超期未走访", "412", "人", "530", "118", "down", "good"),
        ("省级以上用稿", "26", "篇", "31", "5", "down", "bad"),
        ("整改未销号", "14", "项", "—", "", "", ""),
    ]
    keys = ("label", "value", "unit", "previous", "change", "trend", "verdict")
    return {
        "crumbs": [{"label": "领导看板", "url": "#"}, {"label": "全市", "url": ""}],
        "page_actions": [{"label": "大屏", "url": "#"}, {"label": "生成简报", "url": "#", "kind": "primary"}],
        "tiles": [dict(zip(keys, row, strict=True), href="list.html", note="") for row in figures],
        "chart": {
            "svg": bars(),
            "columns": [{"label": "县市区", "num": False}, {"label": "走访率", "num": True}],
            "rows": [
                {"cells": [{"text": name, "url": "list.html"}, {"text": f"{rate}%"}]} for name, rate in RATES
            ],
        },
        "events": [
            {"when": "逾期 6天 · 白石县", "text": "乡镇老干部工作检查整改：2项未报结果", "state": "wrong"},
            {
                "when": "今天到期 · 全市",
                "text": "牵手活动书面报告：3个县市区未报",
                "url": "#",
                "url_label": "催办",
                "state": "look",
            },
            {"when": "11月20日 · 市直", "text": "护理费补发：214人、51.6万元，待审核"},
            {"when": "11月18日 · 南岭县", "text": "离休干部住院：2人，未安排看望"},
        ],
    }


def person_form(data: dict[str, str] | None) -> dict[str, Any]:
    form = forms.PersonForm(data)
    form.doubts = (
        {"joined_on": ["离休干部参加革命工作应在1949年9月30日以前，请核对档案。"]} if data is None else {}
    )
    return {
        "heading": "新增人员",
        "subheading": "南岭县",
        "crumbs": [{"label": "人员名册", "url": "list.html"}, {"label": "新增人员", "url": ""}],
        "form": form,
        "submit_label": "保存",
        "cancel_url": "list.html",
    }


def visit_form() -> dict[str, Any]:
    return {
        "heading": "记一次走访",
        "crumbs": [{"label": "走访慰问", "url": "#"}, {"label": "2027年春节 · 第2组", "url": ""}],
        "form": forms.VisitForm(
            initial={"way": "home", "health": "bedridden", "money": "1,000.00", "wish": "想换靠窗床位"}
        ),
        "submit_label": "保存",
    }


def confirm() -> dict[str, Any]:
    return {
        "heading": "放弃这次导入",
        "crumbs": [{"label": "数据导入", "url": "#"}, {"label": "放弃", "url": ""}],
        "confirm": {
            "question": "放弃“南岭县花名册.xlsx”的导入？",
            "text": "",
            "effects": ["已核对的 42 行和改过的内容都会删除。", "名册不受影响：这一批还没有写入。"],
            "url": "#",
            "hidden": [{"name": "version", "value": "3"}],
            "submit_label": "放弃导入",
            "danger": "yes",
            "cancel_url": "import.html",
        },
    }


def components() -> dict[str, Any]:
    return {
        "tones": ["brand", "blue", "green", "amber", "red", "grey"],
        "notices": [
            Message(SUCCESS, "已保存邓忠永的修改。"),
            Message(WARNING, "离休日期早于参加革命工作日期，请核对。"),
            Message(ERROR, "文件没有上传成功，请重新选择。"),
            Message(INFO, "今晚22:00至22:30系统维护。"),
        ],
        "secret": secret("sample-secret", "4201**********6490"),
        "upload": forms.UploadForm(),
        "page": Paginator(range(1342), 50).page(5),
        "tiles": dashboard()["tiles"][4:7],
        "stages": [
            {"label": "上传", "state": "done"},
            {"label": "对应列", "note": "第3列没有认出", "state": "wrong"},
            {"label": "核对", "state": ""},
        ],
        "facts": person()["card"]["facts"][:6],
        "events": EVENTS,
    }
