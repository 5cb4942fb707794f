"""A new person, and editing one: doubts asked back, two edits set beside each other, nothing made twice."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.actions import discard_draft
from apps.accounts.models import FormToken
from apps.core.chinese import format_moment
from apps.core.pages import page
from apps.core.private_files import FileNotKept
from apps.retirees import perms
from apps.retirees.actions import Entry, HiddenDuplicate, StaleEdit, register_retiree
from apps.retirees.actions.doubles import remember_different
from apps.retirees.actions.requests import edit_with_review
from apps.retirees.forms.conflict import clashes, kept_inputs, with_picks
from apps.retirees.forms.person import PersonForm
from apps.retirees.models import Retiree
from apps.retirees.queries.person import TYPED_SEALED, PersonFile, person_file, sealed_values
from apps.retirees.queries.requests import field_label, unpack
from apps.retirees.queries.versions import Snapshot, saves_since, snapshot_at
from apps.retirees.views.compare import saving_beside
from apps.retirees.views.drafts import draft_for
from apps.retirees.views.person import the_person
from apps.retirees.views.present import crumbs, page_of
from apps.retirees.views.requests import is_key, proof_of, the_request

FORM = "retirees.person"
"""Name of the drafts of this form."""


@page(perms.can_create_retiree, "GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = PersonForm(request.POST or None, actor=request.actor, today=today)
    draft = draft_for(request, form, FORM)
    if request.method == "POST" and form.is_valid():
        answer = _register(request, form)
        if answer is not None:
            return answer
    register = reverse("retirees:list")
    context = {
        "form": form,
        "heading": "新增人员",
        "crumbs": [{"label": "人员名册", "url": register}, {"label": "新增人员", "url": ""}],
        "submit_label": _submit_label(form),
        "beside": saving_beside(form),
        "cancel_url": register,
        "draft": draft,
    }
    return render(request, "retirees/form.html", context, status=422 if request.method == "POST" else 200)


def _register(request: HttpRequest, form: PersonForm) -> HttpResponse | None:
    """The token is asked before the doubts: sent a second time, the person made by the first is no namesake."""
    token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
    if token.result:
        messages.info(request, "这份表单刚才已经保存，没有重复新增。")
        return redirect("retirees:detail", pk=int(token.result))
    if not form.is_settled():
        return None
    unit = form.cleaned_data["unit"]
    entry = Entry(
        county_id=unit.area_id,
        unit_id=unit.pk,
        values=form.values(),
        entry=form.cleaned_data["entry"],
        registered_from=form.cleaned_data["registered_from"],
    )
    try:
        person = register_retiree(entry=entry, seen_on=form.cleaned_data["seen_on"], by=request.actor)
    except HiddenDuplicate as duplicate:
        form.add_error("national_id", str(duplicate))
        return None
    _remember_different(request, form, person)
    token.result = str(person.pk)
    token.save(update_fields=["result"])
    discard_draft(form=FORM, about="", by=request.actor)
    messages.success(request, f"{person.name}已登记。{_taken(form)}")
    return redirect("retirees:detail", pk=person.pk)


def _submit_label(form: PersonForm) -> str:
    if form.alike:
        return "不是同一个人，仍然保存"
    return "仍然保存" if form.found else "保存"


def _remember_different(request: HttpRequest, form: PersonForm, person: Retiree) -> None:
    remember_different(person=person, others=form.alike, why="保存时对照过", by=request.actor)


def _taken(form: PersonForm) -> str:
    return f"{'、'.join(form.taken.values())}已按身份证号填入。" if form.taken else ""


@page(perms.can_edit_retiree, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    person = the_person(request.actor, pk)
    file = person_file(person, request.actor)
    sent = request.method == "POST"
    form = _edit_form(request, file)
    draft = draft_for(request, form, FORM, str(pk))
    wanted = request.GET.get("field", "")
    if wanted in form.fields:
        form.fields[wanted].widget.attrs["autofocus"] = True
    if sent and form.is_valid():
        if form.cleaned_data["version"] != person.version:
            return _conflict(request, form, file)
        answer = _save(request, form, file) if form.is_settled() else None
        if answer is not None:
            return answer
    context = {
        "form": form,
        "heading": f"修改 {person.name}",
        "crumbs": crumbs(person, "修改"),
        "submit_label": _submit_label(form),
        "beside": saving_beside(form),
        "cancel_url": page_of(person),
        "draft": draft,
    }
    return render(request, "retirees/form.html", context, status=422 if sent else 200)


def _edit_form(request: HttpRequest, file: PersonFile) -> PersonForm:
    values = file.values
    sent = request.method == "POST"
    form = PersonForm(
        with_picks(request.POST, values) if sent else None,
        request.FILES if sent else None,
        actor=request.actor,
        today=timezone.localdate(),
        person=file.person,
        private=file.private,
        values=values,
    )
    if "request" in request.GET and not sent:
        _start_from_request(request, form, file)
    return form


def _start_from_request(request: HttpRequest, form: PersonForm, file: PersonFile) -> None:
    """An open request to be amended: the form starts from what it wants (private values are typed anew)."""
    key = request.GET["request"]
    if not is_key(key):
        raise Http404("no such request")
    row = the_request(request.actor, key)
    if row.retiree_id != file.person.pk or not perms.can_amend_request(request.actor, row):
        raise Http404("not a request to amend here")
    wanted = {name: value for name, value in unpack(row.after).items() if name not in TYPED_SEALED}
    form.initial |= {name: value for name, value in wanted.items() if name in form.fields}
    form.initial["review_reason"] = row.reason


def _save(request: HttpRequest, form: PersonForm, file: PersonFile) -> HttpResponse | None:
    version = form.cleaned_data["version"]
    try:
        edited, asked = edit_with_review(
            retiree=file.person,
            direct=form.direct,
            held=form.held,
            version=version,
            seen_on=form.cleaned_data["seen_on"],
            today=timezone.localdate(),
            reason=form.cleaned_data.get("review_reason") or "",
            proof=proof_of(form.cleaned_data.get("proof")),
            by=request.actor,
        )
    except FileNotKept as refusal:
        form.add_error("proof", str(refusal))
        return None
    except HiddenDuplicate as duplicate:
        form.add_error("national_id", str(duplicate))
        return None
    except StaleEdit:  # saved by somebody else since this request began
        person = the_person(request.actor, file.person.pk)
        return _conflict(request, form, person_file(person, request.actor))
    _remember_different(request, form, edited)
    discard_draft(form=FORM, about=str(edited.pk), by=request.actor)
    if edited.version != version:
        messages.success(request, f"{edited.name}的资料已保存。{'' if asked else _taken(form)}")
    if asked is not None:
        labels = "、".join(field_label(name) for name in asked.names)
        messages.info(request, f"已报审：{labels}。通过前名册里还是原来的内容。")
    elif form.held:
        messages.info(request, "这些改动已经在审核，不用再报。")
    elif edited.version == version:
        messages.info(request, "没有改动。")
    return redirect(page_of(edited))


def _conflict(request: HttpRequest, form: PersonForm, file: PersonFile) -> HttpResponse:
    """409: the other saved first. Everything typed goes on in the page; a field both changed wants a choice."""
    person = file.person
    version = form.cleaned_data["version"]
    theirs = Snapshot(file.values, dict(sealed_values(file.private)))
    before = snapshot_at(person, version) or theirs
    rows = clashes(form, before, theirs)
    context = {
        "name": person.name,
        "crumbs": crumbs(person, "两次修改对照"),
        "rows": rows,
        "must_choose": any(row.who == "both" for row in rows),
        "inputs": [("version", person.version), *kept_inputs(form, rows, theirs)],
        "proof": form["proof"] if "proof" in form.fields and "proof" in form.files else None,
        "saves": _saves(person, version),
        "back": page_of(person),
    }
    return render(request, "generic/conflict.html", context, status=409)


def _saves(person: Retiree, version: int) -> list[str]:
    return [f"{save.who}，{format_moment(save.at)}" for save in saves_since(person, version)]
