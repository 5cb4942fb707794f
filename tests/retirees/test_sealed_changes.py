"""Private values survive an edit of the person, and change when they are edited."""

from apps.core.scope import scope
from apps.retirees.actions import edit_retiree
from apps.retirees.models import PrivateDetails
from tests.factories.city import SEEN, make_person

ID = "420106192407026490"


def test_editing_keeps_sealed_values_and_changes_those_given(city):
    person = make_person(
        city.clerk_a, city.a1, national_id=ID, phone="15400000001", address="云溪市南岭县城关镇"
    )
    with scope(city.actor(city.clerk_a)) as actor:
        edit_retiree(
            retiree=person, values={"health": "1", "phone": "15400000002"}, version=1, seen_on=SEEN, by=actor
        )
        kept = PrivateDetails.objects.get(pk=person.pk)
        assert kept.national_id.same(ID)
        assert kept.address.same("云溪市南岭县城关镇")
        assert kept.phone.same("15400000002")
        assert b"15400000002" not in kept.phone.sealed()
