"""Papers of a campaign, made by a job; its coverage as a workbook."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.accounts.perms import may_export
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_date
from apps.core.downloads import attachment
from apps.core.pages import page
from apps.core.sheets import xlsx
from apps.core.sheets.table import About, Column
from apps.exports.rules import ALONE
from apps.jobs.actions import request_job
from apps.visits import perms
from apps.visits.actions.campaign_papers import PAPERS, due_of_paper
from apps.visits.actions.coverage_paper import COLUMNS, cells_of, reason_words
from apps.visits.choices import CampaignState
from apps.visits.forms.papers import PaperForm
from apps.visits.models import Campaign
from apps.visits.queries.coverage import campaign_coverage, missing_rows
from apps.visits.views.campaigns import crumbs, keeps, page_of, tabs, the_campaign
from apps.visits.views.coverage import sections

JOB, COVERAGE_JOB = "visits.papers", "visits.coverage"
NAMED = 3000
"""Missing people who stand with their names in the workbook."""


def _frozen(request: HttpRequest, pk: int) -> Campaign:
    campaign = the_campaign(request.actor, pk)
    if campaign.state == CampaignState.DRAFT:
        raise Http404("draft")
    return campaign


@page(perms.can_see_plans, "GET", "POST")
def papers(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a paper; a job makes it, and it waits there as a file."""
    actor = request.actor
    campaign = _frozen(request, pk)
    form = PaperForm(request.POST or None, actor=actor, campaign=campaign)
    if request.method == "POST" and form.is_valid():
        problem = _refused(request, campaign, form)
        if not problem:
            data = form.cleaned_data
            job = request_job(
                kind=JOB,
                label=f"打印{PAPERS[data['paper']]}",
                dedupe_key=f"{JOB}:{actor.user_id}:{data['token']}",
                payload={
                    "campaign": campaign.pk,
                    "paper": data["paper"],
                    "form": data["form"],
                    "today": timezone.localdate().isoformat(),
                    **form.about(),
                },
                by=actor,
            )
            return redirect("jobs:detail", pk=job.pk)
        form.add_error(None, problem)
    context = {
        "form": form,
        "heading": f"打印：{campaign.title}",
        "crumbs": crumbs((campaign.title, page_of(campaign)), ("打印", "")),
        "campaign": campaign,
        "tabs": tabs(actor, campaign, "campaign-papers"),
        "may_write": keeps(actor, campaign) and campaign.state != CampaignState.CLOSED,
        "page_actions": [],
        "submit_label": "生成",
        "cancel_url": page_of(campaign),
        "note": "只印现在还要看望的人；已去世、已转出的不会印出来。在后台生成，文件保留7天，打印记入日志。",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "visits/campaign_papers.html", context, status=status)


def _refused(request: HttpRequest, campaign: Campaign, form: PaperForm) -> str:
    """Why not; "" where it may be made. Many names on paper are taken out like a file."""
    count = len(due_of_paper(campaign, request.actor, **form.about()))
    if not count:
        return "这个范围里没有还要看望的人。"
    if form.cleaned_data["paper"] == "letters" and not campaign.letter.strip():
        return "还没有写慰问信，请先写好再打印。"
    if count > ALONE and not may_export(request.actor):
        return f"超过{ALONE}人的要有导出权限才能打印，请按组打印，或请有权限的经办办理。"
    return ""


@page(perms.can_see_plans, "POST")
def coverage_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The coverage as a PDF, made by a job like the other papers; pressed twice in a second it is made once."""
    actor, now = request.actor, timezone.localtime()
    campaign = _frozen(request, pk)
    job = request_job(
        kind=COVERAGE_JOB,
        label="打印覆盖情况",
        dedupe_key=f"{COVERAGE_JOB}:{actor.user_id}:{campaign.pk}:{now:%Y%m%d%H%M%S}",
        payload={"campaign": campaign.pk, "today": now.date().isoformat()},
        by=actor,
    )
    return redirect("jobs:detail", pk=job.pk)


@page(perms.can_list_visits, "POST")
def coverage_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The coverage as a workbook: numbers for whoever sees them; names of the missing with the right to take them."""
    actor, today = request.actor, timezone.localdate()
    campaign = _frozen(request, pk)
    coverage = campaign_coverage(campaign, actor, today)
    columns = [Column("口径", 12), Column("名称", 24)]
    columns += [Column(label, 12, is_number=num) for label, num in COLUMNS]
    rows = [["合计", "", *cells_of(coverage.total)]]
    for name, lines in sections(coverage, actor):
        rows += [[name, line.label, *cells_of(line.tally)] for line in lines]
    most = NAMED if may_export(actor) else ALONE
    named: list[Any] = list(missing_rows(campaign, actor)[: most + 1])
    if len(named) > most:
        messages.warning(request, f"未访超过{most}人，表里只有数字，没有姓名。")
        named = []
    for due in named:
        place = f"{due.county.label} {due.unit.label}"
        rows.append(["未访", due.retiree.name, place, reason_words(due), *[""] * (len(COLUMNS) - 2)])
    about = About(
        title=f"{campaign.title}走访情况",
        lines=(("截至", format_date(today)), ("未访", f"{coverage.total.missing}人")),
        mark=f"{actor.name} {format_date(today)}",
        number="",
    )
    words = f"导出走访情况：{campaign.title}"
    record_event(
        kind=EventKind.EXPORT, summary=words, by=actor, subject=campaign, data={"people": len(named)}
    )
    content = xlsx.table_file(columns, rows, about)
    return attachment(content, filename=f"{campaign.title}走访情况.xlsx", content_type=xlsx.TYPE)
