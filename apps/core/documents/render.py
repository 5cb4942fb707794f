"""HTML in, PDF out, in this process; reads nothing but what it is given.

Used by the guarded renderer (guarded.py), which runs it in a child process with limits. Call that one for anything a
user can influence.
"""

import atexit
import hashlib
import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock

from apps.core import fonts
from apps.core.documents.errors import DocumentError, RefusedResource, RenderFailed

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="No fonts configured")  # on purpose: see fontconfig.xml
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # its warnings quote the document

STYLES = Path(__file__).resolve().parents[3] / "templates" / "documents" / "document.css"
FONTCONFIG = Path(__file__).with_name("fontconfig.xml")
PREFIX = "portal:"
VARIANT = "pdf/ua-1"  # tagged, with language and titles, so that it can be read aloud
_one_at_a_time = Lock()  # Pango's font map is not made for several threads


class ClosedFetcher(URLFetcher):
    """Knows the names in its dictionary and nothing else; any other address stops the render."""

    def __init__(self, content: Mapping[str, bytes | fonts.FontFile]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._content = content
        self.refused = ""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """The content that stands under a ``portal:`` name."""
        content = self._content.get(url.removeprefix(PREFIX)) if url.startswith(PREFIX) else None
        if content is None:
            self.refused = url
            raise FatalURLFetchingError(url)
        body = content.read() if isinstance(content, fonts.FontFile) else content
        return URLFetcherResponse(url, body, {"Content-Type": _content_type(url)})


def render_pdf(
    html: str, *, pictures: Mapping[str, bytes] | None = None, font_dir: Path | None = None
) -> bytes:
    """Render a document with the styles of ``templates/documents/document.css``.

    ``pictures``: SVG, PNG or JPEG (.jpg) files that the document may show as ``<img src="portal:picture/NAME">``.
    ``font_dir``: folder of the office's own fonts. The same input gives the same bytes. Tagged PDF with title,
    language and bookmarks. Raises RefusedResource when the document asks for anything else, RenderFailed for anything
    unforeseen.
    """
    fetcher = ClosedFetcher({f"picture/{name}": data for name, data in (pictures or {}).items()})
    identifier = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
    with _one_at_a_time:
        try:
            font_config, styles = _studio(font_dir, fonts.signature(font_dir))
            document = HTML(string=html, url_fetcher=fetcher, base_url=PREFIX)
            pdf = document.write_pdf(
                stylesheets=[styles], font_config=font_config, pdf_identifier=identifier, pdf_variant=VARIANT
            )
        except FatalURLFetchingError:
            raise RefusedResource(fetcher.refused) from None
        except (DocumentError, MemoryError):
            raise
        except Exception as error:
            raise RenderFailed(f"{type(error).__name__}: {error}") from error
    if fetcher.refused:  # WeasyPrint goes on when it cannot draw an SVG, whatever the reason
        raise RefusedResource(fetcher.refused)
    return pdf


@lru_cache(maxsize=1)
def _studio(font_dir: Path | None, signature: tuple) -> tuple[FontConfiguration, CSS]:
    """Fonts and styles, read once per process and again when a font file changes (hence the signature)."""
    content: dict[str, fonts.FontFile] = {}
    rules = []
    for role, files in fonts.resolve(font_dir).items():
        own = [file for file in files if file.path.name not in _RARE_NAMES]
        for number, file in enumerate(own, start=1):
            rules.append(
                _font_face(f"portal-{role}" + (f"-{number}" if number > 1 else ""), f"font/{role}/{number}")
            )
            content[f"font/{role}/{number}"] = file
        rare = [file for file in files if file.path.name in _RARE_NAMES]
    for role, file in fonts.latin(font_dir).items():
        rules.append(_font_face(f"portal-{role}-latin", f"font/{role}/latin"))
        content[f"font/{role}/latin"] = file
    for number, file in enumerate(rare, start=1):
        rules.append(_font_face(f"portal-rare-{number}", f"font/rare/{number}"))
        content[f"font/rare/{number}"] = file
    with _no_system_fonts():
        font_config = FontConfiguration()
    text = "".join(rules) + STYLES.read_text()
    return font_config, CSS(string=text, url_fetcher=ClosedFetcher(content), font_config=font_config)


atexit.register(_studio.cache_clear)  # WeasyPrint removes its copies of the fonts when the configuration goes

_RARE_NAMES = frozenset(Path(name).name for name in fonts.RARE)


def _font_face(family: str, name: str) -> str:
    return f"@font-face{{font-family:{family};src:url({PREFIX}{name})}}"


@contextmanager
def _no_system_fonts() -> Iterator[None]:
    """Fontconfig reads this variable when a configuration is made."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(FONTCONFIG)
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


def _content_type(url: str) -> str:
    pictures = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}
    return pictures.get(url[-4:], "font/otf")
