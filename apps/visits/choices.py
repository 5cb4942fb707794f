"""Words of visits: occasions, rules, how somebody was seen, and what is still due."""

from django.db import models


class OccasionKind(models.TextChoices):
    FESTIVAL = "festival", "节日时节"
    BIRTHDAY = "birthday", "生日"
    ILLNESS = "illness", "住院病危"
    DEATH = "death", "逝世"
    FAMILY = "family", "家庭变故"
    ROUTINE = "routine", "日常"


class Way(models.TextChoices):
    HOME = "home", "上门"
    HOSPITAL = "hospital", "到医院"
    INSTITUTION = "institution", "到养老机构"
    VIDEO = "video", "视频"
    PHONE = "phone", "电话"
    ENTRUSTED = "entrusted", "委托看望"


IN_PERSON = (Way.HOME, Way.HOSPITAL, Way.INSTITUTION)


class Target(models.TextChoices):
    """Who of the household was, or is to be, seen."""

    SELF = "self", "本人"
    SPOUSE = "spouse", "配偶"
    SURVIVOR = "survivor", "遗属"


class LeaderLevel(models.TextChoices):
    """Who goes, highest first; a rule may ask for one of a level or above it."""

    CHIEF = "1", "党政主要领导"
    LEADER = "2", "班子其他领导"
    BUREAU = "3", "老干部局（组织部）领导"
    UNIT = "4", "单位领导"
    STAFF = "5", "工作人员"


LED = (LeaderLevel.CHIEF, LeaderLevel.LEADER, LeaderLevel.BUREAU)
"""Levels of a visit that a leader made."""
LED_CHOICE = "led"
"""Any of them, as a condition of the log."""


class RuleClass(models.TextChoices):
    REGULAR = "regular", "常规走访"
    SPECIAL = "special", "专项走访"
    EXCEPTIONAL = "exceptional", "特殊情况（集体研究）"


class Trigger(models.TextChoices):
    """What makes a visit due."""

    PERIOD = "period", "每隔一段时间"
    FESTIVAL = "festival", "节日走访活动"
    BIRTHDAY = "birthday", "生日"
    HOSPITAL = "hospital", "住院"
    DISCHARGE = "discharge", "出院后"
    CRITICAL = "critical", "病危"
    DEATH = "death", "去世"
    FAMILY = "family", "家庭变故"
    NAMED_LEADER = "named", "应有联系领导"


class Every(models.TextChoices):
    MONTH = "month", "每月"
    QUARTER = "quarter", "每季度"
    HALF = "half", "每半年"
    YEAR = "year", "每年"


class AgeCount(models.TextChoices):
    FULL = "full", "周岁"
    NOMINAL = "nominal", "虚岁"


class CampaignState(models.TextChoices):
    DRAFT = "draft", "草拟"
    FROZEN = "frozen", "名单已定"
    PUBLISHED = "published", "已下发"
    CLOSED = "closed", "已结束"


RUNNING = (CampaignState.FROZEN, CampaignState.PUBLISHED)


class DueState(models.TextChoices):
    OPEN = "open", "应访"
    DONE = "done", "已访"
    REMOVED = "removed", "核减"


class Reason(models.TextChoices):
    """Why somebody who was due has not been seen."""

    NOT_YET = "not_yet", "尚未安排"
    AWAY = "away", "外出不在"
    ELSEWHERE = "elsewhere", "异地居住"
    DECLINED = "declined", "本人或家属谢绝"
    ISOLATED = "isolated", "医院不允许探视"
    UNREACHABLE = "unreachable", "联系不上"
    OTHER = "other", "其他"


class Mood(models.TextChoices):
    GOOD = "good", "好"
    CALM = "calm", "平稳"
    LOW = "low", "低落"


class SignedBy(models.TextChoices):
    SELF = "self", "本人签收"
    FAMILY = "family", "家属签收"
    PROXY = "proxy", "代领"


class IncidentKind(models.TextChoices):
    HOSPITAL = "hospital", "住院"
    CRITICAL = "critical", "病危"
    FAMILY = "family", "家庭变故"
    DEATH = "death", "去世"


class TaskPart(models.TextChoices):
    """What a line of a checklist asks for: something to do, or somebody to be told."""

    DO = "do", "办理"
    TELL = "tell", "告知"


class DraftKind(models.TextChoices):
    """Papers of a death that are drafted here."""

    OBITUARY = "obituary", "讣告"
    LIFE = "life", "生平"


class Recorded(models.TextChoices):
    """How a visit came into the log."""

    FORM = "form", "登记"
    TEAM = "team", "按组登记"
    PASTE = "paste", "粘贴"
    IMPORT = "import", "导入"


class ListChangeKind(models.TextChoices):
    """What a place asks of a list that another office keeps."""

    ADD = "add", "增补"
    REMOVE = "remove", "核减"


class ListChangeState(models.TextChoices):
    WAITING = "waiting", "待审批"
    RETURNED = "returned", "已退回"
    APPROVED = "approved", "已批准"
    WITHDRAWN = "withdrawn", "已撤回"
