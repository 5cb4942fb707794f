"""Looking through a batch row by row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from apps.core.cells import show
from apps.core.chinese import format_count
from apps.core.scope import Actor
from apps.core.secret import mask_id
from apps.imports.choices import WRITTEN, Decision, Level, State, Verdict
from apps.imports.forms import ConfirmForm, PreviewForm
from apps.imports.models import Batch, Row
from apps.imports.queries import Contents, contents_of, earlier_batch, rows_for_review
from apps.imports.reading.typed import decode_cell
from apps.imports.rules import Trace, importers

PAGE = 50
Labels = Mapping[str, str]
PRIVATE = {"national_id", "phone", "address", "medical_card"}
TONES = {
    Verdict.NEW: "green",
    Verdict.UPDATE: "blue",
    Verdict.SAME: "grey",
    Verdict.DUPLICATE: "red",
    Verdict.ERROR: "red",
    Verdict.LEFT_OUT: "grey",
    Verdict.SKIPPED: "grey",
}


def preview(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    chosen = PreviewForm(request.GET)
    if set(request.GET) - set(chosen.fields) or not chosen.is_valid():
        raise BadRequest("unknown filter")
    filtered = chosen.cleaned_data["show"]
    rows = Row.objects.filter(batch=batch)
    if filtered == "warning":
        rows = rows.filter(level=Level.WARNING)
    elif filtered:
        rows = rows.filter(verdict=filtered)
    else:
        rows = rows.exclude(verdict=Verdict.SKIPPED)
    pages = Paginator(rows.order_by("position"), PAGE).get_page(chosen.cleaned_data["page"] or 1)
    importer = importers[batch.kind]
    for_review = rows_for_review(batch) if batch.state == State.CHECKED else 0
    labels = importer.labels()
    back = urlencode({"show": filtered, "page": pages.number})
    read = {column["field"] for column in batch.columns if column["field"]}
    fields = [name for name in labels if name in importer.shown or (name in read and name == "retired_on")]
    return {
        "counts": _count_links(batch, filtered),
        "fields": [labels[name] for name in fields],
        "rows": _rows(
            pages, fields, labels, back if batch.state == State.CHECKED else None, chosen.cleaned_data["at"]
        ),
        "pages": pages,
        "query": f"{urlencode({'show': filtered})}&" if filtered else "",
        "fixed": chosen.cleaned_data["fixed"],
        "columns": [column for column in batch.columns if column["header"]],
        "stand_ins": [column for column in batch.columns if column["how"] == "stand-in"],
        "labels": labels,
        "writable": batch.total(*WRITTEN),
        "wrong": batch.total(Verdict.ERROR, Verdict.DUPLICATE),
        "has_errors": bool(batch.file_ref and batch.total(Verdict.ERROR, Verdict.DUPLICATE, "warning")),
        "for_review": for_review,
        "form": ConfirmForm(for_review=for_review > 0),
        "can_write": batch.state == State.CHECKED,
        "is_done": batch.state == State.DONE,
        "trace": traces_of([batch], request.actor).get(batch.pk),
        "earlier": earlier_batch(batch, request.actor) if batch.state == State.CHECKED else None,
        "results": dict(zip(("label", "url"), importer.results(batch.pk), strict=True)),
        "wording": importer.wording,
    }


def traces_of(batches: Iterable[Batch], actor: Actor) -> dict[int, Trace]:
    """Batch → what became of what it wrote."""
    sets: dict[str, dict[int, Batch]] = {}
    for batch in batches:
        if batch.change_set_id:
            sets.setdefault(batch.kind, {})[batch.change_set_id] = batch
    found: dict[int, Trace] = {}
    for kind, of_kind in sets.items():
        traces = importers[kind].traces(list(of_kind), actor)
        found |= {of_kind[key].pk: trace for key, trace in traces.items()}
    return found


def _count_links(batch: Batch, chosen: str) -> list[dict[str, Any]]:
    people = batch.total(*(verdict for verdict in Verdict.values if verdict != Verdict.SKIPPED))
    items = (
        ("", "全部", people, ""),
        (Verdict.NEW, "新增", batch.total(Verdict.NEW), ""),
        (Verdict.UPDATE, "更新", batch.total(Verdict.UPDATE), ""),
        (Verdict.SAME, "无变化", batch.total(Verdict.SAME), ""),
        (Verdict.DUPLICATE, "重复", batch.total(Verdict.DUPLICATE), "wrong"),
        (Verdict.ERROR, "有错误", batch.total(Verdict.ERROR), "wrong"),
        ("warning", "有疑问", batch.counts.get("warning", 0), "look"),
        (Verdict.LEFT_OUT, "不导入", batch.total(Verdict.LEFT_OUT), ""),
        (Verdict.SKIPPED, "跳过的行", batch.total(Verdict.SKIPPED), ""),
    )
    address = reverse("imports:detail", args=[batch.pk])
    return [
        {
            "label": label,
            "count": format_count(number),
            "url": f"{address}?{urlencode({'show': name})}" if name else address,
            "active": name == chosen,
            "tone": tone if number else "",
        }
        for name, label, number, tone in items
        if number or name != Verdict.LEFT_OUT or name == chosen
    ]


def _rows(
    pages: Any, fields: list[str], labels: Labels, back: str | None, at: int | None
) -> list[dict[str, Any]]:
    """Rows of a page; with ``back`` (the query of this page) their cells can be mended. ``at``: the row that was just
    mended; what is wrong next behind it takes the focus."""
    rows = [_preview_row(row, fields, labels, back) for row in pages]
    for row in rows:
        row["open"] = row["position"] == at
    if at is not None:
        later = [cell for row in rows if row["position"] >= at for cell in row["cells"] if cell["fix_url"]]
        wrong = [cell for cell in later if cell["tone"] == "wrong"]
        for cell in (wrong or later)[:1]:
            cell["focus"] = True
    return rows


def _preview_row(row: Row, fields: list[str], labels: Labels, back: str | None) -> dict[str, Any]:
    contents = contents_of(row)
    mending = _Mending(row, back if contents.get("cells") else None)
    by_field: dict[str, list[dict[str, str]]] = {}
    for issue in row.issues:
        by_field.setdefault(issue["field"], []).append(issue)
    others = [
        {**issue, "label": labels.get(name, ""), "fix_url": mending.fix_url(name)}
        for name, found in by_field.items()
        if name not in fields
        for issue in found
    ]
    names = {label: name for name, label in labels.items()}
    changes = [
        {
            "label": label,
            "before": contents["before"][label],
            "after": after,
            "fix_url": mending.fix_url(names[label]) if label in names else "",
        }
        for label, after in contents.get("after", {}).items()
    ]
    said = {*contents.get("raw", {}), *contents.get("fixes", {})}
    beside = [name for name in labels if name in said and name not in fields and name != "person_key"]
    return {
        "number": row.number,
        "position": row.position,
        "sheet": row.sheet,
        "verdict": Verdict(row.verdict).label,
        "verdict_tone": TONES[Verdict(row.verdict)],
        "doubtful": row.level == Level.WARNING and row.verdict != Verdict.LEFT_OUT,
        "decision": row.get_decision_display() if row.decision else "",
        "decide_url": mending.decide_url,
        "decide_label": mending.decide_label(contents),
        "cells": [_cell(name, labels, contents, by_field.get(name, []), mending) for name in fields],
        "beside": [
            _cell(name, labels, contents, by_field.get(name, []), mending)
            for name in (beside if contents.get("cells") else ())
        ],
        "others": others,
        "changes": changes,
        "text": contents.get("raw", {}).get("text", ""),
        "target_url": reverse("retirees:detail", args=[row.target_id]) if row.target_id else "",
        "is_applied": row.is_applied,
    }


@dataclass(frozen=True)
class _Mending:
    """The addresses at which a row is mended; none without ``back``, the query of the page one comes from."""

    row: Row
    back: str | None

    def fix_url(self, name: str) -> str:
        if self.back is None or self.row.decision == Decision.SKIP:
            return ""
        return f"{reverse('imports:fix', args=[self.row.batch_id, self.row.pk, name])}?{self.back}"

    @property
    def decide_url(self) -> str:
        if self.back is None:
            return ""
        return f"{reverse('imports:decide', args=[self.row.batch_id, self.row.pk])}?{self.back}"

    def decide_label(self, contents: Contents) -> str:
        if self.row.decision:
            return "收回或改变"
        return "是不是同一个人" if contents.get("candidates") else "不导入"


def _cell(
    name: str, labels: Labels, contents: Contents, issues: list[dict[str, str]], mending: _Mending
) -> dict[str, Any]:
    fixed = name in contents.get("fixes", {})
    return {
        "label": labels[name],
        "text": shown(name, contents.get("raw", {}), contents),
        "issues": issues,
        "tone": _tone(issues),
        "fix_url": mending.fix_url(name),
        "fixed": fixed,
        "was": _was(name, contents) if fixed else "",
    }


def shown(name: str, raw: Mapping[str, str], contents: Contents) -> str:
    """What the cell says; a private value that could be read is masked, one that could not must be looked at."""
    text = raw.get(name) or contents.get("values", {}).get(name) or ""
    return mask_id(text) if name in PRIVATE and name in contents.get("entry", {}) else text


def _was(name: str, contents: Contents) -> str:
    """What the file says under a correction."""
    text = show(decode_cell(contents["cells"].get(name)))
    return (mask_id(text) if name in PRIVATE else text) or "（空）"


def _tone(issues: list[dict[str, str]]) -> str:
    levels = {issue["level"] for issue in issues}
    return "wrong" if "error" in levels else "look" if "warning" in levels else ""
