"""The small city, filled to the brim with canaries: every text that belongs to a place carries the mark of the place.

A page of county A that holds ``ZQB1`` anywhere shows something of unit 1 of county B; a page of a leader that holds
``PZA1`` shows a private value. ASCII marks, so that no escaping hides them.
"""

import io
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

import docx
from django.contrib.auth.tokens import default_token_generator
from django.utils import timezone
from django.utils.http import int_to_base36
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.actions import save_group
from apps.accounts.choices import Role
from apps.accounts.models import User
from apps.accounts.rules import REGISTER_ROLES
from apps.core import private_files
from apps.core.national_id import check_character
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor, scope
from apps.dictionaries.actions import add_term, create_dictionary
from apps.exports.actions import save_template
from apps.exports.choices import State as ExportState
from apps.exports.models import ExportRequest, FormTemplate
from apps.exports.rules import exporters
from apps.imports.choices import Level as RowLevel
from apps.imports.choices import State as BatchState
from apps.imports.choices import Verdict
from apps.imports.models import Batch, ImportMapping, Row
from apps.jobs.actions import keep_file, request_job, system_actor
from apps.jobs.choices import State as JobState
from apps.jobs.models import Job
from apps.reports import actions as reports
from apps.reports.choices import State as DocumentState
from apps.reports.models import Document, Schedule
from apps.reports.rules import Period
from apps.retirees.actions import (
    Entry,
    add_family_member,
    change_recorded,
    edit_retiree,
    open_change_set,
    record_death,
    record_ruling,
    record_state,
    register_retiree,
    remove_mistake,
)
from apps.retirees.actions.attachments import add_attachment, discard_attachment
from apps.retirees.actions.custom import save_custom_field
from apps.retirees.actions.dossier import add_line, mark_group
from apps.retirees.actions.merge import merge_people
from apps.retirees.actions.requests import Proof, request_change
from apps.retirees.actions.transfers import carry, propose_transfer
from apps.retirees.actions.views import keep_view
from apps.retirees.choices import Audience, LifeState
from apps.retirees.models import (
    Attachment,
    CareerEntry,
    ChangeRequest,
    ChangeSet,
    FamilyMember,
    Honour,
    Merge,
    PersonNote,
    Portrait,
    PossibleDouble,
    Retiree,
    SavedView,
    Transfer,
)
from apps.statistics.actions import make_table
from apps.statistics.models import YearTable
from apps.units.models import Unit
from tests.architecture import parts
from tests.architecture.seen import PLACES
from tests.factories.city import PASSWORD, SEEN, actor_of, grant, make_city, make_person

OWNERS = {"a1": "unit_a1", "a2": "clerk_a", "b1": "clerk_b", "b2": "clerk_b"}
EXPORTING = ("clerk_a", "chief_a", "clerk_b", "unit_a1", "city_clerk", "city_chief")
CHECKED, DRAFT, ISSUED = DocumentState.CHECKED, DocumentState.DRAFT, DocumentState.ISSUED
PERIODS = {DRAFT: "2025-H2", CHECKED: "2025-H1", ISSUED: "2024-H2"}


@dataclass
class World:
    """What there is, by place ("a1"…), county ("a", "b", "city") or user name."""

    city: Any
    people: dict[str, Retiree] = field(default_factory=dict)
    dead: dict[str, Retiree] = field(default_factory=dict)
    pairs: dict[str, PossibleDouble] = field(default_factory=dict)
    merges: dict[str, Merge] = field(default_factory=dict)
    members: dict[str, FamilyMember] = field(default_factory=dict)
    rows: dict[tuple[str, str], Any] = field(default_factory=dict)
    """Keys of what else a person has, by kind ("career", "honour", "note", "mark", "paper" …) and place."""
    requests: dict[str, ChangeRequest] = field(default_factory=dict)
    """Of a county ("a", "b") and of a unit ("unit a1")."""
    batches: dict[str, Batch] = field(default_factory=dict)
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)
    mistaken: Any = None
    """A record of place a2 that was taken off as a mistake."""
    transfers: dict[tuple[str, str], Transfer] = field(default_factory=dict)
    """By county and side."""
    documents: dict[tuple[str, str], Document] = field(default_factory=dict)
    schedules: dict[str, Schedule] = field(default_factory=dict)
    year_tables: dict[str, YearTable] = field(default_factory=dict)
    forms: dict[str, FormTemplate] = field(default_factory=dict)
    exports: dict[str, ExportRequest] = field(default_factory=dict)
    """By user name: a request that waits for a second person."""
    jobs: dict[tuple[str, str], Job] = field(default_factory=dict)
    """By user name and what it is: "done" (with a file), "dead", "open", "failed-draft"."""
    views: dict[str, SavedView] = field(default_factory=dict)
    """Saved views by their owner's user name, each for the owner alone."""
    group: Any = None
    dictionary: Any = None
    """A dictionary of the bureau with two terms."""
    custom_field: Any = None
    """A field of the bureau's own."""
    link: tuple[str, str] = ("", "")
    """(uid, token) that sets the first password of an account."""
    more: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Objects of the parts (parts/), by the part's name and the place."""

    @property
    def users(self) -> dict[str, User]:
        return self.city.users

    def unit(self, place: str) -> Unit:
        return self.city.root if place == "city" else getattr(self.city, place)

    def place_of_unit(self, unit_id: int) -> str:
        """ "a1" of the key of its unit."""
        return next(place for place in PLACES if self.unit(place).pk == unit_id)


def mark(place: str) -> str:
    """What every text of a place carries."""
    return f"ZQ{place.upper()}"


def secret_mark(place: str) -> str:
    """What every private text of a place carries."""
    return f"PZ{place.upper()}"


def private_numbers(place: str) -> dict[str, str]:
    """ID number, telephones and money of the person at a place: digits that occur nowhere else."""
    number = PLACES.index(place) + 3
    first = f"42010619240{number}1726{number}"
    return {
        "national_id": first + check_character(first),
        "phone": f"1397711{number}39{number}",
        "family_phone": f"1386622{number}48{number}",
        "monthly_income": f"7{number}91.3{number}",
        "basic_fee": f"6{number}82.4{number}",
        "allowance": f"9{number}7.5{number}",
    }


def plain_secrets(place: str) -> list[str]:
    """Private values of a place in plain, as nobody's page has them unasked (money is shown to staff)."""
    numbers = private_numbers(place)
    return [numbers["national_id"], numbers["phone"], numbers["family_phone"]]


def leader_canaries(place: str) -> list[str]:
    """Whatever of a person's private data must not be in a leader's page: plain, masked, formatted."""
    numbers = private_numbers(place)
    found = [secret_mark(place), *plain_secrets(place)]
    found += [f"{value[:4]}**********{value[-4:]}" for value in (numbers["national_id"],)]
    found += [f"{numbers[name][:3]}****{numbers[name][-4:]}" for name in ("phone", "family_phone")]
    for name in ("monthly_income", "basic_fee", "allowance"):
        found += [numbers[name], f"{float(numbers[name]):,.2f}"]
    return found


def build() -> World:
    """Everything, written through actions where there are some. Needs an open transaction or real commits."""
    world = World(make_city())
    _name_users(world)
    for place in PLACES:
        _person(world, place)
        _dossier(world, place)
        _dead_person(world, place)
        _pair(world, place)
    for name, place, username in (
        ("a", "a1", "clerk_a"),
        ("b", "b1", "clerk_b"),
        ("unit a1", "a1", "unit_a1"),
    ):
        world.requests[name] = _request(world, place, username)
    for place in ("a", "b", "a1", "a2", "b1", "b2"):
        world.batches[place] = _batch(world, place)
    with scope(actor_of(world.users["city_clerk"])) as actor:
        world.dictionary = create_dictionary(label="试字典", by=actor)
        values = {"label": "试栏目", "kind": "text", "max_length": 20}
        world.custom_field = save_custom_field(field=None, values=values, by=actor)
        for label in ("甲项", "乙项"):
            add_term(dictionary=world.dictionary, label=label, by=actor)
    for place in ("a", "b", "a1"):
        world.change_sets[place] = _change_set(world, place)
    _mistaken(world)
    for place in ("a", "b"):
        _transfer(world, place)
    for place in ("city", "a", "b"):
        _papers(world, place)
    for user in world.users.values():
        _jobs(world, user)
    _views(world)
    for place in ("city", "a", "b"):
        world.forms[place] = _form(world, place)
        world.year_tables[place] = _year_table(world, place)
    for username in EXPORTING:
        world.exports[username] = _export(world, username)
    for part in parts.PARTS:
        part.build(world)
    _second_factor(world)
    _newcomer(world)
    return world


def _name_users(world: World) -> None:
    """Accounts are texts of their places too; and a chief to issue what clerks checked."""
    places = {
        "clerk_a": "a",
        "chief_a": "a",
        "unit_a1": "a1",
        "clerk_b": "b",
        "unit_b1": "b1",
        "leader_a": "a",
    }
    for username, place in places.items():
        user = world.users[username]
        user.full_name = f"{mark(place)}员{username}"
        user.save(update_fields=["full_name"])


def _person(world: World, place: str) -> None:
    token, secret, numbers = mark(place), secret_mark(place), private_numbers(place)
    family_phone = numbers.pop("family_phone")
    values = {
        "name": f"{token}名",
        "former_name": f"{token}曾用名",
        "sex": "1",
        "nation": "01",
        "birth_date": PartialDate(1924, 3),
        "native_place": f"{token}籍贯",
        "political": "01",
        "joined_party_on": PartialDate(1948, 1),
        "category": "lixiu",
        "joined_on": PartialDate(1945, 9),
        "joined_basis": f"{token}依据",
        "work_started_on": PartialDate(1945, 9),
        "work_basis": f"{token}工作依据",
        "retired_on": PartialDate(1985, 5),
        "approval_number": f"{token}文号",
        "post": f"{token}职务",
        "highest_post": f"{token}最高职务",
        "party_branch": f"{token}支部",
        "note": f"{token}备注",
        "rank": "131",
        "treatment": "131",
        "treatment_on": PartialDate(1985, 5),
        "health": "3",
        "self_care": "helpless",
        "living": "children",
        "original_unit": f"{token}原单位",
        "paying_unit": f"{token}发放单位",
        "address": f"{secret}住址{secret}号",
        "medical_card": f"{secret}医保",
        **numbers,
    }
    unit = world.unit(place)
    with scope(actor_of(world.users[OWNERS[place]])) as actor:
        entry = Entry(county_id=unit.area_id, unit_id=unit.pk, values=values)
        person = register_retiree(entry=entry, seen_on=SEEN, by=actor)
        world.members[place] = add_family_member(
            retiree=person,
            values={
                "relation": "child",
                "name": f"{secret}亲属",
                "work": f"{secret}亲属单位",
                "phone": family_phone,
            },
            by=actor,
        )
        edit_retiree(
            retiree=person,
            values={"post": f"{token}新职务", "address": f"{secret}新址{secret}号"},
            version=person.version,
            seen_on=SEEN,
            by=actor,
        )
        person.refresh_from_db()
        record_state(
            retiree=person,
            state=LifeState.CRITICAL,
            happened_on=PartialDate(2025, 12),
            reported_on=date(2026, 1, 5),
            note=f"{token}病情",
            by=actor,
        )
    chief = world.users["chief_a"] if place[0] == "a" else world.users["city_chief"]
    with scope(actor_of(chief)) as actor:
        person.refresh_from_db()
        record_ruling(
            retiree=person,
            joined_on=PartialDate(1945, 9, 2),
            basis=f"{token}材料",
            approved_by=f"{token}批准人",
            document=f"{token}认定文号",
            decided_on=date(2026, 2, 1),
            by=actor,
        )
        person.refresh_from_db()
    world.people[place] = person


def _dossier(world: World, place: str) -> None:
    """Career, honours, a note, a mark, papers and a photograph."""
    token, secret, person = mark(place), secret_mark(place), world.people[place]
    with scope(actor_of(world.users[OWNERS[place]])) as actor:
        career = {"from_on": PartialDate(1950), "organisation": f"{token}任职单位", "post": f"{token}任职"}
        honour = {"name": f"{token}奖章", "awarded_by": f"{token}授予单位", "paper": f"{token}奖字"}
        for _ in range(2):
            line = add_line(model=CareerEntry, retiree=person, values=career, by=actor)
        world.rows["career", place] = line.pk
        world.rows["honour", place] = add_line(model=Honour, retiree=person, values=honour, by=actor).pk
        note = {"noted_on": PartialDate(2026, 1, 6), "text": f"{secret}记事内容"}
        world.rows["note", place] = add_line(model=PersonNote, retiree=person, values=note, by=actor).pk
        world.rows["mark", place] = mark_group(
            retiree=person, group="hardship", reason=f"{token}困难原因", since=SEEN, by=actor
        ).pk
        for name, title in (("paper", "在用"), ("thrown", "回收")):
            paper = add_attachment(
                retiree=person,
                kind="proof",
                title=f"{secret}文件{title}",
                note=f"{secret}文件说明",
                file_name=f"{secret}扫描.pdf",
                content=f"%PDF-1.7 {secret} {name}".encode(),
                by=actor,
            )
            world.rows[name, place] = paper.pk
        discard_attachment(paper=paper, by=actor)
        small = private_files.keep("attachments", b"\xff\xd8\xff small " + secret.encode())
        Attachment.objects.filter(pk=world.rows["paper", place]).update(thumb_ref=small.name)
        photo = private_files.keep("portraits", b"\xff\xd8\xff photograph of " + token.encode())
        Portrait.objects.create(
            retiree=person,
            county_id=person.county_id,
            unit_id=person.unit_id,
            file_ref=photo.name,
            thumb_ref=photo.name,
            digest=photo.digest,
            source=f"{token}来源",
            made_at=timezone.now(),
            made_by_name=actor.name,
        )
        world.rows["portrait", place] = photo.digest


def _dead_person(world: World, place: str) -> None:
    """Somebody who has left the register."""
    person = make_person(world.users[OWNERS[place]], world.unit(place), name=f"{mark(place)}名")
    with scope(actor_of(world.users[OWNERS[place]])) as actor:
        world.dead[place] = record_death(
            retiree=person,
            died_on=PartialDate(2026, 1, 2),
            reported_on=date(2026, 1, 5),
            place=f"{mark(place)}医院",
            note=f"{mark(place)}病情",
            by=actor,
        )


def _request(world: World, place: str, username: str) -> ChangeRequest:
    """A change that waits for review, with a proof."""
    token, secret = mark(place), secret_mark(place)
    field_name = "medical_treatment" if username.startswith("unit") else "treatment"
    with scope(actor_of(world.users[username])) as actor:
        row = request_change(
            retiree=world.people[place],
            values={field_name: "121"},
            reason=f"{token}原因",
            proof=Proof(f"{token}证明.pdf", f"%PDF- {secret}".encode()),
            origin=f"{token}来源",
            by=actor,
        )
    assert row is not None
    return row


def _pair(world: World, place: str) -> None:
    """The person and the dead one as maybe the same, and two records that were merged."""
    user, unit = world.users[OWNERS[place]], world.unit(place)
    city_clerk = world.users["city_clerk"]
    keep, gone = (
        make_person(user, unit, name=f"{mark(place)}{word}", birth_date=PartialDate(1931, month))
        for word, month in (("留名", 1), ("并名", 2))
    )
    with scope(actor_of(city_clerk)) as actor:
        world.pairs[place] = PossibleDouble.objects.create(
            county_id=unit.area_id,
            unit=unit,
            first_id=world.people[place].pk,
            second_id=world.dead[place].pk,
            reasons=["same_name", "same_unit"],
            weight=60,
        )
        world.merges[place] = merge_people(
            keep=keep,
            other=gone,
            versions=(keep.version, gone.version),
            sides={},
            why=f"{mark(place)}核实",
            today=SEEN,
            by=actor,
        )


def _batch(world: World, place: str) -> Batch:
    """A batch that waits to be looked through, with a row of each verdict."""
    token, unit = mark(place), world.unit(place)
    user = world.users["unit_a1" if place == "a1" else f"clerk_{place[0]}"]
    target = world.people[place if place in PLACES else f"{place}1"]
    with scope(actor_of(user)) as actor:
        batch = Batch.objects.create(
            county_id=unit.area_id,
            unit=unit,
            kind="roster",
            file_name=f"{token}名册.xlsx",
            file_ref=private_files.keep("uploads", f"{token} {place}".encode()).name,
            digest=f"{place:0>64}",
            size=12,
            state=BatchState.CHECKED,
            columns=[
                {
                    "sheet": f"{token}表",
                    "number": 1,
                    "letters": "A",
                    "header": f"{token}列",
                    "field": "name",
                    "how": "alias",
                    "note": "",
                }
            ],
            counts={"new": 1, "update": 1, "error": 1, "warning": 1},
            new_units=[f"{token}新单位"],
            created_by=actor.user_id,
            created_by_name=actor.name,
        )
        ImportMapping.objects.create(
            county_id=unit.area_id,
            unit=unit,
            kind="roster",
            header_key=token,
            header=token,
            field="name",
            updated_by_name=actor.name,
        )
        rows = (
            (Verdict.NEW, RowLevel.WARNING, None),
            (Verdict.UPDATE, RowLevel.OK, target),
            (Verdict.ERROR, RowLevel.ERROR, None),
        )
        for position, (verdict, level, person) in enumerate(rows, start=1):
            issue = {"field": "name", "kind": "probe", "level": level, "message": f"{token}疑问"}
            Row.objects.create(
                county_id=unit.area_id,
                unit=unit,
                batch=batch,
                position=position,
                sheet=f"{token}表",
                number=position + 2,
                verdict=verdict,
                level=level,
                issues=[issue] if level != RowLevel.OK else [],
                contents=f'{{"cells": {{"name": "{token}行{position}"}}, "fixes": {{}},'
                f' "values": {{"name": "{token}行{position}"}},'
                f' "before": {{"职务": "{token}前"}}, "after": {{"职务": "{token}后"}}}}',
                target_id=person.pk if person else None,
            )
    return batch


def _change_set(world: World, place: str) -> ChangeSet:
    """A bulk edit of one person, in the name of a county or of a unit."""
    token = mark(place)
    person = world.people[place if place in PLACES else f"{place}1"]
    with scope(actor_of(world.users["unit_a1" if place == "a1" else f"clerk_{place[0]}"])) as actor:
        person.refresh_from_db()
        made = open_change_set(kind="bulk", label=f"{token}改动", reason=f"{token}原因", by=actor)
        change_recorded(change_set=made, changes=[(person, {"party_branch": f"{token}新支部"})], seen_on=SEEN)
    return made


def _mistaken(world: World) -> None:
    person = make_person(world.users["clerk_a"], world.unit("a2"), name=f"{mark('a2')}名")
    with scope(actor_of(world.users["city_clerk"])) as actor:
        world.mistaken = remove_mistake(
            retiree=person, reason=f"{mark('a2')}事由", today=date(2026, 3, 1), by=actor
        )


def _transfer(world: World, county: str) -> None:
    """Somebody on his way to the other county: delivered there, not answered. He carries no mark, since the other
    side may know of him."""
    user, other = world.users[f"clerk_{county}"], "b" if county == "a" else "a"
    person = make_person(user, world.unit(f"{county}2"), name="过路人")
    with scope(actor_of(user)) as actor:
        row = propose_transfer(
            retiree=person,
            to_county=world.unit(other),
            effective_on=date(2026, 3, 1),
            reason="试转移",
            today=date(2026, 3, 1),
            by=actor,
        )
    with scope(system_actor()) as actor:
        carry(pair=row.pair, today=date(2026, 3, 1), by=actor)
        world.transfers[county, "out"] = Transfer.objects.get(pair=row.pair, side="out")
        world.transfers[other, "in"] = Transfer.objects.get(pair=row.pair, side="in")


def _papers(world: World, place: str) -> None:
    """A draft, a checked and an issued briefing, and a schedule."""
    token = mark(place)
    user = world.users["city_chief" if place == "city" else f"clerk_{place}"]
    county = None if place == "city" else world.unit(place)
    with scope(actor_of(user)) as actor:
        for state, key in PERIODS.items():
            world.documents[place, state] = _document(Period.from_key(key), county, state, token, actor)
        world.schedules[place] = Schedule.objects.create(
            name=f"{token}计划",
            kind="half",
            county=county,
            due_time=time(8, 0),
            starts_on=date(2026, 1, 1),
        )


def _document(period: Period, county: Unit | None, state: str, token: str, actor: Actor) -> Document:
    values = reports.freeze(period=period, actor=actor)
    document = reports.compose(period=period, county=county, values=values)
    document.title = f"{token}{document.title}"
    for block in document.blocks:
        if block["block"] == "Paragraph":
            block["text"] = f"{token}{block['text']}"
    document.state = state
    document.draft_file = private_files.keep("documents", f"%PDF-1.7 {token} {period.key}".encode()).name
    if state != DRAFT:
        document.checked_by, document.checked_at = f"{token}核对人", timezone.now()
    if state == ISSUED:
        document.issued_file, document.issued_by = document.draft_file, f"{token}签发人"
        document.number, document.total_number, document.number_year = 1, 1, 2025
        document.issued_on, document.issued_at = date(2025, 1, 5), timezone.now()
    document.save(force_insert=True)
    return document


def _jobs(world: World, user: User) -> None:
    """Of everybody with a grant: one done with a file, one dead, one waiting, and a briefing that failed."""
    place = _place_of(user.username)
    token, actor = mark(place), actor_of(user)
    county = {"a": world.city.a.pk, "b": world.city.b.pk}.get(place[0]) if place != "city" else None
    wanted = {
        "done": ("imports.check", {}, JobState.DONE),
        "dead": ("imports.check", {}, JobState.DEAD),
        "open": ("imports.check", {}, JobState.QUEUED),
        "failed-draft": (
            "reports.draft",
            {"kind": "half", "period": "2024-H1", "county_id": county},
            JobState.FAILED,
        ),
    }
    for name, (kind, payload, state) in wanted.items():
        job = request_job(
            kind=kind,
            label=f"{token}任务{user.username}",
            dedupe_key=f"probe:{user.username}:{name}",
            by=actor,
            payload=payload,
        )
        result = {"summary": f"{token}结果"}
        if state == JobState.DONE:
            result["file"] = keep_file(f"{token} file".encode(), filename=f"{token}.txt")
        Job.objects.filter(pk=job.pk).update(
            state=state,
            problem=f"{token}原因" if state in (JobState.DEAD, JobState.FAILED) else "",
            result=result if state == JobState.DONE else {},
            finished_at=timezone.now() if state != JobState.QUEUED else None,
        )
        world.jobs[user.username, name] = Job.objects.get(pk=job.pk)


def _views(world: World) -> None:
    """A view of everybody who sees the register, named after his place; a group of two."""
    for username, user in world.users.items():
        actor = actor_of(user)
        if actor.role in REGISTER_ROLES:
            name = f"{mark(_place_of(username))}视图{username}"
            values = {"name": name, "query": "category=lixiu", "audience": Audience.PRIVATE}
            with scope(actor):
                world.views[username] = keep_view(values=values, by=actor)
    members = [world.users["clerk_a"], world.users["unit_b1"]]
    with scope(actor_of(world.users["city_clerk"])) as actor:
        world.group = save_group(name="试用户组", members=members, by=actor)


def _year_table(world: World, place: str) -> YearTable:
    """A year's table, frozen, with a note of its place."""
    user = world.users["city_chief" if place == "city" else f"clerk_{place}"]
    with scope(actor_of(user)) as actor:
        table = make_table(year=2025, by=actor)
        table.state, table.note, table.frozen_at = "frozen", f"{mark(place)}说明", timezone.now()
        table.save(update_fields=["state", "note", "frozen_at"])
        return table


def _form(world: World, place: str) -> FormTemplate:
    """A form of the office with one field in it."""
    user = world.users["city_chief" if place == "city" else f"clerk_{place}"]
    paper = docx.Document()
    paper.add_paragraph("姓名 {{ 姓名 }}")
    kept = io.BytesIO()
    paper.save(kept)
    with scope(actor_of(user)) as actor:
        name = "市局表样" if place == "city" else f"{mark(place)}表样"  # the city's are for everybody
        return save_template(exporter=exporters["roster"], name=name, content=kept.getvalue(), by=actor)


def _export(world: World, username: str) -> ExportRequest:
    """Somebody wants ID numbers in plain, and nobody has agreed yet."""
    place = _place_of(username)
    token = mark(place)
    with scope(actor_of(world.users[username])) as actor:
        return ExportRequest.objects.create(
            county_id=actor.county_id,
            unit_id=actor.unit_id,
            register="roster",
            words=f"{token}范围",
            query="",
            keys=[world.people["a1" if place == "city" else place if place in PLACES else f"{place}1"].pk],
            rows=1,
            columns=["name", "national_id"],
            format="xlsx",
            mask="plain",
            reason=f"{token}用途",
            needs="含核心个人信息原文（身份证号）",
            state=ExportState.WAITING,
            created_by=actor.user_id,
            created_by_name=actor.name,
            grant_id=actor.grant_id,
        )


def _place_of(username: str) -> str:
    for place in ("a1", "b1"):
        if username == f"unit_{place}":
            return place
    return username[-1] if username.endswith(("_a", "_b")) else "city"


def _second_factor(world: World) -> None:
    """Somebody of county A who has given the password and owes the code."""
    user = User.objects.create_user("half", PASSWORD, full_name=f"{mark('a')}员half")
    grant(user, Role.COUNTY_CLERK, world.city.a)
    TOTPDevice.objects.create(user=user, name="probe", confirmed=True)
    world.users["half"] = user


def _newcomer(world: World) -> None:
    user = User.objects.create_user("newcomer", None, full_name="新来的")
    world.users["newcomer"] = user
    world.link = (int_to_base36(user.pk), default_token_generator.make_token(user))
