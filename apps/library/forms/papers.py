"""Forms of a paper: its facts, its end, its file, its clauses, what it replaces."""

import re
import uuid
from datetime import date
from typing import Any

from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.utils import timezone

from apps.audit.actions import refuse_marked_file
from apps.core.inputs import AnyDayField, PartialDateField, PlainForm, TokenField, WordsField
from apps.core.sniffing import MAX_BYTES
from apps.library.choices import PaperLevel, Secrecy
from apps.library.models import Clause, Paper
from apps.library.rules import LONGEST_CLAUSE, PaperRefused, split_clauses

FIELDS = (
    "number",
    "title",
    "issuer",
    "level",
    "issued_on",
    "starts_on",
    "secrecy",
    "summary",
    "source",
)
_YEAR = re.compile(r"[\[［【(（〔]\s*(\d{4})\s*[\]］】)）〕]")
FIRST_YEAR, YEARS_AHEAD = 1921, 20
PASTED = 200_000
"""Characters of one pasting."""


class PaperDayField(AnyDayField):
    """A day in the years in which papers hold."""

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and not FIRST_YEAR <= day.year <= timezone.localdate().year + YEARS_AHEAD:
            raise forms.ValidationError("年份不对，请核对。")
        return day


class PaperForm(PlainForm):
    """The facts of a paper."""

    error_title = "文件没有保存"
    number = WordsField(
        label="文号",
        max_length=80,
        help_text="如 云老干〔2026〕8号；没有文号的，写通俗的名称",
        error_messages={"required": "请填写文号；没有文号的，写通俗的名称。"},
    )
    title = WordsField(label="标题", max_length=200, error_messages={"required": "请填写标题。"})
    issuer = WordsField(
        label="发文机关",
        max_length=120,
        help_text="几家联合发文的，用顿号隔开",
        error_messages={"required": "请填写发文机关。"},
    )
    level = forms.ChoiceField(label="层级", choices=[("", "请选择"), *PaperLevel.choices])
    issued_on = PartialDateField(label="发文日期", help_text="只知道年月就填年月，如 2017年7月")
    starts_on = PaperDayField(
        label="施行日期", required=False, help_text="从哪天起按它执行，可以早于发文日期；不清楚的空着"
    )
    secrecy = forms.ChoiceField(
        label="公开属性",
        choices=Secrecy.choices,
        widget=forms.RadioSelect,
        help_text="只收公开和内部文件，涉密文件不得录入",
    )
    summary = WordsField(
        label="内容摘要",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    source = WordsField(
        label="出处", required=False, max_length=200, help_text="不是从原件来的，写从哪里得到，如汇编的名称"
    )
    token = TokenField()
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)

    def __init__(self, data: Any = None, *, today: date, paper: Paper | None = None) -> None:
        initial: dict[str, Any] = {"token": uuid.uuid4(), "secrecy": Secrecy.OPEN}
        if paper is not None:
            initial |= {name: getattr(paper, name) for name in FIELDS} | {"version": paper.version}
        super().__init__(data, initial=initial)
        issued: Any = self.fields["issued_on"]
        issued.today = today
        self.helper.layout = Layout(
            "number",
            "title",
            Row(Column("issuer"), Column("level")),
            Row(Column("issued_on"), Column("starts_on")),
            "secrecy",
            Fieldset("内容", "summary", "source"),
            "token",
            "version",
        )

    def clean_number(self) -> str:
        """The brackets of the year as papers have them, so that one paper is not there under two numbers."""
        return _YEAR.sub(r"〔\1〕", self.cleaned_data["number"])

    def values(self) -> dict[str, Any]:
        """Fields of the paper."""
        return {name: self.cleaned_data[name] for name in FIELDS}


class RepealForm(PlainForm):
    """From which day on a paper no longer holds."""

    error_title = "废止没有登记"
    ended_on = PaperDayField(
        label="废止日期",
        help_text="从这一天起不再执行",
        error_messages={"required": "请填写废止日期。"},
    )
    ended_note = WordsField(
        label="废止依据",
        max_length=200,
        help_text="哪份文件、哪次会议决定的；有替代文件的，到新文件上登记替代",
        error_messages={"required": "请写明依据。"},
    )

    def __init__(self, data: Any = None, *, paper: Paper) -> None:
        super().__init__(data, initial={"ended_on": paper.ended_on, "ended_note": paper.ended_note})


class FileForm(PlainForm):
    """The file of a paper."""

    error_title = "原文没有上传"
    file = forms.FileField(
        label="原文",
        validators=[refuse_marked_file],
        help_text=f"PDF、JPEG、PNG、Word（.docx）、Excel（.xlsx），{MAX_BYTES // 1024 // 1024} MB 以内。"
        "不得上传涉密文件。",
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新选择。"},
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.docx,.xlsx", "data-max-mb": 20}),
    )
    token = TokenField()

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial={"token": uuid.uuid4()})


class ClauseForm(PlainForm):
    """One clause."""

    error_title = "条款没有保存"
    label = WordsField(
        label="条款",
        max_length=40,
        help_text="如 第二条、三（一）",
        error_messages={"required": "请填写是第几条。"},
    )
    text = WordsField(
        label="条文",
        max_length=LONGEST_CLAUSE,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "请填写条文。"},
    )
    sort = forms.IntegerField(
        label="次序",
        required=False,
        min_value=0,
        max_value=30_000,
        help_text="小的排在前面；新条款空着就排在最后",
    )
    token = TokenField()
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)

    def __init__(self, data: Any = None, *, clause: Clause | None = None) -> None:
        initial: dict[str, Any] = {"token": uuid.uuid4()}
        if clause is not None:
            initial |= {name: getattr(clause, name) for name in ("label", "text", "sort", "version")}
        super().__init__(data, initial=initial)

    def values(self) -> dict[str, Any]:
        """Fields of the clause; a place that is left empty is none."""
        return {name: self.cleaned_data[name] for name in ("label", "text", "sort")}


class PasteForm(PlainForm):
    """Many clauses at once."""

    error_title = "条款没有保存"
    text = WordsField(
        label="条文",
        max_length=PASTED,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
        help_text="从原文复制。以“第二条”“二、”或“（一）”开头的每一行开始新的一条；章节标题不收",
        error_messages={"required": "请粘贴条文。"},
    )
    token = TokenField()

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()})
        self.clauses: list[tuple[str, str]] = []

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        try:
            self.clauses = split_clauses(text)
        except PaperRefused as problem:
            raise forms.ValidationError(str(problem)) from problem
        return text


class PaperChoice(forms.ModelChoiceField):
    """A paper by number and title."""

    def label_from_instance(self, paper: Any) -> str:
        return f"{paper.number}　{paper.title}"[:100]


class SupersedeForm(PlainForm):
    """Which paper is replaced, and how much of it."""

    error_title = "替代没有登记"
    older = PaperChoice(
        label="被替代的文件",
        queryset=Paper.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择被替代的文件。"},
    )
    extent = forms.ChoiceField(
        label="替代多少",
        choices=[("whole", "全部替代：原来的文件不再执行"), ("part", "部分替代：其余的继续执行")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择全部还是部分。"},
    )
    note = WordsField(
        label="替代的内容",
        required=False,
        max_length=200,
        help_text="部分替代的，写明哪些条款、哪项标准",
    )
    token = TokenField()

    def __init__(self, data: Any = None, *, newer: Paper) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()})
        older: Any = self.fields["older"]
        older.queryset = (
            Paper.objects.filter(county_id=newer.county_id)
            .exclude(pk=newer.pk)
            .exclude(replaced_by__newer=newer)
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("extent") == "part" and not data.get("note") and "note" not in self.errors:
            self.add_error("note", "部分替代的，请写明替代了哪些内容。")
        return data
