"""Which dictionaries the register has, by what standard, and how many people have which term."""

from collections import Counter
from collections.abc import Callable, Mapping

from django.db.models import Count

from apps.core.scope import Actor
from apps.dictionaries.rules import Standard
from apps.retirees.choices import (
    NATION_CHOICES,
    Education,
    Health,
    Level,
    Living,
    Marriage,
    Political,
    Residence,
    SelfCare,
    Sex,
)
from apps.retirees.models import Retiree

FIELD_DICTIONARIES = {
    "sex": "sex",
    "nation": "nation",
    "political": "political",
    "education": "education",
    "marriage": "marriage",
    "health": "health",
    "rank": "level",
    "treatment": "level",
    "medical_treatment": "level",
    "self_care": "self_care",
    "living": "living",
    "residence": "residence",
}
"""Field of the person → dictionary that its form offers."""


def standards_of_register() -> list[Standard]:
    """The register's code lists, each with its standard (domain: GB/T; empty where none says it)."""
    known = (
        ("sex", "性别", "GB/T 2261.1", Sex.choices),
        ("marriage", "婚姻状况", "GB/T 2261.2", Marriage.choices),
        ("health", "健康状况", "GB/T 2261.3（卧床为本系统所加）", Health.choices),
        ("nation", "民族", "GB/T 3304-1991", NATION_CHOICES),
        ("political", "政治面貌", "GB/T 4762-1984", Political.choices),
        ("education", "学历", "GB/T 4658", Education.choices),
        ("level", "职级和待遇级别", "GB/T 12407-2008", Level.choices),
        ("self_care", "生活自理", "", SelfCare.choices),
        ("living", "居住方式", "", Living.choices),
        ("residence", "居住地", "", Residence.choices),
    )
    return [
        Standard(code, label, paper, [(str(key), str(word)) for key, word in terms], _counts(code))
        for code, label, paper, terms in known
    ]


def _counts(dictionary: str) -> Callable[[Actor], Mapping[str, int]]:
    names = [name for name, code in FIELD_DICTIONARIES.items() if code == dictionary]

    def count(actor: Actor) -> Mapping[str, int]:
        total: Counter[str] = Counter()
        for name in names:
            rows = Retiree.objects.visible_to(actor).exclude(**{name: ""}).order_by()
            total.update(dict(rows.values_list(name).annotate(number=Count("pk"))))
        return total

    return count
