"""Forms of sign-in, one's own account, accounts and grants."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone

from apps.accounts.choices import Contrast, Role, TextSize
from apps.accounts.models import Grant, User
from apps.accounts.rules import HOW_TO_CHOOSE, LEVELS
from apps.core.inputs import PlainForm
from apps.units.choices import Level
from apps.units.models import Unit


def _password(label: str, kind: str, **options: Any) -> forms.CharField:
    """A password field: not stripped, never filled in again, known to password managers."""
    missing = {"required": f"请填写{label}。", "max_length": "密码最长 128 个字符。"}
    widget = forms.PasswordInput(attrs={"autocomplete": kind})
    return forms.CharField(
        label=label, strip=False, max_length=128, widget=widget, error_messages=missing, **options
    )


class SignInForm(PlainForm):
    error_title = "没有登录成功"
    username = forms.CharField(
        label="用户名",
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": "请填写用户名。", "max_length": "用户名太长。"},
    )
    password = _password("密码", "current-password")

    def clean_username(self) -> str:
        return unicodedata.normalize("NFKC", self.cleaned_data["username"]).strip()


class CodeForm(PlainForm):
    """One field for both: the six digits of the moment, or a recovery code."""

    error_title = "口令没有通过"
    code = forms.CharField(
        label="动态口令",
        max_length=40,
        help_text="打开手机上的验证器，填 6 位数字；手机不在身边时，填一个恢复码。",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": "请填写动态口令。", "max_length": "这不是动态口令或恢复码。"},
    )


class ProofByPassword(PlainForm):
    """Who one is, said again: by the password."""

    error_title = "还不能继续"
    proof = _password("登录密码", "current-password")


class ProofByCode(PlainForm):
    """The same for whoever has an authenticator."""

    error_title = "还不能继续"
    proof = forms.CharField(
        label="动态口令",
        max_length=40,
        help_text=CodeForm.base_fields["code"].help_text,
        widget=CodeForm.base_fields["code"].widget,
        error_messages=CodeForm.base_fields["code"].error_messages,
    )


class EnrolForm(PlainForm):
    error_title = "还没有启用"
    code = forms.CharField(
        label="手机上显示的 6 位数字",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": "请填写手机上显示的 6 位数字。", "max_length": "应为 6 位数字。"},
    )


class NewPasswordForm(PlainForm):
    """A new password typed twice. ``user`` is whose."""

    new = _password("新密码", "new-password", help_text=HOW_TO_CHOOSE)
    again = _password("再填一次新密码", "new-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_new(self) -> str:
        new = self.cleaned_data["new"]
        validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("new") and values.get("again") and values["new"] != values["again"]:
            self.add_error("again", "两次填写的新密码不一样。")
        return values


class ChangePasswordForm(NewPasswordForm):
    old = _password("现在的密码", "current-password")
    field_order = ("old", "new", "again")

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("old") and values.get("new") == values["old"]:
            self.add_error("new", "新密码不能与现在的密码相同。")
        return values


class DisplayForm(forms.Form):
    """How pages are shown; a button of the top bar sends one of these."""

    size = forms.ChoiceField(choices=TextSize.choices, required=False)
    contrast = forms.ChoiceField(choices=Contrast.choices, required=False)
    density = forms.ChoiceField(choices=[("standard", ""), ("compact", ""), ("loose", "")], required=False)
    shortcuts = forms.ChoiceField(choices=[("on", ""), ("off", "")], required=False)

    def given(self) -> dict[str, str]:
        """The settings that were sent."""
        return {name: value for name, value in self.cleaned_data.items() if value}


class AccountForm(PlainForm):
    """Who the person is. One person, one account."""

    full_name = forms.CharField(label="姓名", max_length=40, error_messages={"required": "请填写姓名。"})
    staff_number = forms.CharField(
        label="工号",
        max_length=30,
        required=False,
        help_text="本单位的人员编号；没有的可以不填。一个工号只能有一个账号。",
    )


class NewAccountForm(AccountForm):
    username = forms.RegexField(
        r"^[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff._-]{1,39}$",
        label="用户名",
        help_text="登录时填写，以后不能改。可用汉字、字母、数字，2 到 40 个字。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        error_messages={
            "required": "请填写用户名。",
            "invalid": "用户名用 2 到 40 个汉字、字母、数字，中间可以有点、横线和下划线。",
        },
    )
    field_order = ("full_name", "username", "staff_number")


class ReasonForm(PlainForm):
    reason = forms.CharField(
        label="事由",
        max_length=200,
        help_text="写明依据或原因，记入操作日志。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写事由。"},
    )


class GrantForm(ReasonForm):
    """A role on a unit. Which units a role fits is told beside the role, and checked."""

    role = forms.ChoiceField(
        label="身份", choices=[("", "请选择"), *Role.choices], error_messages={"required": "请选择身份。"}
    )
    unit = forms.ModelChoiceField(
        label="单位",
        queryset=Unit.objects.none(),
        empty_label="请选择",
        help_text="市局和三员的身份授在市上，县局的授在县市区上，单位经办授在单位上，领导授在市或县市区上。",
        error_messages={"required": "请选择单位。", "invalid_choice": "没有这个单位。"},
    )
    ends_on = forms.DateField(
        label="到期日期",
        required=False,
        help_text="从这一天起不再有效；长期有效的不填。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期填成 2026-09-30 这样。"},
    )
    exports = forms.BooleanField(
        label="可以导出名册数据",
        required=False,
        initial=True,
        help_text="不勾选的，只能在屏幕上看和修改，不能导出成文件。领导和三员的身份都不能导出，不看这一项。",
    )
    field_order = ("role", "unit", "ends_on", "exports", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["unit"].queryset = (
            Unit.objects.open_on(today)
            .select_related("area")
            .order_by("area__sort", "area_id", "-level", "sort", "pk")
        )
        self.fields["unit"].label_from_instance = _place

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        role, unit = values.get("role"), values.get("unit")
        if role and unit and unit.level not in LEVELS[Role(role)]:
            fits = "或".join(Level(level).label for level in Level if level in LEVELS[Role(role)])
            self.add_error("unit", f"“{Role(role).label}”要授在{fits}一级。")
        return values


def _place(unit: Unit) -> str:
    if unit.level == Level.UNIT and unit.area is not None:
        return f"{unit.area.label} · {unit.name}"
    return unit.name


class UserConditions(forms.Form):
    """The filter line of the list of accounts."""

    q = forms.CharField(
        label="姓名、用户名或工号",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "姓名、用户名或工号"}),
    )
    role = forms.ChoiceField(label="身份", required=False, choices=[("", "身份：全部"), *Role.choices])
    unit = forms.ChoiceField(label="单位", required=False)
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[
            ("", "状态：全部"),
            ("active", "启用"),
            ("off", "已停用"),
            ("new", "未设密码"),
            ("idle", "90 天未登录"),
            ("bare", "没有身份"),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="filter-%s", **kwargs)
        places = Unit.objects.exclude(level=Level.UNIT).order_by("-level", "sort", "pk")
        places = sorted(places, key=lambda unit: unit.level != Level.CITY)
        self.fields["unit"].choices = [("", "单位：全部"), *((str(unit.pk), unit.label) for unit in places)]

    def chips(self) -> list[tuple[str, str]]:
        """(name, words) of each condition in force."""
        found = []
        for name, value in self.cleaned_data.items():
            if value:
                field = self.fields[name]
                words = dict(field.choices)[value] if isinstance(field, forms.ChoiceField) else value
                found.append((name, f"{field.label}：{words}" if name != "q" else f"查找：{words}"))
        return found


class GroupForm(PlainForm):
    """Name and members of a group of users. ``grants``: who can be in one (queries.colleagues)."""

    error_title = "没有保存"
    name = forms.CharField(
        label="名称",
        max_length=40,
        error_messages={"required": "请填写名称。", "max_length": "名称最长 40 个字。"},
    )
    members = forms.ModelMultipleChoiceField(
        label="成员",
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请至少选一个成员。",
            "invalid_choice": "选中的成员已停用或没有名册的授权，请重新选择。",
            "invalid_pk_value": "成员有误，请重新选择。",
        },
    )

    def __init__(self, *args: Any, grants: Iterable[Grant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels: dict[int, list[str]] = {}
        names: dict[int, str] = {}
        for grant in grants:
            labels.setdefault(grant.user_id, []).append(str(grant))
            names[grant.user_id] = grant.user.full_name
        members = self.fields["members"]
        members.queryset = User.objects.filter(pk__in=labels)
        members.choices = [(key, f"{names[key]}（{'、'.join(places)}）") for key, places in labels.items()]
