"""Which font files stand for 仿宋, 楷体, 黑体, 小标宋 and 宋体 in a printed document.

The office's licensed fonts win: every file in its font folder is recognised by the family names inside it (file
names mean nothing: FZXBSJW.TTF, simfang.ttf, 新建文件.ttf). Behind it stands the bundled font of the role, behind
that the wide-coverage fonts for rare characters. Nothing of the machine's own fonts is ever used, so the same
document looks the same on every machine.
"""

import struct
from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont, TTLibError

BUNDLED_DIR = Path(__file__).resolve().parents[2] / "fonts"
COLLECTIONS = {".ttc", ".otc"}
SUFFIXES = {".ttf", ".otf", *COLLECTIONS}
RESTRICTED_EMBEDDING = 0x0002  # OS/2 fsType: the licence forbids embedding without permission


@dataclass(frozen=True)
class Role:
    """One kind of lettering of GB/T 9704-2012: its families in order of preference and the bundled stand-in.

    ``latin``: out of which bundled font the stand-in takes figures and Latin letters. Fandol's 仿宋 has sans-serif
    ones, its 黑体 thin ones. The office's own font keeps its own.
    """

    key: str
    label: str
    use: str
    families: tuple[str, ...]
    stand_in: str
    latin: str = ""


ROLES = (
    Role(
        "body",
        "仿宋",
        "正文",
        (
            "仿宋_GB2312",
            "FangSong_GB2312",
            "方正仿宋_GB2312",
            "FZFangSong-GB2312",
            "方正仿宋_GBK",
            "FZFangSong-Z02",
            "方正仿宋简体",
            "FZFangSong-Z02S",
            "仿宋",
            "FangSong",
            "华文仿宋",
            "STFangsong",
        ),
        "fandol/FandolFang-Regular.otf",
        "latin/PortalSong-Latin.otf",
    ),
    Role(
        "kai",
        "楷体",
        "二级标题",
        (
            "楷体_GB2312",
            "KaiTi_GB2312",
            "方正楷体_GB2312",
            "FZKai-GB2312",
            "方正楷体_GBK",
            "FZKai-Z03",
            "方正楷体简体",
            "FZKai-Z03S",
            "楷体",
            "KaiTi",
            "华文楷体",
            "STKaiti",
        ),
        "fandol/FandolKai-Regular.otf",
    ),
    Role(
        "hei",
        "黑体",
        "一级标题",
        ("黑体", "SimHei", "方正黑体_GBK", "FZHei-B01", "方正黑体简体", "FZHei-B01S", "华文黑体", "STHeiti"),
        "fandol/FandolHei-Regular.otf",
        "latin/PortalHei-Latin.otf",
    ),
    Role(
        "title",
        "小标宋",
        "标题和刊头",
        (
            "方正小标宋_GBK",
            "FZXiaoBiaoSong-B05",
            "方正小标宋简体",
            "FZXiaoBiaoSong-B05S",
            "方正小标宋",
            "小标宋体",
            "小标宋",
            "华文中宋",
            "STZhongsong",
        ),
        "fandol/FandolSong-Bold.otf",
    ),
    Role(
        "song",
        "宋体",
        "页码",
        (
            "宋体",
            "SimSun",
            "方正书宋_GBK",
            "FZShuSong-Z01",
            "方正书宋简体",
            "FZShuSong-Z01S",
            "华文宋体",
            "STSong",
        ),
        "fandol/FandolSong-Regular.otf",
    ),
)
ROLE_KEYS = tuple(role.key for role in ROLES)
RARE = ("hanazono/HanaMinA.ttf", "hanazono/HanaMinB.ttf")


@dataclass(frozen=True)
class FontFile:
    """One font: a file, and the place inside it if the file is a collection."""

    path: Path
    number: int = 0
    families: tuple[str, ...] = ()
    from_office: bool = False
    may_embed: bool = True

    def read(self) -> bytes:
        """The font's bytes; out of a collection, this one face alone."""
        if self.path.suffix.lower() not in COLLECTIONS:
            return self.path.read_bytes()
        out = BytesIO()
        with TTFont(self.path, fontNumber=self.number) as font:
            font.save(out)
        return out.getvalue()

    @property
    def stamp(self) -> tuple[str, int, int, int]:
        """Changes when the file is replaced."""
        stat = self.path.stat()
        return str(self.path), self.number, stat.st_mtime_ns, stat.st_size


@dataclass(frozen=True)
class RoleState:
    """What the health page shows for one role: ``state`` is "office", "stand-in" or "missing"."""

    key: str
    label: str
    use: str
    state: str
    font: str
    message: str


def resolve(folder: Path | None) -> dict[str, tuple[FontFile, ...]]:
    """For every role its fonts in order: the office's, the bundled one, the two for rare characters.

    ``folder`` is the office's font folder or None. Unreadable files in it are passed over (``check`` names them);
    a bundled file that is not there is left out.
    """
    own = _office_fonts(folder)
    rare = tuple(FontFile(BUNDLED_DIR / name) for name in RARE if (BUNDLED_DIR / name).is_file())
    chosen = {}
    for role in ROLES:
        stand_in = BUNDLED_DIR / role.stand_in
        bundled = (FontFile(stand_in),) if stand_in.is_file() else ()
        chosen[role.key] = (*_of_role(role, own), *bundled, *rare)
    return chosen


def latin(folder: Path | None) -> dict[str, FontFile]:
    """For the roles whose stand-in borrows its figures and Latin letters: the font that lends them."""
    own = _office_fonts(folder)
    return {
        role.key: FontFile(BUNDLED_DIR / role.latin)
        for role in ROLES
        if role.latin and not _of_role(role, own) and (BUNDLED_DIR / role.latin).is_file()
    }


def signature(folder: Path | None) -> tuple[tuple[str, int, int, int], ...]:
    """A value that changes whenever a font of any role is added, replaced or taken away."""
    files = {font for fonts in resolve(folder).values() for font in fonts}
    return tuple(sorted(font.stamp for font in files))


def check(folder: Path | None) -> list[RoleState]:
    """State of every role, then one line for the rare characters, then one for each unreadable file."""
    own = _office_fonts(folder)
    states = [_role_state(role, _of_role(role, own)) for role in ROLES]
    lacking = [name for name in RARE if not (BUNDLED_DIR / name).is_file()]
    message = f"缺少随附字体：{'、'.join(lacking)}" if lacking else "生僻字（扩展A至F区）由花园明朝补字。"
    states.append(
        RoleState("rare", "生僻字", "姓名等", "missing" if lacking else "stand-in", "花园明朝", message)
    )
    states += [
        RoleState("unreadable", path.name, "", "missing", "", "这个文件不是可用的字体，请重新复制。")
        for path in _candidates(folder)
        if not _faces(path, *_stat(path))
    ]
    return states


def _role_state(role: Role, own: tuple[FontFile, ...]) -> RoleState:
    if own:
        font = own[0]
        note = "" if font.may_embed else "；该字体声明不许嵌入文件，请核对授权"
        return RoleState(role.key, role.label, role.use, "office", font.families[0], f"用本单位字体{note}。")
    stand_in = BUNDLED_DIR / role.stand_in
    if stand_in.is_file():
        message = f"以随附的开源字体代替，放入{role.families[0]}后自动换用。"
        return RoleState(role.key, role.label, role.use, "stand-in", stand_in.stem, message)
    return RoleState(
        role.key, role.label, role.use, "missing", "", f"没有可用的{role.label}字体，不能生成文件。"
    )


def _of_role(role: Role, own: list[FontFile]) -> tuple[FontFile, ...]:
    """The best of the office's fonts for the role: the first family in the list that is there."""
    for family in role.families:
        for font in own:
            if family.casefold() in (name.casefold() for name in font.families):
                return (font,)
    return ()


def _candidates(folder: Path | None) -> list[Path]:
    if folder is None or not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())


def _office_fonts(folder: Path | None) -> list[FontFile]:
    return [font for path in _candidates(folder) for font in _faces(path, *_stat(path))]


def _stat(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=256)
def _faces(path: Path, modified: int, size: int) -> tuple[FontFile, ...]:
    """The faces in one office file, by its name table; none if it cannot be read as a font."""
    try:
        with path.open("rb") as file:
            if path.suffix.lower() in COLLECTIONS:
                found = TTCollection(file, lazy=True).fonts
            else:
                found = [TTFont(file, lazy=True)]
            return tuple(_face(path, number, font) for number, font in enumerate(found))
    except (TTLibError, OSError, KeyError, ValueError, AssertionError, struct.error):
        return ()


def _face(path: Path, number: int, font: TTFont) -> FontFile:
    """Family (1), full (4), PostScript (6) and typographic family (16) names, in every language."""
    names = [
        record.toUnicode(errors="replace") for record in font["name"].names if record.nameID in {1, 16, 4, 6}
    ]
    embedding = font["OS/2"].fsType if "OS/2" in font else 0
    font.getBestCmap()  # a file cut short has names but no characters: let it fail here
    return FontFile(path, number, tuple(dict.fromkeys(names)), True, embedding & 0xF != RESTRICTED_EMBEDDING)


@dataclass(frozen=True)
class Face:
    """The fonts of one role as the line breaker needs them: which font has a character, and how wide it is there."""

    fonts: tuple[FontFile, ...]
    latin: FontFile | None = None

    @cached_property
    def _stamps(self) -> tuple[tuple[str, int, int, int], ...]:
        return tuple(font.stamp for font in self.fonts)

    @cached_property
    def _latin_stamp(self) -> tuple[str, int, int, int]:
        if self.latin is None:
            raise ValueError("this face borrows no Latin letters")
        return self.latin.stamp

    def advance(self, char: str) -> float:
        """Width in em; 1 for a character that no font has (its box is drawn one em wide)."""
        if self.is_latin(char):
            return _widths(self._latin_stamp)[ord(char)]
        for stamp in self._stamps:
            width = _widths(stamp).get(ord(char))
            if width is not None:
                return width
        return 1.0

    def is_latin(self, char: str) -> bool:
        """Whether the character comes out of the font that lends figures and Latin letters."""
        return self.latin is not None and char.isascii() and ord(char) in _widths(self._latin_stamp)

    def is_first(self, char: str) -> bool:
        """Whether the role's first font has the character."""
        return bool(self._stamps) and ord(char) in _widths(self._stamps[0])

    def has(self, char: str) -> bool:
        """Whether any font of the role has the character."""
        return any(ord(char) in _widths(stamp) for stamp in self._stamps)


def faces(folder: Path | None) -> dict[str, Face]:
    """The faces of all roles."""
    lenders = latin(folder)
    return {key: Face(fonts, lenders.get(key)) for key, fonts in resolve(folder).items()}


def missing_characters(text: str, folder: Path | None = None) -> str:
    """The characters of a text that no font can print, each once; for a warning before a document is issued."""
    body = faces(folder)["body"]
    return "".join(dict.fromkeys(char for char in text if not char.isspace() and not body.has(char)))


@lru_cache(maxsize=16)
def _widths(stamp: tuple[str, int, int, int]) -> dict[int, float]:
    """Advance width in em of every character of a font file."""
    path, number, _, _ = stamp
    with TTFont(path, fontNumber=number, lazy=True) as font:
        em, metrics = font["head"].unitsPerEm, font["hmtx"].metrics
        return {code: metrics[glyph][0] / em for code, glyph in font.getBestCmap().items()}
