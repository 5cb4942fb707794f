"""States of a batch and verdicts on a row."""

from django.db import models


class State(models.TextChoices):
    UPLOADED = "uploaded", "等待读取"
    CHECKED = "checked", "待核对"
    CONFIRMED = "confirmed", "正在写入"
    DONE = "done", "已写入"
    REFUSED = "refused", "不能读取"
    DROPPED = "dropped", "已放弃"


class Verdict(models.TextChoices):
    NEW = "new", "新增"
    UPDATE = "update", "更新"
    SAME = "same", "无变化"
    DUPLICATE = "duplicate", "重复"
    ERROR = "error", "有错误"
    LEFT_OUT = "left_out", "不导入"
    """A person whom the clerk leaves out on purpose."""
    SKIPPED = "skipped", "不是人员"


WRITTEN = (Verdict.NEW, Verdict.UPDATE)


class Level(models.TextChoices):
    OK = "ok", "正常"
    WARNING = "warning", "有疑问"
    ERROR = "error", "有错误"


class Mode(models.TextChoices):
    VALID_ROWS = "valid_rows", "只写入没有错误的行"
    ALL_OR_NONE = "all_or_none", "全部没有错误才写入"


class Decision(models.TextChoices):
    """What the clerk said about a row, against or beside the judgement."""

    SKIP = "skip", "不导入这一行"
    UPDATE = "update", "是已登记的这个人"
    NEW = "new", "是另一个人"
