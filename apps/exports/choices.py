"""Forms of a file, what becomes of private columns, and the states of a request."""

from django.db import models


class Format(models.TextChoices):
    XLSX = "xlsx", "Excel 表格（.xlsx）"
    CSV = "csv", "文本表格（.csv）"
    DOCX = "docx", "Word 表格（.docx）"
    PDF = "pdf", "打印版（PDF）"
    FORM = "form", "自制表样"
    LRMX = "lrmx", "任免审批表（.lrmx，每人一份）"
    FILE = "file", "一人一档（PDF，每人一份）"
    INFO = "info", "干部信息表（Word，每人一份）"


WHOLE = frozenset({Format.LRMX, Format.FILE, Format.INFO})
"""A whole paper about each person instead of a table: its columns are not chosen."""


class Mask(models.TextChoices):
    MASKED = "masked", "遮盖（只显示首尾几位）"
    PLAIN = "plain", "原样（可再导入，要写明用途）"
    OUT = "out", "不导出"


class State(models.TextChoices):
    WAITING = "waiting", "待审批"
    REFUSED = "refused", "未批准"
    DROPPED = "dropped", "已撤回"
    LAPSED = "lapsed", "过期未批"
    RUNNING = "running", "正在生成"
    FAILED = "failed", "没有完成"
    READY = "ready", "可下载"
    EXPIRED = "expired", "文件已清理"


TONES = {
    State.WAITING: "amber",
    State.REFUSED: "red",
    State.DROPPED: "grey",
    State.LAPSED: "grey",
    State.RUNNING: "blue",
    State.FAILED: "red",
    State.READY: "green",
    State.EXPIRED: "grey",
}
