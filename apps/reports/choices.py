"""States of a document and kinds of period."""

from django.db import models


class State(models.TextChoices):
    DRAFT = "draft", "草稿"
    CHECKED = "checked", "已核对"
    ISSUED = "issued", "已签发"


class PeriodKind(models.TextChoices):
    MONTH = "month", "月度"
    QUARTER = "quarter", "季度"
    HALF = "half", "半年"
    YEAR = "year", "年度"


SERIES = "briefing"
SERIES_NAME = "老干部工作简报"
