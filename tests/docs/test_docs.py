"""What the documents say is what the code does: codes, identifiers, definitions, commands, links."""

import ast
import datetime as dt
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.apps import apps
from django.core.management import get_commands
from django.db import models

from apps.accounts.management.demo import SHOWN
from apps.benefits.figures import FIGURES as BENEFIT_FIGURES
from apps.concerns.figures import FIGURES as CONCERN_FIGURES
from apps.core.cells import CellError
from apps.core.national_id import check_character
from apps.imports.choices import Level, Verdict
from apps.imports.reading.refusals import REASONS
from apps.imports.reading.tables import DataRow
from apps.retirees.actions.along import ALONG
from apps.retirees.actions.register import MONEY_FIELDS
from apps.retirees.choices import REQUIRED_FIELDS
from apps.retirees.figures import FIGURES
from apps.retirees.importers.cells import DATES, read_row
from apps.retirees.importers.columns import CHOICES, FIELD_LABELS
from apps.visits.figures import FIGURES as VISIT_FIGURES

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
TODAY = dt.date(2026, 3, 31)


def rows_under(page: Path, heading: str) -> list[list[str]]:
    """Cells of the first table below a heading, without its head."""
    text = page.read_text(encoding="utf-8").split(f"\n{heading}\n", 1)[1]
    table = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert table, f"no table under {heading}"
    lines = table[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def plain(cell: str) -> str:
    return cell.strip("`* ")


# --- links and commands


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_resolve(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = unquote(target).partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{page.name} → {target}"
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found), f"{page.name} → {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_exist(page):
    text = page.read_text(encoding="utf-8")
    targets = set(
        re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    code = re.findall(r"`([^`\n]+)`", text) + re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    for snippet in code:
        assert set(re.findall(r"\bmake ([a-z][a-z-]*)", snippet)) <= targets
        commands = set(re.findall(r"manage\.py ([a-z_]+)", snippet))
        assert commands <= set(get_commands()), f"{page.name}: {commands - set(get_commands())}"


def test_files_named_in_documents_exist():
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for name in re.findall(r"`((?:apps|tests|docs|templates|cadre_portal|scripts)/[\w./-]+)`", text):
            assert list(ROOT.glob(name)) or (ROOT / f"{name}.py").exists(), f"{page.name} names {name}"


# --- the interface of import_roster

INTERFACE = DOCS / "import-roster.md"
GROUPS = {
    "dates": set(DATES),
    "choices": {"sex", "nation", *CHOICES},
    "cells": set(FIELD_LABELS) - {*MONEY_FIELDS, "portrait", "person_key"},
    "money": set(MONEY_FIELDS),
}
SPEAK = {"error": 0, "warning": 0, "notice": 0, "Issue": 0, "Doubt": 1}
"""Functions that say something about a cell, and which of their arguments is the kind."""


def test_refusals_stand_in_the_interface():
    told = {plain(code): reason for code, reason in rows_under(INTERFACE, "## Refusals")}
    assert told == REASONS


@pytest.mark.parametrize(("heading", "known"), [("### Verdicts", Verdict), ("### Levels", Level)])
def test_words_of_the_interface(heading, known):
    assert [plain(word) for word, _ in rows_under(INTERFACE, heading)] == list(known.values)


def documented() -> dict[tuple[str, str], set[str]]:
    """(field, kind) → levels."""
    found: dict[tuple[str, str], set[str]] = {}
    for kind, level, fields, _ in rows_under(INTERFACE, "## Issues"):
        for name in map(plain, fields.split(", ")):
            for each in GROUPS.get(name, {name}):
                assert each in FIELD_LABELS
                found.setdefault((each, plain(kind)), set()).update(level.split(" or "))
    return found


def sources() -> Iterator[ast.Module]:
    for pattern in ("apps/core/cells/*.py", "apps/retirees/importers/*.py", "apps/retirees/rules/person.py"):
        for path in ROOT.glob(pattern):
            yield ast.parse(path.read_text(encoding="utf-8"))


def kinds_in_code() -> set[str]:
    kinds = set()
    for tree in sources():
        constants = {
            node.targets[0].id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in SPEAK and len(node.args) > SPEAK[node.func.id]:
                kind = node.args[SPEAK[node.func.id]]
                if isinstance(kind, ast.Constant):
                    kinds.add(kind.value)
                elif isinstance(kind, ast.Name) and kind.id in constants:
                    kinds.add(constants[kind.id])
            if node.func.id == "Undecided":
                kinds |= {one.value.value for one in node.keywords if one.arg == "kind"}
    return kinds | {"ambiguous-number"}


def test_every_kind_of_issue_stands_in_the_interface():
    assert {kind for _, kind in documented()} == kinds_in_code()


def judged_in_code() -> set[tuple[str, str]]:
    """Issues that judging and writing add: ``row.add("field", error("kind", …))``, and constants."""
    found = {("name", "changed-meanwhile"), ("treatment", "needs-review")}
    found |= {(name, "kept") for name in ALONG}
    for path in ROOT.glob("apps/retirees/importers/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "add"
            ):
                match node.args:
                    case [ast.Constant(value=str(name)), ast.Call(args=[ast.Constant(value=str(kind)), *_])]:
                        found.add((name, kind))
    return found


def number(first: str) -> str:
    """An ID number that checks, of its first seventeen characters."""
    return first + check_character(first)


TEXTS = (
    "无|不详|乱写|1949.1|10.5|农历1949年九月|约1949年|1949.9(虚)|2030.1|1899.1|1880|1945.9|1937|1949.O9|3/4/1949|49.9|25.1|20.5"
    "|1951.1|1990.1|1985.1|1980.1|1935.1|1920.1|36526|4.2E+17|110105194912310021|11010519491231|110105491231002"
    "|110105491231999|4213211956041500**|王|王五（女）|王五（某）|王五（已故）|张三、李四|王□五|139123|abc元|-5|已故|离休|记过处分"
).split("|")
NUMBERS = [number("99010519491231002"), number("42132119560415701"), number("11010519491331002")]
ENDING_IN_ZEROS = next(
    one
    for order in range(1000)
    if (one := number(f"42132119{order % 90:02d}0415{order:03d}")).endswith("000")
)
AWKWARD = [
    *(
        None,
        "",
        "妻子|李秀英|1936.05|外国党|",
        CellError("#N/A"),
        "a\x01b",
        "\ud800x",
        "长" * 25,
        "长" * 130,
        "长" * 11_000,
        True,
        1949.1,
        1954.4,
        19499,
        36526,
        4.2e17,
    ),
    *(dt.date(2020, 1, 2), dt.datetime.fromisoformat("1905-05-01"), dt.date(1949, 9, 1)),
    *(*TEXTS, *NUMBERS, NUMBERS[1].replace("0", "O"), ENDING_IN_ZEROS),
]
PEOPLE = [
    {
        "name": "张建国",
        "sex": "女",
        "birth_date": 1949.1,
        "national_id": "11010519491231002X",
        "category": "退休",
    },
    {"name": "李四", "category": "离休", "birth_date": "1930.3", "joined_on": "1948.2"},
    {"name": "李四", "category": "离休"},
    {
        "name": "李四",
        "category": "退休",
        "birth_date": "1990.3",
        "joined_on": "1985.2",
        "retired_on": "1980.2",
    },
    {
        "name": "李四",
        "category": "退休",
        "birth_date": "1950.3",
        "joined_on": "1970.2",
        "work_started_on": "1951.2",
    },
    {
        "name": "王五",
        "sex": "男",
        "birth_date": 1956.4,
        "national_id": "42132119560415701X",
        "category": "退休",
    },
    {"name": "王五", "birth_date": "49.12", "national_id": "11010519491231002X", "category": "退休"},
]


def read_in_practice() -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for person in PEOPLE:
        for name in FIELD_LABELS:
            for value in AWKWARD:
                row = DataRow("表", 1, {**person, name: value}, {}, [])
                staged = read_row(row, is_untyped=False, epoch_1904=False, today=TODAY)
                for one in staged.issues:
                    found.setdefault((one.field, one.issue.kind), set()).add(one.issue.level)
    return found


def test_issues_are_documented_with_their_fields_and_levels():
    told, found = documented(), read_in_practice()
    judged = judged_in_code()
    assert {key: levels for key, levels in found.items() if not levels <= told.get(key, set())} == {}
    assert judged <= set(told)
    assert set(told) - set(found) - judged == set(), "documented, but nothing says it"


# --- glossary

GLOSSARY = DOCS / "glossary.md"
NAMED = ("retirees", "units", "imports", "reports", "concerns", "visits", "library", "benefits")
SUBJECTS = (*NAMED, "accounts", "jobs", "audit")
CLASSES = {
    **{
        (app, name): one
        for app in SUBJECTS
        for name, one in inspect.getmembers(import_module(f"apps.{app}.choices"), inspect.isclass)
        if issubclass(one, models.TextChoices) and one.__module__ == f"apps.{app}.choices"
    },
    **{(app, model.__name__): model for app in SUBJECTS for model in apps.get_app_config(app).get_models()},
}


def names_of(cls: type) -> set[str]:
    if issubclass(cls, models.TextChoices):
        return {member.name for member in cls}
    return {field.name for field in cls._meta.get_fields()}


def glossary_entries() -> list[tuple[str, str, str]]:
    """(term, class, member) of every table row."""
    rows = re.findall(r"^\| (.*?) \| `(\w+)\.(\w+)` \|", GLOSSARY.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) > 200
    return rows


def test_identifiers_of_the_glossary_exist():
    for term, name, member in glossary_entries():
        owners = [one for (_, owner), one in CLASSES.items() if owner == name]
        assert any(member in names_of(one) for one in owners), f"{term}: {name}.{member}"


def test_every_choice_of_the_register_and_its_neighbours_stands_in_the_glossary():
    told = {(term, name, member) for term, name, member in glossary_entries()}
    missing = [
        f"{app}: {name}.{member.name} {member.label}"
        for (app, name), one in CLASSES.items()
        if issubclass(one, models.TextChoices)
        for member in one
        if (str(member.label), name, member.name) not in told
    ]
    assert missing == []


def test_every_named_field_stands_in_the_glossary():
    told = {(name, member) for _, name, member in glossary_entries()}
    missing = [
        f"{name}.{field.name}"
        for (app, name), model in CLASSES.items()
        if app in NAMED and not issubclass(model, models.TextChoices)
        if not name.endswith("History") and name != "Counter"
        for field in model._meta.get_fields()
        if field.concrete and re.search("[\u4e00-\u9fff]", str(field.verbose_name))
        if (name, field.name) not in told
    ]
    assert missing == []


def test_the_required_fields_stand_in_the_glossary():
    found = rows_under(GLOSSARY, "## 2. 22 项必填信息（Required fields）")
    assert [(label, plain(name).partition(".")[2]) for label, name in found] == [
        (label, name) for name, label in REQUIRED_FIELDS
    ]


# --- user manual and README


@pytest.mark.parametrize(
    ("heading", "figures"),
    [
        ("## 数字口径", FIGURES),
        ("## 走访和诉求的数字", VISIT_FIGURES | CONCERN_FIGURES),
        ("## 待遇的数字", BENEFIT_FIGURES),
    ],
)
def test_figures_of_the_manual_are_those_of_the_code(heading, figures):
    told = {
        plain(name): (label, unit, definition)
        for label, unit, definition, name in rows_under(DOCS / "manual" / "04-看板与数字口径.md", heading)
    }
    assert told == {name: (figure.label, figure.unit, figure.definition) for name, figure in figures.items()}


@pytest.mark.parametrize(
    ("page", "heading"),
    [("README.md", "## Roles and demo accounts"), ("README.zh-CN.md", "## 角色与演示账号")],
)
def test_demo_accounts_of_the_readme(page, heading):
    told = [plain(cells[1]) for cells in rows_under(ROOT / page, heading)]
    assert told == [account.username for account in SHOWN]


def test_every_page_of_the_manual_is_linked_from_its_front_page():
    front = (DOCS / "manual" / "README.md").read_text(encoding="utf-8")
    for page in (DOCS / "manual").glob("0*.md"):
        assert f"({page.name})" in front


def test_every_decision_is_listed():
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    for page in (DOCS / "adr").glob("*.md"):
        assert f"adr/{page.name}" in text
