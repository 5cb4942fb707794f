"""The renderer fetches nothing, and a document that is a bomb takes only itself down."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from apps.core.documents.errors import DocumentError, RefusedResource, RenderFailed, TooLarge, TooSlow
from apps.core.documents.guarded import Renderer
from apps.core.documents.render import render_pdf
from tests.core.pdf_reading import open_pdf

SECRET = "机密canary内容"


class Canary(BaseHTTPRequestHandler):
    seen: list[str] = []

    def do_GET(self) -> None:
        self.seen.append(self.path)
        self.send_response(302)
        self.send_header("Location", "file:///etc/passwd")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Quietly."""


@pytest.fixture(scope="module")
def canary() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Canary)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    renderer = Renderer()
    renderer.warm_up()
    yield renderer
    renderer.close()


VECTORS = {
    "attachment link": '<link rel=attachment href="{url}">',
    "attachment anchor": '<a rel=attachment href="{url}">附件</a>',
    "image": '<img src="{url}">',
    "image set": '<img srcset="{url} 1x" src="{url}">',
    "stylesheet": '<link rel=stylesheet href="{url}">',
    "import": '<style>@import url("{url}");</style>',
    "font": '<style>@font-face{{font-family:x;src:url("{url}")}}p{{font-family:x}}</style>',
    "background": '<div style="background:url({url})">x</div>',
    "list image": '<ul style="list-style-image:url({url})"><li>x</ul>',
    "content": '<style>p::before{{content:url("{url}")}}</style><p>x',
    "border image": '<div style="border:1px solid;border-image:url({url}) 1">x</div>',
    "object": '<object data="{url}"></object>',
    "embed": '<embed src="{url}">',
    "svg image": '<svg viewBox="0 0 9 9"><image href="{url}" width="9" height="9"/></svg>',
    "svg xlink": '<svg xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'
    '<image xlink:href="{url}" width="9" height="9"/></svg>',
    "page background": "<style>@page{{background:url({url})}}</style>",
    "base": '<base href="{url}/"><img src="x.png">',
}


@pytest.mark.parametrize("scheme", ["file", "http", "data", "relative", "unknown name"])
@pytest.mark.parametrize("vector", VECTORS)
def test_refused_and_nothing_fetched(vector: str, scheme: str, canary: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text(f'<svg xmlns="http://www.w3.org/2000/svg"><text>{SECRET}</text></svg>')
    url = {
        "file": secret.as_uri(),
        "http": f"{canary}/{vector.replace(' ', '-')}",
        "data": "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=",
        "relative": "static/logo.png",
        "unknown name": "portal:picture/nothing.png",
    }[scheme]
    before = len(Canary.seen)
    html = f"<html lang=zh-CN><title>x</title><body>{VECTORS[vector].format(url=url)}<p>正文</p>"
    with pytest.raises(RefusedResource, match="不允许的外部内容"):
        render_pdf(html)
    assert len(Canary.seen) == before


def test_refused_in_the_child_too_and_the_next_document_is_made(renderer: Renderer, canary: str) -> None:
    with pytest.raises(RefusedResource) as refused:
        renderer.render(f'<img src="{canary}/child">')
    assert refused.value.address == f"{canary}/child"
    assert "/child" not in Canary.seen
    assert renderer.render("<p>正文").startswith(b"%PDF-")


def test_a_picture_that_was_given_is_shown(renderer: Renderer) -> None:
    seal = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>'
    pdf = renderer.render('<img src="portal:picture/seal.svg">', pictures={"seal.svg": seal})
    assert pdf != renderer.render("<p>")
    assert "/EmbeddedFiles" not in open_pdf(pdf).trailer["/Root"].get("/Names", {})


def test_script_and_forms_do_nothing(renderer: Renderer) -> None:
    pdf = renderer.render(
        '<script>alert(1)</script><a href="javascript:alert(1)">x</a><input autofocus onfocus=x>'
    )
    assert b"/JavaScript" not in pdf
    assert b"/AcroForm" not in pdf


def test_child_and_process_make_the_same_bytes(renderer: Renderer) -> None:
    html = "<html lang=zh-CN><title>同</title><p>截至2026年6月30日，䶮。</p>"
    assert renderer.render(html) == render_pdf(html)


def test_child_knows_no_secrets(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_SECRET_KEY", SECRET)
    own = Renderer()
    own.warm_up()
    environment = Path(f"/proc/{own._child._process.pid}/environ").read_bytes()
    own.close()
    assert b"PORTAL_" not in environment


@pytest.mark.parametrize(
    "bomb",
    [
        "<table>" + "<tr><td>x" * 300_000,
        "<p>" + "啊" * 3_000_000,
        "<div style='display:grid'>" + "<i>x</i>" * 200_000,
    ],
    ids=["rows", "one paragraph", "grid"],
)
def test_a_bomb_is_stopped_and_the_next_document_is_made(bomb: str) -> None:
    renderer = Renderer(seconds=2)
    try:
        with pytest.raises((TooSlow, TooLarge)):
            renderer.render(bomb)
        assert renderer.render("<p>下一份").startswith(b"%PDF-")
    finally:
        renderer.close()


def test_memory_is_limited() -> None:
    renderer = Renderer(memory=380 * 1024 * 1024)
    try:
        with pytest.raises(TooLarge, match="内存上限"):
            renderer.render("<p>" + "<b>啊</b>" * 150_000)
        assert renderer.render("<p>下一份").startswith(b"%PDF-")
    finally:
        renderer.close()


@pytest.mark.parametrize("scheme", ["file", "http"])
def test_what_weasyprint_leaves_out_by_itself(scheme: str, canary: str, renderer: Renderer) -> None:
    url = {"file": Path(__file__).as_uri(), "http": f"{canary}/left-out"}[scheme]
    before = len(Canary.seen)
    html = f"""<svg viewBox="0 0 9 9"><style>@import url({url});</style><use href="{url}#a"/></svg>
        <iframe src="{url}"></iframe><video src="{url}"></video>
        <script src="{url}"></script><meta http-equiv=refresh content="0;{url}">"""
    assert b"canary" not in renderer.render(html)
    assert len(Canary.seen) == before


@pytest.mark.parametrize("html", ["<div style='letter-spacing:1e9em'>x</div>", "<div>" * 2000, "\x00", ""])
def test_oddities_end_in_a_document_or_in_our_own_error(html: str, renderer: Renderer) -> None:
    try:
        pdf = renderer.render(html)
    except DocumentError as error:
        pdf, said = b"", str(error)
    assert pdf.startswith(b"%PDF-") or "请" in said


def test_child_clears_up_behind_it() -> None:
    renderer = Renderer()
    renderer.warm_up()
    folder = Path(renderer._child.folder)
    assert folder.is_dir()
    renderer.close()
    assert not folder.exists()


def test_a_fault_of_the_set_up_is_not_called_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(RenderFailed):
        Renderer().render("<p>")
