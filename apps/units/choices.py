"""Levels and kinds of units."""

from django.db import models


class Level(models.TextChoices):
    CITY = "city", "市"
    COUNTY = "county", "县级"
    UNIT = "unit", "单位"


class Kind(models.TextChoices):
    CITY = "city", "市"
    COUNTY = "county", "县"
    COUNTY_CITY = "county_city", "县级市"
    DISTRICT = "district", "区"
    ZONE = "zone", "开发区"
    DIRECT = "direct", "市直"
    TOWNSHIP = "township", "乡镇（街道）"
    ORGAN = "organ", "机关"
    INSTITUTION = "institution", "事业单位"
    ENTERPRISE = "enterprise", "企业"
    COMMUNITY = "community", "社区（村）"


class Change(models.TextChoices):
    MERGED = "merged", "并入"
    SPLIT = "split", "分设"
    RENAMED = "renamed", "更名"
    ABOLISHED = "abolished", "撤销"
