"""The letter of a campaign, written for one reader. Pure functions on texts."""

PLACEHOLDERS = ("姓名", "称呼")
ADDRESSED = "尊敬的{称呼}："


def address_of(name: str, cadre: str = "") -> str:
    """How somebody is addressed; ``cadre``: whose spouse or survivor he is, "" for the cadre himself.

    >>> address_of("王某", "周一平")
    '王某同志（周一平同志家属）'
    """
    return f"{name}同志（{cadre}同志家属）" if cadre else f"{name}同志"


def letter_for(text: str, name: str, cadre: str = "") -> list[str]:
    """The paragraphs of the letter for one reader. A text without a placeholder, whose first line is no address
    either, gets one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    has_place = any(f"{{{place}}}" in text for place in PLACEHOLDERS)
    if not has_place and not (lines and lines[0].endswith(("：", ":"))):
        lines.insert(0, ADDRESSED)
    values = {"{姓名}": name, "{称呼}": address_of(name, cadre)}
    return [filled(line, values) for line in lines]


def filled(line: str, values: dict[str, str]) -> str:
    """The text with its places filled in. One pass, so that a name that looks like a placeholder stays a name."""
    parts, rest = [], line
    while rest:
        place, found = min(((rest.find(key), key) for key in values if key in rest), default=(-1, ""))
        if place < 0:
            break
        parts += [rest[:place], values[found]]
        rest = rest[place + len(found) :]
    return "".join([*parts, rest])
