"""The same roster through django-import-export, as its manual would have it."""

from typing import Any

from import_export import fields, resources
from import_export.widgets import Widget

from apps.retirees.choices import (
    NATION_CHOICES,
    Category,
    Education,
    Health,
    Level,
    Marriage,
    Political,
    Sex,
)
from apps.retirees.models import PrivateDetails, Retiree
from apps.retirees.models.private import id_index
from apps.units.models import Unit


class Word(Widget):
    """A choice's label in the sheet, its code in the table."""

    def __init__(self, choices: Any) -> None:
        super().__init__()
        self.codes = {str(label): code for code, label in choices}
        self.labels = {code: str(label) for code, label in choices}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        if value and value not in self.codes:
            raise ValueError(f"unknown: {value}")
        return self.codes.get(value, "")

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.labels.get(value, "")


class Dotted(Widget):
    """1950.04."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return str(value or "").replace(".", "-")

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value or "")


def _plain(name: str, header: str) -> fields.Field:
    return fields.Field(attribute=name, column_name=header)


def _word(name: str, header: str, choices: Any) -> fields.Field:
    return fields.Field(attribute=name, column_name=header, widget=Word(choices))


def _dated(name: str, header: str) -> fields.Field:
    return fields.Field(attribute=name, column_name=header, widget=Dotted())


class RetireeResource(resources.ModelResource):
    """Matches people by what the sheet says of a life, as it has no key."""

    name = _plain("name", "姓名")
    sex = _word("sex", "性别", Sex.choices)
    nation = _word("nation", "民族", NATION_CHOICES)
    birth_date = _dated("birth_date", "出生日期")
    native_place = _plain("native_place", "籍贯")
    political = _word("political", "政治面貌", Political.choices)
    joined_party_on = _dated("joined_party_on", "入党时间")
    education = _word("education", "学历", Education.choices)
    marriage = _word("marriage", "婚姻状况", Marriage.choices)
    category = _word("category", "类别", Category.choices)
    work_started_on = _dated("work_started_on", "参加工作时间")
    retired_on = _dated("retired_on", "离退休时间")
    post = _plain("post", "退休时职务")
    rank = _word("rank", "退休时职级", Level.choices)
    treatment = _word("treatment", "现享受待遇", Level.choices)
    health = _word("health", "健康状况", Health.choices)

    class Meta:
        model = Retiree
        import_id_fields = ("name", "birth_date", "work_started_on", "retired_on", "post")
        fields = (
            *(
                "name",
                "sex",
                "nation",
                "birth_date",
                "native_place",
                "political",
                "joined_party_on",
                "education",
            ),
            *("marriage", "category", "work_started_on", "retired_on", "post", "rank", "treatment", "health"),
        )
        use_transactions = True
        skip_unchanged = True

    def __init__(self, county: Unit) -> None:
        super().__init__()
        self.county = county
        self.units = {unit.label: unit.pk for unit in Unit.objects.filter(area=county)}

    def before_save_instance(self, instance: Retiree, row: Any, **kwargs: Any) -> None:
        instance.county_id, instance.unit_id = self.county.pk, self.units[row["单位"]]
        instance.derive({})

    def after_save_instance(self, instance: Retiree, row: Any, **kwargs: Any) -> None:
        number = row["身份证号码"] or None
        PrivateDetails.objects.update_or_create(
            retiree=instance,
            defaults={
                "county_id": instance.county_id,
                "unit_id": instance.unit_id,
                "national_id": number,
                "national_id_index": id_index(number) if number else None,
                "phone": row["联系电话"] or None,
                "address": row["家庭住址"] or None,
            },
        )


class BulkRetireeResource(RetireeResource):
    """Its fast way: bulk_create without differences. A person has no key yet when his row is done, so that the private
    values cannot be written along."""

    class Meta(RetireeResource.Meta):
        use_bulk = True
        batch_size = 1000
        skip_diff = True
        skip_unchanged = False

    def after_save_instance(self, instance: Retiree, row: Any, **kwargs: Any) -> None:
        return
