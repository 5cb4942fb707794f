"""Two windows edit one row: the later save is refused, both changes stand beside each other, nothing is lost."""

from typing import Any

import pytest

from apps.audit.models import Event
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.dictionaries.actions import add_term, create_dictionary
from apps.dictionaries.models import Term
from apps.retirees.actions import add_family_member
from apps.retirees.actions.custom import save_custom_field
from apps.retirees.actions.dossier import add_line
from apps.retirees.actions.views import keep_view
from apps.retirees.choices import Audience
from apps.retirees.models import CareerEntry, CustomField, FamilyMember, Honour, SavedView
from apps.units.models import Unit
from tests.factories.city import actor_of, make_person
from tests.retirees.conftest import FAMILY
from tests.retirees.test_person_forms import fields_of

CASES = ("family", "career", "honours", "unit", "term", "field", "view")


@pytest.fixture
def row(request: Any, city: Any) -> tuple[Any, str, dict[str, str], Any, Any]:
    """(row, its address, what radio buttons and check boxes send, me, the other)."""
    what = request.param
    staff = what in ("family", "career", "honours")
    me, other = (city.clerk_a, city.unit_a1) if staff else (city.city_clerk, city.city_chief)
    if staff:
        person = make_person(city.clerk_a, city.a1)
    with scope(actor_of(me)) as actor:
        if what == "family":
            made: Any = add_family_member(retiree=person, values=FAMILY, by=actor)
            return made, f"/retirees/{person.pk}/family/{made.pk}/", {"relation": "child"}, me, other
        if what == "career":
            values = {"from_on": PartialDate(1965), "organisation": "县水利局", "post": "股长"}
            made = add_line(model=CareerEntry, retiree=person, values=values, by=actor)
            return made, f"/retirees/{person.pk}/career/{made.pk}/", {}, me, other
        if what == "honours":
            made = add_line(model=Honour, retiree=person, values={"name": "先进工作者"}, by=actor)
            return made, f"/retirees/{person.pk}/honours/{made.pk}/", {}, me, other
        if what == "unit":
            return city.a1, f"/units/{city.a1.pk}/edit/", {"kind": city.a1.kind}, me, other
        if what == "term":
            own = create_dictionary(label="特长", by=actor)
            made = add_term(dictionary=own, label="书法", by=actor)
            return made, f"/dictionaries/{own.code}/terms/{made.code}/edit/", {}, me, other
        if what == "field":
            made = save_custom_field(field=None, values={"label": "老战友", "kind": "text"}, by=actor)
            return made, f"/retirees/fields/{made.pk}/", {}, me, other
        made = keep_view(values={"name": "离休", "query": "", "audience": Audience.PRIVATE}, by=actor)
        return made, f"/retirees/views/{made.pk}/edit/", {"audience": "private"}, me, me


CHANGES: dict[type, tuple[str, str | None]] = {
    FamilyMember: ("work", "name"),
    CareerEntry: ("organisation", "note"),
    Honour: ("name", "paper"),
    Unit: ("short_name", "name"),
    Term: ("label", None),
    CustomField: ("help_text", "label"),
    SavedView: ("name", None),
}
"""A field that both change, and one that only the other does."""


def stored(user: Any, row: Any, name: str) -> Any:
    with scope(actor_of(user)):
        return getattr(type(row).objects.get(pk=row.pk), name)


@pytest.mark.parametrize("row", CASES, indirect=True)
def test_the_later_save_is_set_beside_the_earlier(city: Any, sign_in: Any, row: Any) -> None:
    made, address, always, me, other = row
    both, theirs_only = CHANGES[type(made)]
    mine, theirs = sign_in(me), sign_in(other)
    my_form = fields_of(mine.get(address)) | always | {both: "我写的<b>"}
    their_form = fields_of(theirs.get(address)) | always | {both: "对方写的"}
    if theirs_only:
        their_form[theirs_only] = "只有对方改了"
    assert theirs.post(address, their_form).status_code == 302
    page = mine.post(address, my_form)
    assert page.status_code == 409
    assert (stored(me, made, both), "⚠" in page.text) == ("对方写的", False)
    assert other.full_name in page.text  # who saved first
    rows = {one.name: one for one in page.context["rows"]}
    assert (rows[both].who, rows[both].theirs, rows[both].mine) == ("both", "对方写的", "我写的<b>")
    assert set(rows) == {both, theirs_only} - {None}  # what nobody touched is not asked about
    sent = fields_of(page)
    assert f'name="pick_{both}" value="theirs" required' in page.text
    assert mine.post(address, sent | {f"pick_{both}": "mine", both: "我写的"}).status_code == 302
    assert stored(me, made, both) == "我写的"
    if theirs_only:
        assert stored(me, made, theirs_only) == "只有对方改了"
    # Opened on what now is old once more, and 用对方的 is picked.
    page = theirs.post(address, their_form)
    assert page.status_code == 409
    assert theirs.post(address, fields_of(page) | {f"pick_{both}": "theirs"}).status_code == 302
    assert stored(me, made, both) == "我写的"


@pytest.mark.parametrize("row", ["family"], indirect=True)
def test_a_telephone_is_compared_by_mask_only(city: Any, sign_in: Any, row: Any) -> None:
    made, address, always, me, other = row
    mine, theirs = sign_in(me), sign_in(other)
    before = fields_of(mine.get(address)) | always
    assert theirs.post(address, before | {"phone": "13900001111", "is_survivor": "on"}).status_code == 302
    page = mine.post(address, before | {"phone": "13700002222", "work": "我写的"})
    rows = {one.name: one for one in page.context["rows"]}
    assert (rows["phone"].before, rows["phone"].theirs) == ("138****1234", "139****1111")
    assert (rows["phone"].mine, rows["work"].who) == ("137****2222", "mine")
    assert (rows["is_survivor"].before, rows["is_survivor"].theirs) == ("否", "是")
    assert "13900001111" not in page.text
    assert mine.post(address, fields_of(page) | {"pick_phone": "theirs"}).status_code == 302
    assert stored(me, made, "phone").same("13900001111")
    assert (stored(me, made, "work"), stored(me, made, "is_survivor")) == ("我写的", True)


@pytest.mark.parametrize("row", ["unit"], indirect=True)
def test_a_forged_state_is_refused_and_an_untouched_form_says_nothing(
    city: Any, sign_in: Any, row: Any
) -> None:
    made, address, always, me, _ = row
    client = sign_in(me)
    sent = fields_of(client.get(address)) | always
    for forged in ("x", sent["opened"][:-2] + "zz", "字" * 10_000, "\x00"):
        assert client.post(address, sent | {"opened": forged, "name": "改了"}).status_code == 400
    wrong = client.post(address, sent | {"name": ""})
    assert wrong.status_code in (200, 422)
    assert fields_of(wrong)["opened"] == sent["opened"]  # an error on the way does not make it newer
    assert client.post(address, sent).status_code == 302
    with scope(actor_of(city.audit_admin)):
        assert not Event.objects.filter(subject="units.unit", subject_id=str(made.pk)).exists()
