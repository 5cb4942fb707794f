"""What waits for somebody, for the home page."""

from datetime import date
from typing import Any

from django.urls import reverse

from apps.concerns.queries import due_concerns
from apps.core.scope import Actor
from apps.exports.queries import waiting_exports
from apps.imports.queries import waiting_batches
from apps.reports.queries import waiting_documents
from apps.retirees.perms import can_decide_requests
from apps.retirees.queries.due import due_people
from apps.retirees.queries.requests import returned_count, waiting_count
from apps.retirees.queries.transfers import waiting_transfers
from apps.visits.queries.due import overdue_count
from apps.visits.queries.list_changes import changes_sent_back, changes_to_decide


def _concerns(actor: Actor, today: date) -> list[dict[str, Any]]:
    waiting, address = due_concerns(actor, today), reverse("concerns:list")
    return [
        {
            "label": "诉求超期未答复",
            "count": waiting["overdue"],
            "url": f"{address}?show=overdue",
            "note": "已过答复期限，请先答复或按规定延期",
        },
        {
            "label": "诉求一周内到期",
            "count": waiting["soon"],
            "url": f"{address}?show=open",
            "note": "七天内要答复本人",
        },
        {
            "label": "诉求久未办理",
            "count": waiting["ageing"],
            "url": f"{address}?show=ageing",
            "note": "十个工作日没有进展",
        },
    ]


def _list_changes(actor: Actor) -> list[dict[str, Any]]:
    address = reverse("visits:list-changes")
    return [
        {
            "label": "走访名单增减待审批",
            "count": changes_to_decide(actor).count(),
            "url": address,
            "note": "批准后才进入或移出名单",
        },
        {
            "label": "走访名单增减退回",
            "count": changes_sent_back(actor).count(),
            "url": f"{address}?show=returned",
            "note": "看退回意见，重新申请或撤回",
        },
    ]


def due(actor: Actor, today: date) -> list[dict[str, Any]]:
    """What waits for the staff, most pressing first: {label, count, url, note}; nothing that is zero."""
    items = [
        {
            "label": "人员转移待答复、待查看",
            "count": waiting_transfers(actor),
            "url": reverse("retirees:transfers"),
            "note": "别的县市区转来的人，同意后才进入名册",
        },
        {
            "label": "超期未访",
            "count": overdue_count(actor, today),
            "url": f"{reverse('visits:due')}?show=overdue",
            "note": "该看望没有看望的；去不了的，写明原因",
        },
        {
            "label": "变更待审核",
            "count": waiting_count(actor) if can_decide_requests(actor) else 0,
            "url": f"{reverse('retirees:requests')}?tab=decide",
            "note": "待遇、级别、身份证号、去世等，审核后生效",
        },
        {
            "label": "申请退回待修改",
            "count": returned_count(actor) if actor.county_id is not None else 0,
            "url": f"{reverse('retirees:requests')}?tab=own",
            "note": "看退回意见，补充后重新报审",
        },
        *_list_changes(actor),
        *_concerns(actor, today),
        *due_people(actor, today),
        {
            "label": "导入待核对",
            "count": waiting_batches(actor),
            "url": reverse("imports:list"),
            "note": "核对后确认才会写入名册",
        },
        {
            "label": "导出待审批",
            "count": waiting_exports(actor),
            "url": f"{reverse('exports:list')}?whose=waiting",
            "note": "超过20人或含身份证号等原文，由您批准后才生成",
        },
        {
            "label": "简报待核对或签发",
            "count": waiting_documents(actor),
            "url": reverse("reports:list"),
            "note": "核对数字和文字后签发",
        },
    ]
    return [item for item in items if item["count"]]
