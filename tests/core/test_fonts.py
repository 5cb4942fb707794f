"""Which fonts stand for which lettering."""

import hashlib
import re
import shutil
from pathlib import Path

import pytest
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

from apps.core import fonts
from apps.core.documents.render import render_pdf
from tests.core.pdf_reading import glyphs_of, open_pdf


def office_font(
    path: Path, family: str, *, source: str = "fandol/FandolKai-Regular.otf", text: str = "国家2026"
) -> Path:
    """A small font under another name, as an office would drop it in."""
    with TTFont(fonts.BUNDLED_DIR / source) as font:
        subsetter = Subsetter(Options(name_IDs=["*"], notdef_outline=True))
        subsetter.populate(text=text)
        subsetter.subset(font)
        for name in (1, 4):
            font["name"].setName(family, name, 3, 1, 0x804)
        font.save(path)
    return path


def test_bundled_files_are_those_of_the_readme() -> None:
    readme = (fonts.BUNDLED_DIR / "README.md").read_text()
    named = dict(re.findall(r"^([0-9a-f]{64})  (\S+)$", readme, re.MULTILINE)[::-1])
    found = {
        hashlib.sha256(path.read_bytes()).hexdigest(): str(path.relative_to(fonts.BUNDLED_DIR))
        for path in fonts.BUNDLED_DIR.glob("*/*.[ot]tf")
    }
    assert named == found
    assert (fonts.BUNDLED_DIR / "fandol" / "COPYING").is_file()
    assert (fonts.BUNDLED_DIR / "hanazono" / "LICENSE").is_file()


def test_every_role_has_a_stand_in() -> None:
    states = {state.key: state for state in fonts.check(None)}
    assert [states[key].state for key in fonts.ROLE_KEYS] == ["stand-in"] * 5
    assert states["rare"].state == "stand-in"
    assert "放入仿宋_GB2312后自动换用" in states["body"].message


@pytest.mark.parametrize(
    ("family", "role"),
    [
        ("仿宋_GB2312", "body"),
        ("FangSong_GB2312", "body"),
        ("fzxiaobiaosong-b05s", "title"),
        ("楷体_GB2312", "kai"),
        ("黑体", "hei"),
        ("SimSun", "song"),
    ],
)
def test_office_fonts_win_by_the_name_inside(family: str, role: str, tmp_path: Path) -> None:
    path = office_font(tmp_path / "新建文件.otf", family)
    resolved = fonts.resolve(tmp_path)
    assert resolved[role][0].path == path
    assert resolved[role][1].path.is_relative_to(fonts.BUNDLED_DIR)
    assert sum(files[0].from_office for files in resolved.values()) == 1
    state = next(state for state in fonts.check(tmp_path) if state.key == role)
    assert state.state == "office"


def test_the_better_of_two_office_fonts(tmp_path: Path) -> None:
    office_font(tmp_path / "a.otf", "STFangsong")
    better = office_font(tmp_path / "b.otf", "仿宋_GB2312")
    assert fonts.resolve(tmp_path)["body"][0].path == better


def test_office_font_keeps_its_own_figures_and_yields_for_what_it_lacks(tmp_path: Path) -> None:
    office_font(tmp_path / "f.otf", "仿宋_GB2312")
    face = fonts.faces(tmp_path)["body"]
    assert not face.is_latin("2")
    assert face.advance("2") == pytest.approx(0.555)  # FandolKai's
    assert face.is_first("国")
    assert not face.is_first("老")
    assert face.has("老")
    assert face.has("䶮")


def test_collection(tmp_path: Path) -> None:
    collection = TTCollection()
    one = office_font(tmp_path / "1.otf", "NSimSun")
    two = office_font(tmp_path / "2.otf", "宋体")
    with TTFont(one) as first, TTFont(two) as second:
        collection.fonts = [first, second]
        collection.save(tmp_path / "simsun.ttc")
    one.unlink()
    two.unlink()
    chosen = fonts.resolve(tmp_path)["song"][0]
    assert chosen.number == 1
    assert chosen.read()[:4] == b"OTTO"


def test_files_that_are_no_fonts_are_named_and_passed_over(tmp_path: Path) -> None:
    (tmp_path / "坏.ttf").write_bytes(b"not a font")
    (tmp_path / "空.otf").write_bytes(b"")
    cut = office_font(tmp_path / "断.otf", "仿宋_GB2312")
    cut.write_bytes(cut.read_bytes()[:600])
    (tmp_path / "说明.txt").write_text("x")
    assert not fonts.resolve(tmp_path)["body"][0].from_office
    unreadable = [state.label for state in fonts.check(tmp_path) if state.key == "unreadable"]
    assert sorted(unreadable) == ["坏.ttf", "断.otf", "空.otf"]


def test_a_font_that_may_not_be_embedded_is_pointed_out(tmp_path: Path) -> None:
    path = office_font(tmp_path / "f.otf", "仿宋_GB2312")
    with TTFont(path) as font:
        font["OS/2"].fsType = 2
        font.save(path)
    body = fonts.check(tmp_path)[0]
    assert "不许嵌入" in body.message


def test_a_new_font_is_used_at_once(tmp_path: Path) -> None:
    before = fonts.signature(tmp_path)
    html = "<html lang=zh-CN><title>x</title><p>国家"
    first = render_pdf(html, font_dir=tmp_path)
    office_font(tmp_path / "f.otf", "仿宋_GB2312")
    assert fonts.signature(tmp_path) != before
    second = render_pdf(html, font_dir=tmp_path)
    assert first != second
    glyphs = glyphs_of(open_pdf(second).pages[0])
    assert {glyph.char for glyph in glyphs} >= {"国", "家"}


def test_missing_folder_is_no_fault(tmp_path: Path) -> None:
    assert fonts.resolve(tmp_path / "nowhere") == fonts.resolve(None)


def test_missing_bundled_font_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(fonts.BUNDLED_DIR / "hanazono", tmp_path / "hanazono")
    monkeypatch.setattr(fonts, "BUNDLED_DIR", tmp_path)
    assert {state.key: state.state for state in fonts.check(None)}["body"] == "missing"


@pytest.mark.parametrize("character", "䶮㛃𬭚𠮷𫖯𫠆𬱖鿍㐂·")
def test_rare_characters_of_names_are_covered(character: str) -> None:
    assert fonts.missing_characters(character) == ""


def test_what_no_font_has_is_named_once() -> None:
    assert fonts.missing_characters("王𰻝𰻝 同志") == "𰻝"
