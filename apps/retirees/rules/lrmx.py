"""Writing a 干部任免审批表 (.lrmx): the 34 elements in pinyin, dates as yyyyMM, lines parted by CRLF."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from apps.core.partial_date import PartialDate
from apps.core.sheets.table import clean_cell

ELEMENTS = (
    "XingMing",
    "XingBie",
    "ChuShengNianYue",
    "MinZu",
    "JiGuan",
    "ChuShengDi",
    "RuDangShiJian",
    "CanJiaGongZuoShiJian",
    "JianKangZhuangKuang",
    "ZhuanYeJiShuZhiWu",
    "ShuXiZhuanYeYouHeZhuanChang",
    "QuanRiZhiJiaoYu_XueLi",
    "QuanRiZhiJiaoYu_XueWei",
    "QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi",
    "QuanRiZhiJiaoYu_XueWei_BiYeYuanXiaoXi",
    "ZaiZhiJiaoYu_XueLi",
    "ZaiZhiJiaoYu_XueWei",
    "ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi",
    "ZaiZhiJiaoYu_XueWei_BiYeYuanXiaoXi",
    "XianRenZhiWu",
    "NiRenZhiWu",
    "NiMianZhiWu",
    "JianLi",
    "JiangChengQingKuang",
    "NianDuKaoHeJieGuo",
    "RenMianLiYou",
    "JiaTingChengYuan",
    "ChengBaoDanWei",
    "JiSuanNianLingShiJian",
    "TianBiaoShiJian",
    "TianBiaoRen",
    "ShenFenZheng",
    "ZhaoPian",
    "Version",
)
MEMBER = ("ChengWei", "XingMing", "ChuShengRiQi", "ZhengZhiMianMao", "GongZuoDanWeiJiZhiWu")
MOST_MEMBERS = 10
VERSION = "3.2.1.6"


def month_of(day: PartialDate | None) -> str:
    """yyyyMM, yyyy where only the year is known."""
    return day.iso()[:7].replace("-", "") if day else ""


def party_of(joined: PartialDate | None, party: str, *, is_party_member: bool) -> str:
    """198507; of other parties 198507；民盟 or the name alone."""
    if is_party_member or not party:
        return month_of(joined)
    return "；".join(part for part in (month_of(joined), party) if part)


def career_line(start: PartialDate | None, end: PartialDate | None, text: str) -> str:
    """1970.03--1975.08  …, as wide as the editors write it; open ends stay open."""
    return f"{_dotted(start):7}--{_dotted(end):7}  {text}"


def _dotted(day: PartialDate | None) -> str:
    return day.iso()[:7].replace("-", ".") if day else ""


def lrmx_document(values: Mapping[str, str], family: Sequence[Mapping[str, str]]) -> bytes:
    """The file: ``values`` by element (left out: empty), at most ten of the ``family`` by MEMBER."""
    lines = []
    for name in ELEMENTS:
        inside = _members(family) if name == "JiaTingChengYuan" else _text(values.get(name, ""))
        lines.append(f"  <{name}>{inside}</{name}>")
    body = "\r\n".join(('<?xml version="1.0" encoding="utf-8"?>', "<Person>", *lines, "</Person>"))
    return b"\xef\xbb\xbf" + body.encode()


def _members(family: Sequence[Mapping[str, str]]) -> str:
    return "".join(f"<Item>{_member(one)}</Item>" for one in family[:MOST_MEMBERS])


def _member(one: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{_text(one.get(name, ''))}</{name}>" for name in MEMBER)


def _text(text: str) -> str:
    """Escaped; a CRLF survives the parser's tidying only as a character reference."""
    return escape(text if len(text) > 30_000 else clean_cell(text)).replace("\r", "&#13;")
