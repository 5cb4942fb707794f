"""States of a year's table."""

from django.db import models


class State(models.TextChoices):
    DRAFT = "draft", "草稿"
    CHECKED = "checked", "已核对"
    FROZEN = "frozen", "已定稿"
