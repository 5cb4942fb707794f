"""Files on the disk: unreadable there, whole or absent, swept when nobody names them."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core import private_files
from apps.core.private_files import (
    FileDamaged,
    FileGone,
    FileNotKept,
    clean_filename,
    keep,
    read,
    remove,
    sweep,
)

SECRET = "身份证号 420106192407026490".encode()


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names that "rows" use, in the bucket "papers"; a second bucket "others"."""
    names: set[str] = set()
    monkeypatch.setattr(
        private_files, "_buckets", {"papers": lambda asked: asked & names, "others": lambda _: set()}
    )
    return names


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def test_a_file_comes_back_and_cannot_be_read_from_the_disk(used, settings):
    stored = keep("papers", SECRET)
    assert read("papers", stored.name) == SECRET
    (path,) = files(settings.PORTAL_DATA_DIR)
    assert SECRET not in path.read_bytes()
    assert (path.name, stored.size) == (stored.name, len(SECRET))
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.parent.stat().st_mode & 0o077 == 0
    assert keep("papers", SECRET).name != stored.name, "a name says nothing about the content"


def test_what_was_changed_or_exchanged_is_damaged(used, settings):
    one, two = keep("papers", b"one"), keep("papers", b"two")
    paths = {path.name: path for path in files(settings.PORTAL_DATA_DIR)}
    paths[one.name].write_bytes(paths[two.name].read_bytes())
    with pytest.raises(FileDamaged):
        read("papers", one.name)
    elsewhere = settings.PORTAL_DATA_DIR / "files" / "others" / two.name[:2] / two.name
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_bytes(paths[two.name].read_bytes())
    with pytest.raises(FileDamaged):
        read("others", two.name)


def test_a_file_that_is_gone(used):
    stored = keep("papers", b"x")
    remove("papers", stored.name)
    remove("papers", stored.name)
    with pytest.raises(FileGone):
        read("papers", stored.name)


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "", "a" * 63, f"{'a' * 64}\n", "a/" * 32])
def test_only_digests_are_names(used, name):
    for function in (read, remove):
        with pytest.raises(ValueError, match="no such place"):
            function("papers", name)
    with pytest.raises(ValueError, match="no such place"):
        read("unknown", "a" * 64)


def test_too_large_or_no_room_is_said_and_leaves_nothing(used, settings, monkeypatch):
    with pytest.raises(FileNotKept, match="64 MB"):
        keep("papers", bytes(private_files.MAX_BYTES + 1))

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileNotKept, match="磁盘空间不足"):
        keep("papers", b"x")
    assert files(settings.PORTAL_DATA_DIR) == []


def test_the_sweeper_takes_old_orphans_and_leftovers_only(used, settings):
    named, orphan, fresh = (keep("papers", text) for text in (b"1", b"2", b"3"))
    used.add(named.name)
    leftover = settings.PORTAL_DATA_DIR / "files" / "papers" / "aa" / ".new-x"
    leftover.parent.mkdir(exist_ok=True)
    leftover.write_bytes(b"half")
    for path in files(settings.PORTAL_DATA_DIR):
        if path.name != fresh.name:
            os.utime(path, (0, 0))
    assert sweep("papers") == 2
    assert {path.name for path in files(settings.PORTAL_DATA_DIR)} == {named.name, fresh.name}
    assert orphan.name not in {named.name, fresh.name}
    assert sweep("others") == 0


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("名册.xlsx", "名册.xlsx"),
        ("../../x", "_.._x"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"),
        ("gnp.\u202exslx", "gnp.xslx"),
        ("\x00\t", "文件"),
        (" . ", "文件"),
        ("长" * 300 + ".xlsx", "长" * 95 + ".xlsx"),
        ("长" * 300, "长" * 100),
        ("𠮷野家.docx", "𠮷野家.docx"),
    ],
)
def test_filenames(name, clean):
    assert clean_filename(name) == clean


@settings(deadline=None)
@given(st.text())
def test_any_filename_becomes_a_safe_one(name):
    clean = clean_filename(name)
    assert 0 < len(clean) <= 100
    assert clean.isprintable() or not any(char in clean for char in "\r\n\0\u202e")
    assert not set(clean) & set('/\\:*?"<>|')
    clean.encode()
