"""How the source is laid out, where no linter looks: see CONTRIBUTING.md. Layers themselves are import-linter's."""

from pathlib import Path

import pytest

from apps.core.access import declared

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    path
    for folder in ("apps", "cadre_portal", "benchmarks")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
PAGES = sorted((ROOT / "templates").rglob("*.html"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_too_long_to_be_read_at_a_sitting() -> None:
    long = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in (*SOURCES, *PAGES)}
    assert {name: lines for name, lines in long.items() if lines > 400 and "/migrations/" not in name} == {}


def test_no_module_is_named_after_nothing() -> None:
    empty_words = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "tools", "lib"}
    assert [
        named(path) for path in SOURCES if empty_words & {path.stem, *path.relative_to(ROOT).parts[:-1]}
    ] == []


def test_every_table_says_who_may_use_it() -> None:
    assert [table for table, access in declared().items() if access is None] == []


@pytest.mark.parametrize("word", ["# type: ignore", "# noqa", "# pragma: no cover"])
def test_exceptions_to_the_checks_are_few_and_say_why(word: str) -> None:
    """An exception names its rule and its reason on the same line, or in the one above."""
    bare = []
    for path in SOURCES:
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            rule = line.partition(word)[2]
            if (
                word in line
                and not rule.startswith(("[", ":"))
                and not lines[number - 1].strip().startswith("#")
            ):
                bare.append(f"{named(path)}:{number + 1}")
    assert bare == []
