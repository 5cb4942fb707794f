"""People to export, and asking for it the way the page does."""

import io
import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.http import QueryDict

from apps.core import private_files
from apps.core.national_id import check_character
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.exports import actions, tasks
from apps.exports.models import ExportRequest
from apps.exports.rules import by_name, exporters
from apps.jobs.actions import do_job
from apps.jobs.models import Job
from apps.retirees.models import Retiree
from tests.factories.city import actor_of, make_person

assert tasks  # registers the kinds of jobs
Ask = Callable[..., ExportRequest]


def id_number(number: int) -> str:
    """An ID number that nobody else here has."""
    first = f"4201061934{7 + number % 3:02d}15{number:03d}"
    return first + check_character(first)


@pytest.fixture
def people(city: SimpleNamespace) -> list[Retiree]:
    """Three people of unit a1 and one of b1."""
    found = [
        make_person(
            city.clerk_a,
            city.a1,
            name=name,
            birth_date=PartialDate(1934, 7 + number, 15),
            national_id=id_number(number),
            phone=f"1391225139{number}",
            address=f"云溪市南岭县城关镇{number}号",
            medical_card=f"000{number}77",
        )
        for number, name in enumerate(("赵一", "钱二", "孙三"))
    ]
    found.append(make_person(city.clerk_b, city.b1, name="李外县", national_id=id_number(3)))
    return found


@pytest.fixture
def ask(city: SimpleNamespace) -> Ask:
    """Asks for an export of everybody the user sees."""

    def go(
        user: Any, *names: str, format: str = "xlsx", mask: str = "masked", reason: str = "试用", **data: str
    ) -> ExportRequest:
        exporter = exporters["roster"]
        with scope(actor_of(user)) as actor:
            query = QueryDict(mutable=True)
            query.update({"all": "1", **data})
            offered = by_name(exporter.columns(actor))
            columns = [offered[name] for name in names] if names else list(offered.values())
            return actions.request_export(
                exporter=exporter,
                picked=exporter.pick(actor, query),
                wanted=actions.Wanted(columns, format, mask, reason, order=data.get("order", "name")),
                by=actor,
            )

    return go


def made(request: ExportRequest, user: Any) -> bytes:
    """Do the job of a request and return its file."""
    with scope(actor_of(user)):
        request = ExportRequest.objects.get(pk=request.pk)
    assert request.job_id is not None
    do_job(request.job_id)
    job = Job.objects.get(pk=request.job_id)
    assert job.file is not None, (job.state, job.problem)
    return private_files.read("downloads", job.file["name"])


def sheet_of(content: bytes) -> list[list[Any]]:
    """The first sheet of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def token() -> str:
    return str(uuid.uuid4())
