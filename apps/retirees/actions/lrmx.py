"""A person's 干部任免审批表 as a file for the editors of that form."""

import base64

from django.utils import timezone

from apps.core import private_files
from apps.core.scope import Actor
from apps.retirees.actions.portrait import BUCKET
from apps.retirees.choices import Political
from apps.retirees.models import CareerEntry, FamilyMember, Honour, Portrait, PrivateDetails, Retiree
from apps.retirees.rules.lrmx import VERSION, career_line, lrmx_document, month_of, party_of


def lrmx_of(retiree: Retiree, *, plain: bool, by: Actor) -> bytes:
    """The form of one person whom ``by`` sees. ``plain``: with the ID number; else its place is empty, since the
    editors take no masked one. Who took it stands in the log by the request it is made for."""
    number = _number(retiree, by) if plain else ""
    today = timezone.localdate().strftime("%Y%m%d")
    political = str(retiree.get_political_display()) if retiree.political else ""
    members = (Political.PARTY, Political.PROBATIONARY)
    values = {
        "XingMing": retiree.name,
        "XingBie": _label(retiree, "sex"),
        "ChuShengNianYue": month_of(retiree.birth_date),
        "MinZu": _label(retiree, "nation"),
        "JiGuan": retiree.native_place,
        "ChuShengDi": retiree.birthplace,
        "RuDangShiJian": party_of(
            retiree.joined_party_on, political, is_party_member=retiree.political in members
        ),
        "CanJiaGongZuoShiJian": month_of(retiree.work_started_on or retiree.joined_on),
        "JianKangZhuangKuang": _label(retiree, "health"),
        "ShuXiZhuanYeYouHeZhuanChang": retiree.speciality,
        "QuanRiZhiJiaoYu_XueLi": _label(retiree, "education"),
        "XianRenZhiWu": retiree.post,
        "JianLi": "\r\n".join(_career(retiree, by)),
        "JiangChengQingKuang": "；".join(
            one.name for one in Honour.objects.visible_to(by).filter(retiree=retiree)
        ),
        "ChengBaoDanWei": retiree.unit.label,
        "JiSuanNianLingShiJian": today,
        "TianBiaoShiJian": today,
        "TianBiaoRen": by.name,
        "ShenFenZheng": number,
        "ZhaoPian": _portrait(retiree, by),
        "Version": VERSION,
    }
    return lrmx_document(values, _family(retiree, by))


def _number(retiree: Retiree, by: Actor) -> str:
    private = PrivateDetails.objects.visible_to(by).filter(pk=retiree.pk).first()
    return private.national_id.for_processing() if private and private.national_id else ""


def _label(retiree: Retiree, name: str) -> str:
    display = getattr(retiree, f"get_{name}_display")
    return str(display()) if getattr(retiree, name) else ""


def _career(retiree: Retiree, by: Actor) -> list[str]:
    lines = CareerEntry.objects.visible_to(by).filter(retiree=retiree).order_by("position", "from_on", "pk")
    return [
        career_line(
            one.from_on, one.until_on, " ".join(filter(None, (one.organisation + one.post, one.note)))
        )
        for one in lines
    ]


def _family(retiree: Retiree, by: Actor) -> list[dict[str, str]]:
    return [
        {
            "ChengWei": one.kin,
            "XingMing": one.name,
            "ChuShengRiQi": month_of(one.birth_date),
            "ZhengZhiMianMao": str(one.get_political_display()) if one.political else "",
            "GongZuoDanWeiJiZhiWu": one.work,
        }
        for one in FamilyMember.objects.visible_to(by).filter(retiree=retiree).order_by("sort", "pk")
    ]


def _portrait(retiree: Retiree, by: Actor) -> str:
    found = Portrait.objects.visible_to(by).filter(retiree=retiree).first()
    if found is None:
        return ""
    try:
        return base64.b64encode(private_files.read(BUCKET, found.file_ref)).decode()
    except (private_files.FileGone, private_files.FileDamaged):
        return ""
