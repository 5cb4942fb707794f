"""Vendored files in a page, with the integrity value that static/vendor/VENDOR.toml gives them."""

import tomllib
from functools import cache
from pathlib import Path

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

MANIFEST = Path(__file__).resolve().parents[3] / "static" / "vendor" / "VENDOR.toml"


@cache
def vendored_files() -> dict[str, dict[str, str]]:
    """The entries of the manifest by their short name, such as "htmx.js"."""
    return {entry["name"]: entry for entry in tomllib.loads(MANIFEST.read_text(encoding="utf-8"))["file"]}


@register.simple_tag
def vendor_style(name: str) -> SafeString:
    """``<link>`` to a vendored style sheet; an unknown name is a KeyError, not a page without style."""
    entry = vendored_files()[name]
    return format_html(
        '<link rel="stylesheet" href="{}" integrity="{}">', static(f"vendor/{entry['path']}"), entry["sri"]
    )


@register.simple_tag
def vendor_script(name: str) -> SafeString:
    """Deferred ``<script>`` of a vendored file."""
    entry = vendored_files()[name]
    return format_html(
        '<script src="{}" integrity="{}" defer></script>', static(f"vendor/{entry['path']}"), entry["sri"]
    )
