"""Forms of the gallery, with the field kinds that the portal uses."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms

CATEGORIES = [("", "类别：全部"), ("retired_cadre", "离休"), ("retired", "退休")]


class RegisterFilter(forms.Form):
    q = forms.CharField(
        label="姓名或拼音",
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "姓名或拼音，如 zjg"}),
    )
    category = forms.ChoiceField(label="类别", required=False, choices=CATEGORIES)
    unit = forms.ChoiceField(label="单位", required=False, choices=[("", "单位：全部"), ("1", "县财政局")])
    age_from = forms.IntegerField(label="年龄从", required=False)
    age_to = forms.IntegerField(label="年龄到", required=False)
    health = forms.ChoiceField(label="健康状况", required=False, choices=[("", "全部"), ("1", "健康")])
    rank = forms.ChoiceField(label="享受待遇", required=False, choices=[("", "全部"), ("1", "正县级")])
    sex = forms.ChoiceField(label="性别", required=False, choices=[("", "全部"), ("1", "男"), ("2", "女")])
    period = forms.ChoiceField(
        label="参加革命工作时期", required=False, choices=[("", "全部"), ("1", "抗日战争时期")]
    )


class PersonForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=40, error_messages={"required": "请填写姓名。"})
    sex = forms.ChoiceField(
        label="性别",
        choices=[("1", "男"), ("2", "女")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择性别。"},
    )
    category = forms.ChoiceField(
        label="类别", choices=[("retired_cadre", "离休"), ("retired", "退休")], widget=forms.RadioSelect
    )
    joined_on = forms.CharField(
        label="参加革命工作时间", help_text="只知道年月的填年月，如 1948年2月。", required=False
    )
    unit = forms.ChoiceField(label="管理单位", choices=[("", "请选择"), ("1", "县财政局")], required=False)
    note = forms.CharField(label="备注", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = forms.BooleanField(label="已与档案核对", required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Fieldset("基本信息", Row(Column("name"), Column("sex")), "category"),
            Fieldset("参加工作和管理", Row(Column("joined_on"), Column("unit")), "note", "agreed"),
        )

    def clean_joined_on(self) -> str:
        text = self.cleaned_data["joined_on"]
        if text.endswith(".13"):
            raise forms.ValidationError("没有13月，请核对后重填。")
        return text


class VisitForm(forms.Form):
    people = forms.MultipleChoiceField(
        label="看望对象",
        choices=[("1", "邓忠永"), ("2", "蒋德江")],
        widget=forms.CheckboxSelectMultiple,
        initial=["1"],
    )
    way = forms.ChoiceField(
        label="方式",
        choices=[
            ("home", "上门"),
            ("hospital", "医院"),
            ("phone", "电话"),
            ("video", "视频"),
            ("proxy", "委托"),
        ],
        widget=forms.RadioSelect,
    )
    visitors = forms.CharField(label="谁去的", initial="县委组织部部长　李志强等3人")
    health = forms.ChoiceField(
        label="身体状况",
        choices=[("well", "健康"), ("fair", "一般"), ("bedridden", "卧床"), ("hospital", "住院")],
        widget=forms.RadioSelect,
    )
    money = forms.CharField(
        label="慰问金（元）", widget=forms.TextInput(attrs={"inputmode": "decimal"}), required=False
    )
    wish = forms.CharField(label="提出的诉求", widget=forms.Textarea(attrs={"rows": 3}), required=False)


class SignInForm(forms.Form):
    username = forms.CharField(label="账号", widget=forms.TextInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label="密码", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class UploadForm(forms.Form):
    file = forms.FileField(
        label="花名册文件",
        help_text="可以是 .xlsx、.xls 或 .csv，不超过 20 MB；不用改动原来的表头。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv", "data-max-mb": "20"}),
    )
