"""import_roster, the same from a shell: its report, what it writes, and what it refuses."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.audit.models import Event
from apps.core.scope import scope
from apps.imports.models import Batch
from apps.retirees.models import Retiree
from tests.factories.city import actor_of
from tests.imports.desk import table


def run(city: Any, path: Path, out: Path, *flags: str) -> dict[str, Any]:
    call_command(
        "import_roster",
        str(path),
        *("--unit", city.a.code, "--as", city.clerk_a.username, "--json", str(out)),
        *flags,
        stdout=io.StringIO(),
    )
    report: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return report


def test_it_reports_every_row_and_writes_only_when_told(city: Any, tmp_path: Path) -> None:
    path, out = tmp_path / "花名册.csv", tmp_path / "out.json"
    people = (
        ["张建国", "男", "1934.07", city.a1.label, "退休"],
        ["李秀英", "女", "去年", city.a1.label, "退休"],
    )
    path.write_bytes(table(*people, header=["姓名", "性别", "出生年月", "单位", "类别"]))
    report = run(city, path, out)
    assert not report["committed"]
    good, doubtful = report["rows"]
    assert (good["values"]["name"], good["verdict"]) == ("张建国", "new")
    assert doubtful["issues"]
    assert doubtful["values"]["birth_date"] is None
    with scope(actor_of(city.clerk_a)):
        assert not Retiree.objects.exists()
        assert not Batch.objects.exists()
    assert run(city, path, out, "--commit")["committed"]
    with scope(actor_of(city.clerk_a)):
        assert Retiree.objects.filter(name="张建国").count() == 1


def test_what_it_refuses_it_says_and_keeps_nothing(city: Any, tmp_path: Path) -> None:
    path, out = tmp_path / "花名册.csv", tmp_path / "out.json"
    for content, code in (("姓名,备注\n张建国,机密★10年\n", "marked"), ("只有一行字\n", "no-header")):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(CommandError, match="没有读入"):
            run(city, path, out, "--commit")
        assert json.loads(out.read_text(encoding="utf-8"))["refused"] == code
    with scope(actor_of(city.clerk_a)):
        assert not Batch.objects.exists()
        assert not Retiree.objects.exists()
    with scope(actor_of(city.audit_admin)):
        assert Event.objects.filter(kind="refused", summary__contains="密级标志").count() == 1
