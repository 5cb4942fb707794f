"""Uploading a file, choosing how it is written."""

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.files.uploadedfile import UploadedFile

from apps.audit.actions import refuse_marked_file, refuse_marked_text
from apps.core.scope import Actor
from apps.imports.choices import Decision, Mode
from apps.imports.reading.refusals import MAX_FILE_BYTES, REASONS
from apps.imports.rules import Review, importers
from apps.units.choices import Level
from apps.units.models import Unit


class UploadForm(forms.Form):
    """A file, what it is, and the place it belongs to."""

    kind = forms.ChoiceField(
        label="内容",
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "请选择其中一种。"},
    )
    unit = forms.ModelChoiceField(
        label="归入",
        queryset=Unit.objects.none(),
        empty_label="请选择县市区或单位",
        help_text="整个县市区的表选县市区，表里的“单位”一列会对应到各单位；一个单位的表选这个单位。",
    )
    file = forms.FileField(
        validators=[refuse_marked_file],
        label="文件",
        required=False,
        help_text="支持 .xlsx、.xls、.csv，花名册还可以是任免审批表 .lrmx（单个或打成zip）；20MB以内、2万行以内。"
        "标题、合并单元格、小计行不用删，系统会自己认。",
        error_messages={"empty": REASONS["empty"]},
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.lrmx,.zip"}),
    )
    pasted = forms.CharField(
        validators=[refuse_marked_text],
        label="或者从Excel粘贴",
        required=False,
        strip=False,
        max_length=700_000,
        help_text="在Excel里选中要导入的区域，连同列名那一行一起复制，粘贴到这里。",
        error_messages={"max_length": "粘贴的内容太多。请存成文件后上传。"},
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.fields["kind"].choices = [(one.kind, one.wording.file) for one in importers.values()]
        self.fields["kind"].initial = "roster"
        units = Unit.objects.visible_to(actor).exclude(level=Level.CITY)
        if actor.unit_id is not None:
            units = units.filter(pk=actor.unit_id)
        self.fields["unit"].queryset = units.order_by("area__sort", "area_id", "level", "sort", "pk")
        self.fields["unit"].initial = actor.unit_id or actor.county_id

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or "roster"

    def clean_file(self) -> UploadedFile | None:
        file = self.cleaned_data["file"]
        if file and file.size > MAX_FILE_BYTES:
            raise forms.ValidationError(REASONS["too-large"])
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        has_text = bool((data.get("pasted") or "").strip())
        if "file" not in self.errors and "pasted" not in self.errors:
            if data.get("file") and has_text:
                self.add_error("pasted", "文件和粘贴只用一种，请清空其中一个。")
            elif not data.get("file") and not has_text:
                self.add_error("file", "请选择文件，或在下面粘贴。")
        return data

    @property
    def upload(self) -> tuple[str, bytes]:
        """Name and content: the file, or the pasted block as a text of its own."""
        file = self.cleaned_data.get("file")
        if file:
            return file.name, file.read()
        text = self.cleaned_data["pasted"].encode("utf-8", "replace")
        return "粘贴的内容.txt", b"\xef\xbb\xbf" + text


class TemplateForm(forms.Form):
    """Whose units the empty sheet offers: the city picks a county, everybody else has one."""

    unit = forms.ModelChoiceField(
        label="县市区",
        queryset=Unit.objects.none(),
        required=False,
        empty_label="不带单位列表",
        help_text="选了县市区，模板里“单位”一列可以从它的单位里下拉选择。",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.actor = actor
        if actor.county_id is None:
            self.fields["unit"].queryset = Unit.objects.visible_to(actor).counties()
        else:
            del self.fields["unit"]

    @property
    def county_id(self) -> int | None:
        """The county whose units are meant; None: no list."""
        if self.actor.county_id is not None:
            return self.actor.county_id
        county = self.cleaned_data["unit"]
        return county.pk if county else None


PROOFS = {".pdf": b"%PDF-", ".jpg": b"\xff\xd8\xff", ".jpeg": b"\xff\xd8\xff", ".png": b"\x89PNG"}
MAX_PROOF_BYTES = 10 * 1024 * 1024


class ConfirmForm(forms.Form):
    """How to write; with ``for_review`` also why fields that wait for review should change."""

    mode = forms.ChoiceField(label="写入方式", choices=Mode.choices)
    reason = forms.CharField(
        label="修改的原因和依据",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": "请写明原因和依据。"},
        help_text="整批报审的改动用这一条；如：县委组织部2023年3月批复",
    )
    proof = forms.FileField(
        validators=[refuse_marked_file],
        label="证明材料",
        required=False,
        max_length=150,
        widget=forms.FileInput(
            attrs={"class": "form-control", "accept": ",".join(PROOFS), "data-max-mb": "10"}
        ),
        help_text="PDF、JPG、PNG，10MB以内，可以不附",
    )

    def __init__(self, *args: Any, for_review: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not for_review:
            del self.fields["reason"], self.fields["proof"]

    def clean_proof(self) -> UploadedFile | None:
        file = self.cleaned_data["proof"]
        if not file:
            return None
        if file.size > MAX_PROOF_BYTES:
            raise forms.ValidationError("文件超过10MB，请压缩或分开扫描。")
        name, start = (file.name or "").lower(), file.read(8)
        file.seek(0)
        if not any(name.endswith(ending) and start.startswith(sign) for ending, sign in PROOFS.items()):
            raise forms.ValidationError("只能附PDF、JPG、PNG文件，而且内容要与扩展名相符。")
        return file

    @property
    def review(self) -> Review | None:
        """What goes with the changes that wait."""
        if "reason" not in self.fields:
            return None
        file = self.cleaned_data["proof"]
        return Review(self.cleaned_data["reason"], (file.name, file.read()) if file else None)


class PreviewForm(forms.Form):
    """Which rows the preview shows."""

    show = forms.ChoiceField(
        required=False,
        choices=[
            (name, name)
            for name in ("", "new", "update", "same", "error", "duplicate", "warning", "left_out", "skipped")
        ],
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=1000)
    at = forms.IntegerField(required=False, min_value=0, max_value=100_000)
    fixed = forms.IntegerField(required=False, min_value=0, max_value=100_000)


class FixForm(forms.Form):
    """Another text for a cell, out of a list where the field knows its words."""

    FIX, EMPTY, RESTORE = "fix", "empty", "restore"

    do = forms.ChoiceField(choices=[(name, name) for name in (FIX, EMPTY, RESTORE)])
    text = forms.CharField(
        required=False, max_length=6000, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    everywhere = forms.BooleanField(required=False)

    def __init__(
        self,
        *args: Any,
        label: str,
        words: Sequence[str],
        suggestions: Sequence[str],
        equal: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label
        self.fields["everywhere"].label = f"同样的值共{equal}处，一并改"
        self.suggestions, self.equal = suggestions, equal
        if words:
            now = self.get_initial_for_field(self.fields["text"], "text")
            kept = [] if now in words or not now else [(now, f"{now}（表里的写法）")]
            self.fields["text"].widget = forms.Select(
                choices=[("", "请选择"), *kept, *((word, word) for word in words)]
            )
        elif "\n" in str(self.get_initial_for_field(self.fields["text"], "text") or ""):
            self.fields["text"].widget = forms.Textarea(attrs={"rows": 8, "autocomplete": "off"})
        elif suggestions:
            self.fields["text"].widget.attrs["list"] = "fix-suggestions"
        self.fields["text"].widget.attrs |= {
            "data-focus": "",
            "class": "form-select" if words else "form-control",
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("do") == self.FIX and not data.get("text") and "text" not in self.errors:
            self.add_error("text", "请填写改成什么；要空着请点“清空”。")
        return data

    @property
    def wanted(self) -> str | None:
        """The new text; None for what the file says."""
        do = self.cleaned_data["do"]
        return None if do == self.RESTORE else "" if do == self.EMPTY else self.cleaned_data["text"]


class DecisionForm(forms.Form):
    """What a row is, said by the clerk."""

    decision = forms.ChoiceField(
        label="这一行",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择怎样处理。", "invalid_choice": "请选择其中一项。"},
    )

    def __init__(
        self,
        *args: Any,
        people: Sequence[tuple[int, str]],
        decided: bool,
        adds_people: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        then = "，更新这个人" if adds_people else ""
        choices = [(f"{Decision.UPDATE}-{key}", f"是已登记的 {label}{then}") for key, label in people]
        if people and adds_people:
            choices.append((Decision.NEW.value, "是另一个人，登记为新的人"))
        choices.append((Decision.SKIP.value, "不导入这一行"))
        if decided:
            choices.append(("back", "收回，按系统核对的结果"))
        self.fields["decision"].choices = choices
        self.helper = FormHelper()
        self.helper.form_tag = False

    @property
    def said(self) -> tuple[str, int | None]:
        """Decision and the person picked."""
        name, _, key = self.cleaned_data["decision"].partition("-")
        return ("" if name == "back" else name), int(key) if key else None


class ColumnsForm(forms.Form):
    """For each column of a file the field it means, or none."""

    def __init__(
        self, *args: Any, columns: Sequence[Mapping[str, Any]], labels: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "不导入"), *labels.items()]
        for index, column in enumerate(columns):
            field = forms.ChoiceField(
                label=f"{column['sheet']} {column['letters']}列“{column['header']}”",
                required=False,
                choices=choices,
                initial=column["field"] or "",
                error_messages={"invalid_choice": "没有这一项，请重新选择。"},
            )
            field.widget.attrs |= {"class": "form-select", "aria-label": field.label}
            self.fields[f"c{index}"] = field
        self.columns = columns

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.columns and not any(f"c{index}" in self.data for index in range(len(self.columns))):
            self.add_error(None, "没有收到各列的对应，请重新提交。")
        return data

    @property
    def chosen(self) -> list[str | None]:
        """Field of each column in order."""
        return [self.cleaned_data[f"c{index}"] or None for index in range(len(self.columns))]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Columns with their bound fields, for the table."""
        return [{"column": column, "field": self[f"c{index}"]} for index, column in enumerate(self.columns)]
