"""The form of a person: new and edit. What is wrong blocks; what is doubtful warns and can be confirmed.

Private values are never put back into the page: their fields are empty, say the mask, and empty means unchanged.
"""

import uuid
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Field, Fieldset, Layout, Row
from django import forms
from django.db.models import Model
from django.urls import reverse_lazy

from apps.core.inputs import MoneyField, PartialDateField, TextField, TokenField
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor
from apps.retirees.actions.requests import changed_values, split_for_review
from apps.retirees.choices import Category, EntryKind
from apps.retirees.forms.custom import form_fields, stored_values
from apps.retirees.forms.doubts import DoubtfulForm, person_doubts
from apps.retirees.forms.fields import BIRTH_CALENDARS, NameField, NationalIdField, PhoneField, calendar_of
from apps.retirees.forms.offered import offer_terms
from apps.retirees.forms.requests import ProofField, reason_field
from apps.retirees.forms.units import grouped_choices, open_units
from apps.retirees.models import PrivateDetails, Retiree
from apps.retirees.queries.doubles import Candidate
from apps.retirees.queries.requests import field_label, held_names
from apps.retirees.rules import Doubt
from apps.units.models import Unit

SEX_CODES = {"男": "1", "女": "2"}
SEALED = ("national_id", "phone", "address", "medical_card")
MONEY = ("monthly_income", "basic_fee", "allowance")
REVIEW = ("review_reason", "proof")
NEW_ONLY = ("unit", "entry", "registered_from", "token")
LOCKED = ("joined_on", "joined_basis")
"""Not edited freely once known for a 离休 cadre: 中组发〔1982〕11号 asks for proof and approval, which is a ruling."""

CONFIRMED = '<input type="hidden" name="confirmed" value="{{ form.doubt_token }}">'

SECTIONS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    (
        "基本情况",
        (
            ("name", "former_name", "national_id"),
            ("sex", "nation"),
            ("native_place", "birthplace"),
            ("birth_calendar", "birth_date", "card_birth_date"),
            ("political", "joined_party_on", "party_branch"),
            ("education", "marriage"),
            ("residence", "settled_place", "phone"),
            ("address",),
        ),
    ),
    (
        "参加工作与离退休",
        (
            ("category", "unit"),
            ("entry", "registered_from"),
            ("joined_on", "joined_basis"),
            ("work_started_on", "work_basis"),
            ("retired_on", "approval_number", "held_leading_post"),
            ("original_unit", "post", "highest_post"),
        ),
    ),
    (
        "级别待遇与收入",
        (
            ("rank", "rank_number"),
            ("treatment", "treatment_on", "treatment_number"),
            ("medical_treatment", "medical_treatment_on", "medical_number"),
            ("medical_card", "paying_unit"),
            ("monthly_income", "basic_fee", "allowance"),
        ),
    ),
    ("健康与生活", (("health", "self_care", "living"), ("seen_on",))),
    ("其他", (("speciality",), ("note",))),
)
REVIEW_SECTION = ("要审核的改动", (("review_reason",), ("proof",)))


def _of(name: str, model: type[Model] = Retiree) -> Any:
    return model._meta.get_field(name)


def _choice(name: str, **kwargs: Any) -> forms.ChoiceField:
    field = _of(name)
    kwargs.setdefault("label", field.verbose_name)
    return forms.ChoiceField(required=False, choices=[("", "未填"), *field.choices], **kwargs)


def _text(name: str, model: type[Model] = Retiree, **kwargs: Any) -> TextField:
    field = _of(name, model)
    return TextField(label=field.verbose_name, max_length=field.max_length, **kwargs)


def _place(name: str) -> TextField:
    """A text that suggests divisions of GB/T 2260 as one types; anything else may be written."""
    suggests = {"list": "places", "data-suggests": reverse_lazy("dictionaries:divisions")}
    return _text(name, widget=forms.TextInput(attrs=suggests))


def _date(name: str, hint: str = "") -> PartialDateField:
    return PartialDateField(label=_of(name).verbose_name, help_text=hint)


def _yes_no(value: str) -> bool | None:
    return {"yes": True, "no": False}.get(value)


class PersonForm(DoubtfulForm):
    """Everything of a person that is typed. ``person`` and ``private`` are given when editing."""

    reviewed = ""
    """Labels of the fields whose change by this actor waits for review."""

    name = NameField(label="姓名", required=True, error_messages={"required": "请填写姓名。"})
    former_name = _text("former_name")
    national_id = NationalIdField(label="身份证号")
    sex = _choice("sex", help_text="不填时按身份证号填入")
    nation = _choice("nation")
    birth_calendar = forms.ChoiceField(
        label="出生时间按", required=False, choices=BIRTH_CALENDARS, widget=forms.RadioSelect
    )
    birth_date = _date("birth_date", "以档案为准；知道年月就填年月，如1948.2。农历如1948年二月初三")
    card_birth_date = _date("card_birth_date", "不填时按身份证号填入")
    native_place = _place("native_place")
    birthplace = _place("birthplace")
    political = _choice("political")
    joined_party_on = _date("joined_party_on", "党员填写")
    education = _choice("education")
    marriage = _choice("marriage")
    party_branch = _text("party_branch")
    category = forms.ChoiceField(
        label="类别",
        choices=Category.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择离休或退休。"},
    )
    unit = forms.ChoiceField(label="管理单位", error_messages={"required": "请选择管理单位。"})
    entry = forms.ChoiceField(
        label="进入名册的原因",
        choices=EntryKind.choices[:3],
        initial=EntryKind.RETIRED,
        help_text="新离退休、从市外转入，或者补登以前漏的；从市内其他县市区来的，由那边办理转移",
    )
    registered_from = forms.DateField(
        label="从哪天起计入名册",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="转入的必填；其他不填时从离退休时间起",
    )
    joined_on = _date("joined_on", "离休干部填写；1937.7、1945.9要填到日")
    joined_basis = _text("joined_basis", help_text="如：自传、简历、审干结论")
    work_started_on = _date("work_started_on")
    work_basis = _text("work_basis")
    retired_on = _date("retired_on")
    approval_number = _text("approval_number")
    original_unit = TextField(label="原工作单位", max_length=80)
    post = _text("post")
    highest_post = _text("highest_post")
    held_leading_post = forms.TypedChoiceField(
        label="担任过实职",
        required=False,
        choices=[("", "未填"), ("yes", "是"), ("no", "否")],
        coerce=_yes_no,
        empty_value=None,
    )
    paying_unit = TextField(label="离退休费发放单位", max_length=80)
    rank = _choice("rank")
    rank_number = _text("rank_number")
    treatment = _choice("treatment")
    treatment_on = _date("treatment_on", "批准时间；缺了不算填全")
    treatment_number = _text("treatment_number")
    medical_treatment = _choice("medical_treatment")
    medical_treatment_on = _date("medical_treatment_on", "不填时从离退休时间起")
    medical_number = _text("medical_number")
    health = _choice("health")
    self_care = _choice("self_care")
    living = _choice("living")
    seen_on = forms.DateField(
        label="以上情况了解于",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="有变化的，从这一天起算",
    )
    phone = PhoneField(label="联系电话")
    residence = _choice("residence")
    settled_place = _text("settled_place", help_text="异地安置的填写，如：河南省信阳市")
    address = _text("address", PrivateDetails)
    monthly_income = MoneyField(label="月收入总额（元）")
    basic_fee = MoneyField(label="基本离退休费（元）")
    allowance = MoneyField(label="补贴（元）")
    medical_card = TextField(label="医保号", max_length=40)
    speciality = _text("speciality", help_text="如：书法、农技、宣讲")
    note = _text("note", widget=forms.Textarea(attrs={"rows": 3}))
    review_reason = reason_field(
        required=False, help_text="改了标着“审核”的栏目才要填；如：县委组织部2023年3月批复"
    )
    proof = ProofField()
    token = TokenField()
    version = forms.IntegerField(label="本页", widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        actor: Actor,
        today: date,
        person: Retiree | None = None,
        private: PrivateDetails | None = None,
        values: dict[str, Any] | None = None,
    ) -> None:
        self.actor, self.today, self.person, self.private = actor, today, person, private
        self.stored = values or {}
        self.alike: list[Candidate] = []
        self.taken: dict[str, str] = {}
        self.direct: dict[str, Any] = {}
        """What is written at once, and in ``held`` what waits for review; known after cleaning."""
        self.held: dict[str, Any] = {}
        initial = dict(self.stored) | {"seen_on": today, "token": uuid.uuid4()}
        initial["birth_calendar"] = calendar_of(self.stored.get("birth_date"))
        if person is not None:
            initial |= {"version": person.version, "held_leading_post": _word(person.held_leading_post)}
        super().__init__(data, files, initial=initial)
        offer_terms(self.fields, stored=self.stored, empty="未填")
        self.custom = form_fields(self.stored)
        self.fields |= self.custom
        self.initial |= {key: field.initial for key, field in self.custom.items()}
        for field in self.fields.values():
            field.today = today
        self.fields["birth_date"].calendar = self.data.get("birth_calendar", "")
        self._fit_to_person() if person is not None else self._fit_to_place()
        self.helper = self._helper()

    def _fit_to_place(self) -> None:
        for name in REVIEW:
            del self.fields[name]
        self.units = {str(unit.pk): unit for unit in open_units(self.actor, self.today)}
        self.fields["unit"].choices = grouped_choices(self.units.values())
        if len(self.units) == 1:
            self.initial["unit"] = next(iter(self.units))

    def _fit_to_person(self) -> None:
        for name in NEW_ONLY:
            del self.fields[name]
        self.fields["version"].required = True
        for name in SEALED:
            secret = getattr(self.private, name)
            if secret:
                self.fields[name].help_text = f"现为 {secret}，不改请留空"
                label = f"清空{self.fields[name].label}"
                self.fields[f"clear_{name}"] = forms.BooleanField(label=label, required=False)
        if self.person.category == Category.LIXIU and self.person.joined_on:
            for name in LOCKED:
                self.fields[name].disabled = True
                self.fields[name].help_text = "离休干部已有的时间要改，请用“时间认定”"
        self._say_what_is_reviewed()

    def _say_what_is_reviewed(self) -> None:
        held = [
            name for name in self.fields if name in held_names(self.actor) and not self.fields[name].disabled
        ]
        if not held:
            for name in REVIEW:
                del self.fields[name]
        for name in held:
            field = self.fields[name]
            field.help_text = f"审核：改动要报审。{field.help_text}"
        self.reviewed = "、".join(field_label(name) for name in held)

    def _helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        sections = [*SECTIONS, *([REVIEW_SECTION] if "proof" in self.fields else [])]
        own = list(self.custom)
        if own:
            sections.append(("自定义栏目", tuple(tuple(own[at : at + 3]) for at in range(0, len(own), 3))))
        parts = [Fieldset(title, *(self._row(row) for row in rows)) for title, rows in sections]
        hidden = [name for name in ("token", "version") if name in self.fields]
        helper.layout = Layout(*hidden, HTML(CONFIRMED), *parts)
        return helper

    def _row(self, names: tuple[str, ...]) -> Any:
        cells = []
        for name in names:
            if name in self.fields:
                clear = f"clear_{name}"
                cells.append([Field(name), *([Field(clear)] if clear in self.fields else [])])
        if len(cells) < 2:
            return Layout(*cells[0]) if cells else HTML("")
        return Row(*(Column(*cell) for cell in cells))

    def clean_unit(self) -> Unit:
        return self.units[self.cleaned_data["unit"]]

    def clean_registered_from(self) -> date | None:
        day = self.cleaned_data["registered_from"]
        if day is None and self.cleaned_data.get("entry") == EntryKind.OUTSIDE:
            raise forms.ValidationError("请填写转入的日期。")
        if day is not None and day > self.today:
            raise forms.ValidationError("还没有到这一天，请核对。")
        return day

    def clean_seen_on(self) -> date:
        day = self.cleaned_data["seen_on"] or self.today
        if day > self.today:
            raise forms.ValidationError("还没有到这一天，请核对。")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name in SEALED:
            if data.get(f"clear_{name}") and data.get(name):
                self.add_error(name, "填了新的内容就不要勾选“清空”。")
        identity = self.fields["national_id"].identity
        if identity is not None and not self.errors:
            self._take_from_id(identity)
        if not self.errors:
            self._part()
        if not self.errors:
            self.found = self._look_again()
        return data

    def _part(self) -> None:
        """What is written at once and what waits; the latter wants a reason."""
        if self.person is None:
            return
        self.direct, held = split_for_review(self.actor, self.values(), taken_from_id=self.taken)
        self.held = changed_values(self.person, self.private, held)
        if self.held and not self.cleaned_data["review_reason"]:
            labels = "、".join(field_label(name) for name in self.held)
            self.add_error("review_reason", f"改了{labels}，要报审，请写明原因和依据。")

    def _take_from_id(self, identity: Any) -> None:
        if not self.cleaned_data["sex"]:
            self.cleaned_data["sex"] = SEX_CODES[identity.sex]
            self.taken["sex"] = "性别"
        if not self.cleaned_data["card_birth_date"]:
            self.cleaned_data["card_birth_date"] = PartialDate.from_date(identity.birth_date)
            self.taken["card_birth_date"] = "身份证上的出生日期"

    def _look_again(self) -> list[Doubt]:
        """Doubts that this sending brings; those the record has had before were seen then."""
        typed = self.typed_doubts()
        identity = self.fields["national_id"].identity
        now, alike = person_doubts(self.actor, self.cleaned_data, identity, self.private, self.person)
        before: list[Doubt] = []
        if self.person is not None:
            before, known = person_doubts(self.actor, self.stored, None, self.private, self.person)
            seen = {one.person.pk for one in known}
            alike = [one for one in alike if one.person.pk not in seen]
            before += [doubt for doubt in now if doubt.kind in {f"double-{pk}" for pk in seen}]
        self.alike = alike
        return [*typed, *(doubt for doubt in now if doubt not in before)]

    def values(self) -> dict[str, Any]:
        """Flat values as ``Entry`` takes them. A private value left empty is not among them when editing."""
        skip = {
            *NEW_ONLY,
            *REVIEW,
            "version",
            "seen_on",
            "birth_calendar",
            *SEALED,
            *(f"clear_{name}" for name in SEALED),
        }
        found = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in skip and not self.fields[name].disabled
        }
        found |= stored_values(self.cleaned_data, self.custom)
        for name in SEALED:
            if self.cleaned_data.get(f"clear_{name}"):
                found[name] = None
            elif self.cleaned_data[name]:
                found[name] = self.cleaned_data[name]
        return found


def _word(value: bool | None) -> str:
    return {True: "yes", False: "no"}.get(value, "")
