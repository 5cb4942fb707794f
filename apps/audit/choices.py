"""Kinds of events, and how a sign-in ended."""

from django.db import models


class EventKind(models.TextChoices):
    REVEAL = "reveal", "查看敏感信息"
    SEARCH_ID = "search_id", "按证件号查找"
    EXPORT = "export", "导出"
    DOWNLOAD = "download", "下载"
    REFUSED = "refused", "拒绝"
    CREATE = "create", "新增"
    CHANGE = "change", "修改"
    STATE = "state", "状态变化"
    RULING = "ruling", "认定"
    MOVE = "move", "单位变动"
    IMPORT = "import", "导入"
    GRANT = "grant", "授权"
    ACCOUNT = "account", "账号"
    ISSUE = "issue", "签发"
    JOB = "job", "任务"
    SETTING = "setting", "设置"


class SignInOutcome(models.TextChoices):
    OK = "ok", "登录"
    FAILED = "failed", "密码错误"
    LOCKED = "locked", "已锁定"
    CODE_FAILED = "code-failed", "口令错误"
    OUT = "out", "退出"
    PASSWORD_SET = "password-set", "用链接设置密码"
