"""Roles that a grant may give, and what the eye is given to read with."""

from django.db import models


class Role(models.TextChoices):
    CITY_CHIEF = "city_chief", "市局领导"
    CITY_CLERK = "city_clerk", "市局经办"
    COUNTY_CHIEF = "county_chief", "县局局长"
    COUNTY_CLERK = "county_clerk", "县局经办"
    UNIT_CLERK = "unit_clerk", "单位经办"
    LEADER = "leader", "领导"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


class TextSize(models.TextChoices):
    STANDARD = "standard", "标准"
    LARGE = "large", "大字"
    HUGE = "huge", "特大"


class Contrast(models.TextChoices):
    NORMAL = "normal", "普通"
    HIGH = "high", "高对比"
