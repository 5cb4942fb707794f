"""Giving a person's 干部任免审批表 away as a file, with an entry in the log."""

import base64

from django.db import transaction
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core import private_files
from apps.core.scope import Actor
from apps.retirees.actions.portrait import BUCKET
from apps.retirees.choices import Political
from apps.retirees.models import CareerEntry, FamilyMember, Honour, Portrait, PrivateDetails, Retiree
from apps.retirees.rules.lrmx import VERSION, career_line, lrmx_document, month_of, party_of


@transaction.atomic
def export_lrmx(*, retiree: Retiree, reason: str, by: Actor) -> bytes:
    """The form of one person, the ID number in plain. Writes who took it and why; ValueError without a reason."""
    if not reason.strip():
        raise ValueError("导出需要写明用途。")
    private = PrivateDetails.objects.visible_to(by).filter(pk=retiree.pk).first()
    number = private.national_id.for_processing() if private and private.national_id else ""
    today = timezone.localdate().strftime("%Y%m%d")
    political = str(retiree.get_political_display()) if retiree.political else ""
    members = (Political.PARTY, Political.PROBATIONARY)
    values = {
        "XingMing": retiree.name,
        "XingBie": _label(retiree, "sex"),
        "ChuShengNianYue": month_of(retiree.birth_date),
        "MinZu": _label(retiree, "nation"),
        "JiGuan": retiree.native_place,
        "RuDangShiJian": party_of(
            retiree.joined_party_on, political, is_party_member=retiree.political in members
        ),
        "CanJiaGongZuoShiJian": month_of(retiree.work_started_on or retiree.joined_on),
        "JianKangZhuangKuang": _label(retiree, "health"),
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
    record_event(
        kind=EventKind.EXPORT,
        summary=f"导出任免审批表：{retiree.name}",
        by=by,
        subject=retiree,
        reason=reason,
        data={"rows": 1, "keys": [retiree.pk]},
    )
    return lrmx_document(values, _family(retiree, by))


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
            "ChengWei": str(one.get_relation_display()),
            "XingMing": one.name,
            "ChuShengRiQi": month_of(one.birth_date),
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
