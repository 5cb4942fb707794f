"""Code lists of the library."""

from django.db import models


class PaperLevel(models.TextChoices):
    """Whose paper it is, from the widest to the nearest."""

    CENTRAL = "1", "中央"
    PROVINCE = "2", "省（自治区、直辖市）"
    CITY = "3", "市"
    COUNTY = "4", "县市区"


class Secrecy(models.TextChoices):
    """Nothing above 内部 is kept in the portal."""

    OPEN = "open", "公开"
    INTERNAL = "internal", "内部"


class Validity(models.TextChoices):
    """What a paper is on a day; derived (rules.py), never entered."""

    IN_FORCE = "in_force", "有效"
    NOT_YET = "not_yet", "尚未施行"
    PARTLY = "partly", "部分被替代"
    REPLACED = "replaced", "被替代"
    REPEALED = "repealed", "废止"
