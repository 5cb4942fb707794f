"""The look without the portal: real templates and components with sample data, as files to open in a browser.

python -m tests.look.gallery FOLDER            renders the pages
python -m tests.look.gallery FOLDER --shots    and photographs them with the system's Chromium
"""

import argparse
import contextlib
import functools
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
UNDEFINED = "⚠未定义变量:%s⚠"

SETTINGS: dict[str, Any] = {
    "ROOT_URLCONF": "tests.look.urls",
    "TEMPLATES": [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [ROOT / "templates", ROOT / "tests/look/pages"],
            "APP_DIRS": True,
            "OPTIONS": {
                "string_if_invalid": UNDEFINED,
                "context_processors": ["django.template.context_processors.request"],
            },
        }
    ],
}

STANDALONE: dict[str, Any] = {
    "SECRET_KEY": "gallery",
    "INSTALLED_APPS": [
        "apps.core",
        "django.contrib.staticfiles",
        "crispy_forms",
        "crispy_bootstrap5",
        "django_tables2",
    ],
    "STATIC_URL": "/static/",
    "CRISPY_ALLOWED_TEMPLATE_PACKS": "bootstrap5",
    "CRISPY_TEMPLATE_PACK": "bootstrap5",
    "DJANGO_TABLES2_TEMPLATE": "components/table.html",
    "LANGUAGE_CODE": "zh-hans",
    "USE_TZ": True,
    "TIME_ZONE": "Asia/Shanghai",
}

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

PAGES = (
    "gallery",
    "list",
    "person",
    "import",
    "dashboard",
    "form",
    "errors",
    "phone",
    "sign-in",
    "empty",
    "confirm",
)
ERROR_PAGES = ("400", "403", "403_csrf", "404", "405", "409", "429", "500")
DISPLAYS = {
    "": {},
    "-huge": {"size": "huge"},
    "-contrast": {"contrast": "high"},
    "-compact": {"density": "compact"},
}
SIZES = {"desk": (1366, 768), "phone": (360, 740)}


def render(folder: Path) -> list[Path]:
    """Write every page of the gallery, in each way of showing it. Returns the files."""
    from django.template.loader import render_to_string

    from tests.look import sample

    written = []
    for suffix, display in DISPLAYS.items():
        for name in PAGES:
            text = render_to_string(f"{name}.html", sample.context(name, display))
            written.append(_write(folder / f"{name}{suffix}.html", text))
    text = render_to_string("components/secret.html", sample.revealed())
    written.append(_write(folder / "revealed.html", text))
    for code in ERROR_PAGES:
        text = render_to_string(f"errors/{code}.html", sample.error_context(code))
        written.append(_write(folder / f"error-{code}.html", text))
    return written


def _write(path: Path, text: str) -> Path:
    path.write_text(re.sub(r"\n\s*\n+", "\n", text), encoding="utf-8")
    return path


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Static files from the tree, pages from the folder, with the portal's content security policy."""

    def translate_path(self, path: str) -> str:
        return str(ROOT / path.lstrip("/")) if path.startswith("/static/") else super().translate_path(path)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Addresses of the portal that the gallery does not have: answered, with nothing."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_error(204)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a rendered gallery on a free port; yields the address."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(_Handler, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """The system's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


def photograph(folder: Path, names: list[str]) -> None:
    """Pictures of the named pages at both sizes, beside the pages."""
    with serve(folder) as address, browser() as chromium:
        for size, (width, height) in SIZES.items():
            page = chromium.new_page(viewport={"width": width, "height": height})
            for name in names:
                page.goto(f"{address}/{name}.html")
                page.wait_for_load_state("networkidle")
                page.screenshot(path=str(folder / f"{name}-{size}.png"), full_page=size == "phone")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shots", nargs="*", metavar="PAGE", help="photograph these pages (none named: all)")
    options = parser.parse_args()
    import django
    from django.conf import settings

    settings.configure(**STANDALONE, **SETTINGS)
    django.setup()
    options.folder.mkdir(parents=True, exist_ok=True)
    names = [path.stem for path in render(options.folder)]
    if options.shots is not None:
        photograph(options.folder, options.shots or names)


if __name__ == "__main__":
    main()
