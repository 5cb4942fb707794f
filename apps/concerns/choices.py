"""Words of concerns: what somebody asks for, proposes or complains about, and how far the answer is."""

from django.db import models


class Kind(models.TextChoices):
    DEMAND = "demand", "诉求"
    SUGGESTION = "suggestion", "意见建议"
    PETITION = "petition", "信访"


class Source(models.TextChoices):
    VISIT = "visit", "走访"
    EVENT = "event", "活动"
    LETTER = "letter", "来信"
    CALL = "call", "来电"
    CAME = "came", "来访"
    ONLINE = "online", "网上"
    PASSED_ON = "passed", "上级或其他单位转来"


class Topic(models.TextChoices):
    """Own list: what cadres write about, by the work of the bureau."""

    BENEFITS = "benefits", "生活待遇"
    MEDICAL = "medical", "医疗保健"
    CARE = "care", "养老照护"
    HOUSING = "housing", "住房"
    POLITICAL = "political", "政治待遇与党组织生活"
    VENUE = "venue", "学习活动场所"
    SURVIVORS = "survivors", "遗属与抚恤"
    HARDSHIP = "hardship", "困难帮扶"
    SERVICE = "service", "服务管理"
    CITY = "city", "对经济社会发展的建议"
    OTHER = "other", "其他"


class State(models.TextChoices):
    RECEIVED = "received", "待受理"
    WORKING = "working", "办理中"
    ANSWERED = "answered", "已答复"
    CLOSED = "closed", "已办结"
    DECLINED = "declined", "不予受理"
    WITHDRAWN = "withdrawn", "本人撤回"


OPEN = (State.RECEIVED, State.WORKING, State.ANSWERED)
"""Still on somebody's desk: an answer that was not accepted or not yet told ends nothing."""
UNANSWERED = (State.RECEIVED, State.WORKING)
"""The deadline runs for these."""


class Result(models.TextChoices):
    SOLVED = "solved", "已解决"
    PARTLY = "partly", "部分解决"
    EXPLAINED = "explained", "已解释说明"
    PASSED_ON = "passed", "已转有关部门"
    NOT_POSSIBLE = "cannot", "政策不允许"


class Satisfaction(models.TextChoices):
    SATISFIED = "yes", "满意"
    FAIR = "fair", "基本满意"
    NOT = "no", "不满意"
    UNASKED = "unasked", "未评价"


class Way(models.TextChoices):
    """How the answer reached the person."""

    FACE = "face", "当面"
    PHONE = "phone", "电话"
    LETTER = "letter", "书面"
    MESSAGE = "message", "短信或微信"


class StepKind(models.TextChoices):
    RECEIVED = "received", "登记"
    ASSIGNED = "assigned", "交办"
    NOTE = "note", "办理"
    EXTENDED = "extended", "延期"
    ANSWERED = "answered", "答复"
    CLOSED = "closed", "办结"
    REOPENED = "reopened", "重新办理"
    DECLINED = "declined", "不予受理"
    WITHDRAWN = "withdrawn", "撤回"
    REMINDED = "reminded", "催办"
    JOINED = "joined", "增加共同提出人"
    LEFT = "left", "减少共同提出人"
