"""Vendored files are what their manifests say, in the tree and after collectstatic."""

import base64
import hashlib
import tomllib
from pathlib import Path

import pytest
from django.core.management import call_command
from django.template import Context, Template

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / "static" / "vendor", ROOT / "tests" / "e2e" / "vendor"]


def entries(folder: Path) -> list[dict[str, str]]:
    return tomllib.loads((folder / "VENDOR.toml").read_text(encoding="utf-8"))["file"]


def integrity(path: Path) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


CASES = [pytest.param(folder, entry, id=entry["name"]) for folder in FOLDERS for entry in entries(folder)]


@pytest.mark.parametrize(("folder", "entry"), CASES)
def test_file_is_the_one_of_the_manifest(folder: Path, entry: dict[str, str]) -> None:
    assert integrity(folder / entry["path"]) == entry["sri"]
    assert (folder / entry["licence_file"]).read_text(encoding="utf-8").strip()
    assert all(entry[key] for key in ("package", "version", "licence", "source"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_script_and_style_sheet_has_an_entry(folder: Path) -> None:
    found = {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.suffix in {".js", ".css", ".map"}
    }
    assert found == {entry["path"] for entry in entries(folder)}


def test_collected_files_keep_their_bytes(tmp_path: Path, settings: object) -> None:
    """The hashed storage rewrites style sheets; a changed byte would make the browser refuse the file."""
    settings.STATIC_ROOT = tmp_path  # type: ignore[attr-defined]
    settings.STORAGES = {  # type: ignore[attr-defined]
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    for entry in entries(FOLDERS[0]):
        path = Path(entry["path"])
        copies = list((tmp_path / "vendor" / path.parent).glob(f"{path.name.split('.')[0]}*{path.suffix}"))
        assert len(copies) == 2, "the file and its hashed copy"
        assert {integrity(copy) for copy in copies} == {entry["sri"]}


def test_tags_carry_the_integrity_value() -> None:
    page = Template('{% load portal_assets %}{% vendor_style "tabler.css" %}{% vendor_script "htmx.js" %}')
    text = page.render(Context())
    for entry in entries(FOLDERS[0]):
        assert f'integrity="{entry["sri"]}"' in text


def test_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        Template('{% load portal_assets %}{% vendor_script "nothing.js" %}').render(Context())
