"""Filling the office's own Word forms: ``{{ 姓名 }}`` becomes the value.

The template is written by users, so its language is cut down to what a form needs: fields, ``if`` on a field, and one
``for`` over a list of rows (``{%tr for 家人 in 家庭成员 %}`` … ``{{ 家人.姓名 }}`` … ``{%tr endfor %}``). No calls, no
arithmetic, no filters, no attributes but those of a row, so that a template can neither reach the program nor
keep it busy. Values are text, set as text whatever is in them.
"""

import difflib
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment

from apps.core.documents.marks import Mark, Picture
from apps.core.documents.office_files import RefusedForm, kind_of

Value = "str | Picture | Sequence[Mapping[str, str]]"
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.For,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Getattr,
)
_LOOP = frozenset({"first", "last", "index", "length"})


class TemplateFault(RefusedForm):
    """The form uses something that is no field; the text says what and what to do."""


class _Rows(list[Mapping[str, str]]):
    """Rows of a list; written without a loop they are lines."""

    def __str__(self) -> str:
        return "\n".join("　".join(text for text in row.values() if text) for row in self)


@dataclass(frozen=True)
class UnknownField:
    """A field that is not offered, and those offered that look like it."""

    name: str
    suggestions: tuple[str, ...]


class PlainEnvironment(SandboxedEnvironment):
    """Jinja with nothing in it but values. Each template is checked as it is parsed."""

    def __init__(self) -> None:
        super().__init__(autoescape=True)
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _check(tree, frozenset(), 0)
        return tree

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Only what a row of values holds, and where the loop stands."""
        if isinstance(obj, Mapping):
            return obj.get(attribute, "")
        return getattr(obj, attribute) if attribute in _LOOP and _is_loop(obj) else ""


def _is_loop(obj: Any) -> bool:
    return type(obj).__module__ == "jinja2.runtime"


def _check(node: nodes.Node, rows: frozenset[str], depth: int) -> None:
    if not isinstance(node, _ALLOWED):
        raise TemplateFault(
            "表样里有不支持的写法（计算、函数、过滤器等）。只能用 {{ 字段 }}、{% if 字段 %} 和 {% for 行 in 列表 %}。"
        )
    if isinstance(node, nodes.Getattr) and not (isinstance(node.node, nodes.Name) and node.node.name in rows):
        raise TemplateFault("点号只能用在 {% for %} 的行上，如 {{ 家人.姓名 }}。")
    if isinstance(node, nodes.For):
        simple = isinstance(node.target, nodes.Name) and isinstance(node.iter, nodes.Name)
        if depth or not simple or node.recursive or node.test is not None:
            raise TemplateFault("{% for %} 只能写成“行 in 列表”，并且不能套在另一个 {% for %} 里。")
        rows, depth = rows | {node.target.name, "loop"}, depth + 1  # type: ignore[attr-defined]  # Jinja types it Node
    for child in node.iter_child_nodes():
        _check(child, rows, depth)


def plain_text(value: object) -> str:
    """Text that XML can hold: no control characters but line feed and tab, no halves of characters."""
    return "".join(
        char
        for char in str(value)
        if (char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"}) and char not in "\ufffe\uffff"
    )


def fields_of(template: bytes) -> tuple[str, ...]:
    """Names of the fields a Word form uses, in the order of their first use; a row's as ``列表.字段``.

    Raises TemplateFault or RefusedForm with a text for the person who uploaded it.
    """
    document = _open(template)
    found: dict[str, None] = {}
    try:
        for source in _sources(document):
            tree = PlainEnvironment().parse(source)
            _collect(tree, {}, found)
    except TemplateError as error:
        raise TemplateFault(_said(error)) from None
    return tuple(found)


def fill_docx(template: bytes, values: Mapping[str, Any], mark: Mark | None = None) -> bytes:
    """The form with its fields filled. ``values``: text, ``Picture``, or for lists a sequence of mappings to text; a
    field without a value is left empty. ``mark`` stands in its properties. Raises TemplateFault or RefusedForm."""
    document = _open(template)
    try:
        document.render({name: _value(document, value) for name, value in values.items()}, PlainEnvironment())
    except TemplateError as error:
        raise TemplateFault(_said(error)) from None
    if mark is not None:
        set_mark(document.docx, mark)
    filled = io.BytesIO()
    document.save(filled)
    return filled.getvalue()


def set_mark(document: Any, mark: Mark) -> None:
    """Put the mark into the properties of a Word document."""
    document.core_properties.identifier = plain_text(mark.number)[:255]
    document.core_properties.comments = plain_text(mark.text)[:255]


def unknown_fields(used: Iterable[str], offered: Iterable[str]) -> tuple[UnknownField, ...]:
    """Of the fields a form uses those that nobody offers, each with up to three that look like it."""
    offered = list(offered)
    known = set(offered)
    return tuple(
        UnknownField(name, tuple(difflib.get_close_matches(name, offered, n=3, cutoff=0.34)))
        for name in used
        if name not in known
    )


def _open(template: bytes) -> DocxTemplate:
    if kind_of(template) != "docx":
        raise RefusedForm("这里要用 Word（.docx）文件。")
    document = DocxTemplate(io.BytesIO(template))
    try:
        document.init_docx()
    except (KeyError, ValueError, SyntaxError, AttributeError) as error:
        raise RefusedForm("Word 文件打不开，请在 WPS 或 Office 里另存一份再传。") from error
    return document


def _sources(document: DocxTemplate) -> list[str]:
    """The texts docxtpl will render: body, headers and footers, properties."""
    sources = [document.patch_xml(document.get_xml())]
    for uri in (document.HEADER_URI, document.FOOTER_URI):
        for _, part in document.get_headers_footers(uri):
            sources.append(document.patch_xml(document.xml_to_string(_root(part))))
    return sources


def _root(part: Any) -> Any:
    from docx.oxml import parse_xml

    return parse_xml(part.blob)


def _collect(node: nodes.Node, rows: Mapping[str, str], found: dict[str, None]) -> None:
    """Add the names below ``node``; ``rows``: the name of a loop's row → the list it goes through."""
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        owner = rows.get(node.node.name)
        if owner is not None:
            found.setdefault(f"{owner}.{node.attr}")
        return
    if isinstance(node, nodes.Name) and node.name not in rows and node.name != "loop":
        found.setdefault(node.name)
    if (
        isinstance(node, nodes.For)
        and isinstance(node.target, nodes.Name)
        and isinstance(node.iter, nodes.Name)
    ):
        found.setdefault(node.iter.name)
        for child in node.body:
            _collect(child, {**rows, node.target.name: node.iter.name}, found)
        return
    for child in node.iter_child_nodes():
        _collect(child, rows, found)


def _value(document: DocxTemplate, value: Any) -> Any:
    if isinstance(value, Picture):
        return InlineImage(document, io.BytesIO(value.content), width=Mm(value.width_mm))
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, Sequence):
        return _Rows({name: plain_text(text) for name, text in row.items()} for row in value)
    return plain_text(value)


def _said(error: TemplateError) -> str:
    return f"表样里的字段写法有误：{(error.message or type(error).__name__)[:120]}。请检查花括号是否成对。"
