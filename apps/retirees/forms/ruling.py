"""The form of a ruling on the date of joining, with its proof."""

from collections.abc import Iterable
from typing import Any

from django import forms

from apps.audit.actions import refuse_marked_file
from apps.core.inputs import AnyDayField, DayField, PartialDateField, TextField
from apps.core.sniffing import MAX_BYTES
from apps.retirees.choices import Period
from apps.retirees.forms.changes import ChangeForm
from apps.retirees.models import Attachment, Retiree
from apps.retirees.rules import period_of


class RulingForm(ChangeForm):
    """A ruling wants proof, approver and paper; where the date on file decides by itself, a reason as well."""

    joined_on = PartialDateField(
        label="认定的参加革命工作时间", required=True, error_messages={"required": "请填写认定的时间。"}
    )
    basis = TextField(
        label="依据材料",
        required=True,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="档案中的自传、简历、审干结论等，写明名称和形成时间",
        error_messages={"required": "请写明依据的档案材料。"},
    )
    approved_by = TextField(
        label="批准人或批准单位", required=True, max_length=60, error_messages={"required": "请填写批准人。"}
    )
    document = TextField(label="批准文号", max_length=80)
    decided_on = DayField(label="认定日期", error_messages={"required": "请填写认定日期。"})
    benefits_from = AnyDayField(
        label="待遇从哪天起按认定计算",
        required=False,
        help_text="以前各月仍按原来的时期；空着就是从头按认定重算",
    )
    reason = TextField(
        label="改认的理由",
        required=True,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="现有时间已能确定时期，改认要写明理由，记入日志",
        error_messages={"required": "请写明为什么要改认。"},
    )
    paper = forms.ChoiceField(label="依据扫描件", required=False, help_text="从已上传的文件里选")
    file = forms.FileField(
        validators=[refuse_marked_file],
        label="或者现在上传扫描件",
        required=False,
        help_text="PDF、JPEG、PNG、Word（.docx）、Excel（.xlsx），20 MB 以内；存入这个人的文件。不得上传涉密文件",
        error_messages={"empty": "文件是空的，请重新选择。"},
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.docx,.xlsx", "data-max-mb": 20}),
    )
    rows = (
        ("joined_on", "decided_on"),
        ("basis",),
        ("approved_by", "document"),
        ("benefits_from",),
        ("paper", "file"),
        ("reason",),
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        person: Retiree,
        papers: Iterable[Attachment] = (),
        **kwargs: Any,
    ) -> None:
        self.needed = person.period == Period.NEEDS_RULING
        super().__init__(data, person=person, **kwargs)
        self.files = files if files is not None else self.files
        self.papers = {str(paper.pk): paper for paper in papers}
        self.fields["paper"].choices = [
            ("", "没有"),
            *((key, paper.title) for key, paper in self.papers.items()),
        ]
        if self.needed:
            del self.fields["reason"]
            self.lay_out()

    def clean_paper(self) -> Attachment | None:
        return self.papers.get(self.cleaned_data["paper"])

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MAX_BYTES:
            raise forms.ValidationError("文件超过 20 MB，请压缩或分开上传。")
        return file

    def clean_joined_on(self) -> Any:
        joined = self.cleaned_data["joined_on"]
        if period_of(joined) == Period.NEEDS_RULING:
            raise forms.ValidationError("这个时间仍然跨两个时期，请认定到日。")
        return joined

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        joined, decided = data.get("joined_on"), data.get("decided_on")
        if joined and decided and joined.earliest > decided:
            self.add_error("joined_on", "不能晚于认定日期。")
        if data.get("paper") and data.get("file"):
            self.add_error("file", "已选了一份文件，就不要再上传。")
        return data
