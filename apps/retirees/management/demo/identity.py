"""Numbers and addresses that look right and belong to nobody."""

from datetime import date, timedelta
from random import Random
from typing import Any

from apps.core.national_id import check_character
from apps.core.partial_date import PartialDate
from apps.units.models import Unit

STREETS = "人民路 解放路 建设路 文化路 沿河路 新华街 胜利街 青年路 和平巷 前进路".split()


def phone(dice: Random) -> str:
    """A mobile number that reaches nobody: 154 is a prefix no operator was ever given."""
    return f"154{dice.randrange(10**8):08d}"


def address(dice: Random, unit: Unit) -> str:
    """A street in the invented city."""
    place = {"shizhi": "东湖区湖滨街道", "kaifaqu": "开发区兴业街道"}.get(unit.area.code)
    town = unit.label if unit.kind == "township" else "城区"
    return f"云溪市{place or unit.area.name + town}{dice.choice(STREETS)}{dice.randint(1, 168)}号"


def identity(dice: Random, birth: date, sex: str, division: str, ids: set[str]) -> dict[str, Any]:
    """ID number with a right check character under a ``division`` that does not exist, new to ``ids``; and the
    birth date on the card, which differs from the file's for some."""
    on_card = birth
    if dice.random() < 0.04:
        on_card = birth + timedelta(days=dice.choice((-730, -365, -31, 29, 45, 365)))
    while True:
        order = dice.randrange(0, 998, 2) + int(sex == "1")
        first_17 = f"{division}{on_card:%Y%m%d}{order:03d}"
        number = first_17 + check_character(first_17)
        if number not in ids:
            break
    ids.add(number)
    return {"national_id": number, "card_birth_date": PartialDate.from_date(on_card)}
