"""Schemes and cases of hardship aid in one line."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.benefits.actions import aid as actions
from apps.benefits.models import AidCase, AidScheme
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.models import Retiree
from tests.factories.city import actor_of

TODAY = timezone.localdate()
LIXIU = {"category": "lixiu", "joined_on": PartialDate(1947, 5), "work_started_on": PartialDate(1947, 5)}


def scheme_of(user: User, **more: Any) -> AidScheme:
    values = {
        "kind": "hardship",
        "year": TODAY.year,
        "name": "困难帮扶",
        "people": "both",
        "limit": Decimal(3000),
        "budget": None,
        "times_a_year": 1,
        **more,
    }
    with scope(actor_of(user)) as actor:
        return actions.save_scheme(scheme=None, values=values, by=actor)


def yearly(user: User, **more: Any) -> AidScheme:
    return scheme_of(user, **({"kind": "checkup", "name": "年度体检", "limit": None} | more))


def applied(user: User, scheme: AidScheme, person: Retiree, asked: Any = 2000, day: date = TODAY) -> AidCase:
    values = {"applied_on": day, "asked": Decimal(asked), "reason": "老伴重病住院，自费部分重"}
    with scope(actor_of(user)) as actor:
        return actions.apply_for_aid(scheme=scheme, person=person, values=values, today=TODAY, by=actor)


def checked(user: User, case: AidCase, granted: Any = 1500) -> AidCase:
    with scope(actor_of(user)) as actor:
        return actions.check_case(case=case, granted=Decimal(granted), findings="入户核实属实", by=actor)


def approved(user: User, case: AidCase, words: str = "") -> AidCase:
    with scope(actor_of(user)) as actor:
        return actions.approve_case(case=case, words=words, by=actor)


def paid(user: User, case: AidCase, day: date = TODAY, voucher: str = "记-12") -> AidCase:
    with scope(actor_of(user)) as actor:
        return actions.pay_case(case=case, paid_on=day, voucher=voucher, today=TODAY, by=actor)


def signed(user: User, scheme: AidScheme, *people: Retiree) -> list[AidCase]:
    with scope(actor_of(user)) as actor:
        return actions.sign_up(scheme=scheme, people=people, today=TODAY, by=actor)


def again(case: AidCase) -> AidCase:
    with scope(system_actor()):
        return AidCase.objects.get(pk=case.pk)
