"""Papers of a selection: packed, one a person, under the same rules as a table."""

import io
import zipfile

from django.urls import reverse

from apps.core.scope import scope
from apps.exports.models import ExportRequest
from apps.imports.reading.lrmx import is_lrmx_zip
from tests.exports.conftest import id_number, made, token
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

NEW = reverse("exports:new")


def sent(**values):
    wanted = {"all": "1", "query": "", "token": token(), "format": "lrmx", "mask": "masked", "order": "name"}
    return wanted | {"reason": "换届核对"} | values


def asked(user):
    with scope(actor_of(user)):
        return ExportRequest.objects.get(created_by=user.pk)


def test_forms_of_a_selection_are_packed_without_the_number(city, people, tmp_path):
    assert signed_in(city.clerk_a).post(NEW, sent(mask="out")).status_code == 302
    request = asked(city.clerk_a)
    assert (request.needs, request.mask, request.columns) == ("", "masked", ["name", "national_id"])
    content = made(request, city.clerk_a)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["001钱二.lrmx", "002孙三.lrmx", "003赵一.lrmx"]
        texts = [archive.read(name).decode() for name in archive.namelist()]
    assert not any(id_number(number) in text for text in texts for number in range(4))
    (path := tmp_path / "forms").write_bytes(content)
    assert is_lrmx_zip(path)


def test_with_the_number_a_second_person_must_agree(city, people):
    page = signed_in(city.clerk_a).post(NEW, sent(reason=""))
    assert page.status_code == 422
    assert signed_in(city.clerk_a).post(NEW, sent(mask="plain")).status_code == 302
    request = asked(city.clerk_a)
    assert (request.state, request.needs) == ("waiting", "含核心个人信息原文（身份证号）")
    assert request.job_id is None


def test_more_than_twenty_forms_need_a_second_person(city):
    for number in range(21):
        make_person(city.clerk_a, city.a1, name=f"甲{number}")
    signed_in(city.clerk_a).post(NEW, sent())
    assert asked(city.clerk_a).needs == "超过20人"


def test_papers_and_hostile_names(city):
    make_person(city.clerk_a, city.a1, name="../../甲\\乙")
    make_person(city.clerk_a, city.a1, name="丙")
    signed_in(city.clerk_a).post(NEW, sent(format="info"))
    with zipfile.ZipFile(io.BytesIO(made(asked(city.clerk_a), city.clerk_a))) as archive:
        assert len(archive.namelist()) == 2
        assert not any("/" in name or "\\" in name for name in archive.namelist())
        assert all(name.endswith(".docx") for name in archive.namelist())
