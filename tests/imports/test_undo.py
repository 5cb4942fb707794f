"""Taking a written batch back."""

from django.urls import reverse

from apps.core.scope import scope
from apps.retirees.actions import edit_retiree, undo_change_set
from apps.retirees.models import ChangeSet, Retiree
from tests.factories.city import make_person
from tests.factories.signed_in import signed_in
from tests.imports.desk import TODAY, person, staged, table, written


def test_what_is_untouched_comes_back_and_the_rest_is_listed(city):
    known = make_person(city.clerk_a, city.a1, national_id="440524188001010014", post="会计")
    batch = staged(
        city,
        table(
            person("甲一"),
            person("甲二"),
            person("邓忠永", 身份证号码="440524188001010014", 联系电话="13912251399", 出生年月="1934-07"),
        ),
    )
    written(city, batch)
    assert (batch.counts["new"], batch.counts["update"]) == (2, 1)
    page = signed_in(city.clerk_a).get(reverse("imports:detail", args=[batch.pk])).content.decode()
    assert "撤销这次导入" in page
    with scope(city.actor(city.clerk_a)) as actor:
        touched = Retiree.objects.get(name="甲二")
        edit_retiree(
            retiree=touched, values={"post": "科长"}, version=touched.version, seen_on=TODAY, by=actor
        )
        change_set = ChangeSet.objects.get(pk=batch.change_set_id)
        undone = undo_change_set(change_set=change_set, by=actor)
        assert (undone.restored, list(undone.conflicts)) == ([known.pk], [touched.pk])
        assert not Retiree.objects.filter(name="甲一").exists()
        assert str(Retiree.objects.get(pk=known.pk).private.phone or "") == ""
    page = signed_in(city.clerk_a).get(reverse("imports:detail", args=[batch.pk])).content.decode()
    assert "已撤销2人，1人没有撤销" in page
    assert "撤销这次导入" not in page
    assert "已撤销" in signed_in(city.clerk_a).get(reverse("imports:list")).content.decode()


def test_both_ways_of_writing_are_offered_while_rows_are_wrong(city):
    batch = staged(city, table(person("甲一"), person("甲二", 离退休类别="不知道")))
    client, url = signed_in(city.clerk_a), reverse("imports:detail", args=[batch.pk])
    page = client.get(url).content.decode()
    assert "只写入没有错误的 1 行" in page
    assert "全部没有错误才写入" in page
    answer = client.post(reverse("imports:confirm", args=[batch.pk]), {"mode": "all_or_none"}, follow=True)
    assert "还有1行有错误或重复" in answer.content.decode()
    with scope(city.actor(city.clerk_a)):
        assert Retiree.objects.count() == 0
