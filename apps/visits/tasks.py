"""What visits do by the clock, and what takes too long for a page."""

from datetime import date

from celery import shared_task
from django.utils import timezone

from apps.core.documents.errors import DocumentError
from apps.core.scope import scope
from apps.jobs.actions import JobFailed, Lease, handles, keep_file, request_job
from apps.jobs.rules import system_actor
from apps.units.models import Unit
from apps.visits.actions.campaign_papers import FORMATS, PAPERS, PaperRefused, make_paper
from apps.visits.actions.coverage_paper import make_coverage
from apps.visits.actions.dues import make_dues, make_rule_dues
from apps.visits.actions.rules import JOB
from apps.visits.actions.tallies import refresh_tallies
from apps.visits.models import Campaign, VisitRule


@shared_task(name="apps.visits.tasks.ask_for_dues")
def ask_for_dues() -> None:
    """Once a day, however often the clock ticks: bring the due list up to the rules."""
    day = timezone.localdate()
    with scope(system_actor()) as actor:
        request_job(kind="visits.dues", label="更新应访名单", dedupe_key=f"visits.dues:{day}", by=actor)


@shared_task(name="apps.visits.tasks.refresh_work")
def refresh_work() -> None:
    """Count again what changed, so that boards and campaigns open at once."""
    with scope(system_actor()) as actor:
        refresh_tallies(today=timezone.localdate(), by=actor)


@handles("visits.dues")
def bring_up_dues(lease: Lease) -> None:
    """One step a county, so that a broken run goes on behind the last one."""
    with lease.step():
        counties = list(Unit.objects.counties().order_by("pk").values_list("pk", flat=True))
    today, made = timezone.localdate(), 0
    for number, county_id in enumerate(counties[lease.job.done :], start=lease.job.done + 1):
        with lease.step(done=number, total=len(counties)):
            made += make_dues(today=today, by=lease.actor, county_id=county_id)
    result: dict[str, object] = {}
    with lease.last_step(result):
        result["summary"] = f"新列入{made}人次"
        result["next"] = {"label": "看应访名单", "view": "visits:due", "args": []}


@handles(JOB)
def make_rows_of_rule(lease: Lease) -> None:
    """The rows of a rule that was switched on or changed, in the scope of whoever did it."""
    result: dict[str, object] = {}
    with lease.last_step(result):
        rule = VisitRule.objects.select_related("occasion").get(pk=lease.job.payload["rule"])
        made = make_rule_dues(rule=rule, today=timezone.localdate())
        result["summary"] = f"新列入{made}人次"
        result["next"] = {"label": "看规则", "view": "visits:rule", "args": [rule.pk]}


@handles("visits.papers")
def campaign_paper(lease: Lease) -> None:
    """A paper of a campaign, as a file of the job, in the scope of whoever asked."""
    result: dict[str, object] = {}
    given = lease.job.payload
    try:
        with lease.last_step(result):
            campaign = Campaign.objects.visible_to(lease.actor).get(pk=given["campaign"])
            content = make_paper(
                campaign=campaign,
                paper=given["paper"],
                form=given["form"],
                team=given["team"],
                county=given["county"],
                today=date.fromisoformat(given["today"]),
                by=lease.actor,
            )
            name = f"{campaign.title}{PAPERS[given['paper']]}.{given['form']}"
            result["file"] = keep_file(content, filename=name, content_type=FORMATS[given["form"]])
            result["summary"] = f"{PAPERS[given['paper']]}已生成"
            result["next"] = {"label": "回到活动", "view": "visits:campaign-papers", "args": [campaign.pk]}
    except (DocumentError, PaperRefused) as error:
        raise JobFailed(str(error)) from error


@handles("visits.coverage")
def coverage_paper(lease: Lease) -> None:
    """The coverage of a campaign as a PDF, as a file of the job, in the scope of whoever asked."""
    result: dict[str, object] = {}
    given = lease.job.payload
    try:
        with lease.last_step(result):
            campaign = Campaign.objects.visible_to(lease.actor).get(pk=given["campaign"])
            today = date.fromisoformat(given["today"])
            content = make_coverage(campaign=campaign, today=today, by=lease.actor)
            name = f"{campaign.title}覆盖情况.pdf"
            result["file"] = keep_file(content, filename=name, content_type=FORMATS["pdf"])
            result["summary"] = "覆盖情况已生成"
            result["next"] = {"label": "回到活动", "view": "visits:campaign", "args": [campaign.pk]}
    except DocumentError as error:
        raise JobFailed(str(error)) from error
