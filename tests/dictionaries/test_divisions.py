"""Places of GB/T 2260: found under today's and under former names, suggested in forms, never required."""

from typing import Any

from apps.dictionaries.rules import divisions, find_divisions
from tests.factories.signed_in import signed_in


def test_the_table_is_whole_and_names_are_full() -> None:
    every = divisions()
    assert len(every) > 7_000
    assert all(len(one.code) == 6 and one.code.isdigit() and one.name for one in every)
    current = {one.code: one.full_name for one in every if one.is_current}
    # domain.md 6: 曾都区 is 421303 today, 随县 421321
    assert current["421303"] == "湖北省随州市曾都区"
    assert current["421321"] == "湖北省随州市随县"
    assert current["110105"] == "北京市朝阳区"
    assert current["420000"] == "湖北省"


def test_a_former_place_is_found_under_the_names_of_its_time() -> None:
    (old,) = [one for one in find_divisions("大悟县") if not one.is_current]
    assert (old.full_name, old.last_year) == ("湖北省孝感地区大悟县", 1992)
    assert find_divisions("大悟县")[0].full_name == "湖北省孝感市大悟县"
    assert {one.code for one in find_divisions("湖北 襄阳县")} == {"420621"}
    assert next(one.name for one in find_divisions("4213")) == "随州市"
    assert find_divisions("") == [] == find_divisions("没有这个地方")
    assert all(one.name != "市辖区" for one in divisions())


def test_staff_look_places_up_and_forms_suggest_them(city: Any) -> None:
    clerk = signed_in(city.clerk_a)
    page = clerk.get("/dictionaries/divisions/?q=曾都").content.decode()
    assert '<option value="湖北省随州市曾都区">' in page
    assert "421303" in page
    assert "没有找到这个地名" in clerk.get("/dictionaries/divisions/?q=<script>").content.decode()
    assert clerk.get("/dictionaries/divisions/", {"q": "随" * 500}).status_code == 200
    form = clerk.get("/retirees/new/").content.decode()
    assert 'data-suggests="/dictionaries/divisions/"' in form
    assert '<datalist id="places">' in form
    assert signed_in(city.leader).get("/dictionaries/divisions/").status_code == 403
