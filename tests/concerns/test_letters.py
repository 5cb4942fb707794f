"""The letter with the answer: what it says, who is written to, and to whom never."""

import io
from typing import Any

import docx
import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from apps.audit.models import Event
from apps.concerns.actions import LetterRefused, addressees, make_letters, register_concern, take_step
from apps.concerns.choices import StepKind
from apps.concerns.models import Concern
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions import record_death, retract_exit
from apps.retirees.models import FamilyMember, Retiree
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

TODAY = timezone.localdate()
ANSWER = "补助已经批准，\n每月300元，从下月起发。"


@pytest.fixture
def people(city: Any) -> list[Any]:
    return [make_person(city.clerk_a, city.a1, name=name) for name in ("周一平", "吴二平")]


def answered(city: Any, people: list[Any], answer: str = ANSWER, title: str = "申请护工补助") -> Concern:
    with scope(actor_of(city.clerk_a)) as actor:
        values = {"source": "letter", "title": title}
        one = register_concern(retiree=people[0], values=values, others=people[1:], by=actor)
        changes = {"answer": answer, "answer_way": "letter", "result": "solved"}
        return take_step(concern=one, step=StepKind.ANSWERED, version=1, by=actor, **changes)


def dead(city: Any, person: Any) -> None:
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(
            retiree=Retiree.objects.get(pk=person.pk),
            died_on=PartialDate.from_date(TODAY),
            reported_on=TODAY,
            by=actor,
        )


def sent(*to: str, form: str = "pdf", **more: Any) -> dict[str, Any]:
    return {"to": list(to), "office": "县委老干部局", "on": TODAY.isoformat(), "form": form, **more}


def words(content: bytes) -> list[str]:
    """The text of each page of a PDF, or the paragraphs of a docx."""
    if content[:4] == b"%PDF":
        return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]
    return [one.text for one in docx.Document(io.BytesIO(content)).paragraphs]


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_each_of_several_gets_his_letter(city: Any, people: list[Any], form: str) -> None:
    one = answered(city, people)
    client, address = signed_in(city.clerk_a), reverse("concerns:letter", args=[one.pk])
    assert address in client.get(reverse("concerns:concern", args=[one.pk])).text
    assert "吴二平" in client.get(address).text
    got = client.post(address, sent(*(f"person-{person.pk}" for person in people), form=form))
    assert got.status_code == 200
    assert got["Content-Disposition"].startswith("attachment")
    text = words(got.content)
    whole = "".join(text)
    assert whole.count("关于“申请护工补助”的答复") == 2
    for part in ("周一平同志：", "吴二平同志：", one.label, "每月300元", "县委老干部局"):
        assert part in whole
    if form == "pdf":
        assert len(text) == 2
        assert all("演示稿" in page for page in text)
    else:
        header = docx.Document(io.BytesIO(got.content)).sections[0].header
        assert "演示稿" in header.paragraphs[0].text
    with scope(system_actor()):
        event = Event.objects.filter(kind="export").get()
        assert (event.data["letters"], event.data["format"]) == (2, form)


def test_a_dead_cadre_is_not_written_to_and_his_family_is(city: Any, people: list[Any]) -> None:
    one = answered(city, people[:1])
    dead(city, people[0])
    client, address = signed_in(city.clerk_a), reverse("concerns:letter", args=[one.pk])
    page = client.get(address)
    assert "答复函不写给本人" in page.text
    assert client.post(address, sent(f"person-{people[0].pk}")).status_code == 422
    with scope(actor_of(city.clerk_a)) as actor, pytest.raises(LetterRefused, match="已经去世"):
        make_letters(concern=one, to=["x"], form="pdf", office="局", on=TODAY, by=actor)
    with scope(actor_of(city.clerk_a)):
        member = FamilyMember.objects.create(
            **people[0].row_keys(), relation="spouse", name="王秀英", is_survivor=True
        )
    assert client.post(address, sent(f"person-{people[0].pk}")).status_code == 422
    got = client.post(address, sent(f"family-{member.pk}"))
    assert got.status_code == 200
    text = words(got.content)[0]
    assert "王秀英同志（周一平同志家属）：" in text
    assert "周一平同志：" not in text


def test_a_death_among_several_takes_his_letter_away_and_taken_back_brings_it_again(
    city: Any, people: list[Any]
) -> None:
    one = answered(city, people)
    client, address = signed_in(city.clerk_a), reverse("concerns:letter", args=[one.pk])
    both = sent(*(f"person-{person.pk}" for person in people))
    dead(city, people[1])
    refused = client.post(address, both)
    assert refused.status_code == 422
    assert "已去世" in refused.text
    assert "吴二平" not in refused.text
    assert client.post(address, sent(f"person-{people[0].pk}")).status_code == 200
    with scope(actor_of(city.city_clerk)) as actor:
        retract_exit(retiree=Retiree.objects.get(pk=people[1].pk), reason="同名的人", by=actor)
    assert client.post(address, both).status_code == 200


def test_without_an_answer_there_is_no_letter(city: Any, people: list[Any]) -> None:
    with scope(actor_of(city.clerk_a)) as actor:
        one = register_concern(retiree=people[0], values={"source": "call", "title": "来电"}, by=actor)
    client, address = signed_in(city.clerk_a), reverse("concerns:letter", args=[one.pk])
    assert address not in client.get(reverse("concerns:concern", args=[one.pk])).text
    assert "还没有答复" in client.get(address).text
    assert client.post(address, sent(f"person-{people[0].pk}")).status_code == 422
    with scope(system_actor()):
        assert not Event.objects.filter(kind="export").exists()


@pytest.mark.parametrize(
    "wrong", [{"to": []}, {"office": ""}, {"office": "甲" * 61}, {"on": "2999-01-01"}, {"form": "exe"}]
)
def test_what_is_wrong_is_said(city: Any, people: list[Any], wrong: dict[str, Any]) -> None:
    one = answered(city, people)
    address = reverse("concerns:letter", args=[one.pk])
    answer = signed_in(city.clerk_a).post(address, sent(f"person-{people[0].pk}") | wrong)
    assert answer.status_code == 422
    assert "没有生成" in answer.text


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_hostile_words_stay_words(city: Any, people: list[Any], form: str) -> None:
    answer = "<script>alert(1)</script>{{ 7 }}\n=cmd\n<img src=file:///etc/passwd>" + "长" * 3000
    one = answered(city, people[:1], answer=answer, title="<b>粗</b>{% x %}")
    address = reverse("concerns:letter", args=[one.pk])
    got = signed_in(city.clerk_a).post(address, sent(f"person-{people[0].pk}", form=form))
    assert got.status_code == 200
    whole = "".join("".join(words(got.content)).split())
    assert "<script>alert(1)</script>" in whole
    assert "<b>粗</b>" in whole
    assert "root:" not in whole


def test_whose_matter_it_is_not_gets_none(city: Any, people: list[Any]) -> None:
    one = answered(city, people)
    address = reverse("concerns:letter", args=[one.pk])
    assert signed_in(city.clerk_b).get(address).status_code == 404
    assert signed_in(city.leader_a).get(address).status_code == 403
    assert signed_in(city.unit_a1).get(address).status_code == 200
    elsewhere = make_person(city.clerk_b, city.b1, name="王四平")
    answer = signed_in(city.city_clerk).post(address, sent(f"person-{elsewhere.pk}"))
    assert answer.status_code == 422
    with scope(actor_of(city.clerk_a)) as actor:
        assert [each.name for each in addressees(one, actor)] == ["周一平", "吴二平"]
