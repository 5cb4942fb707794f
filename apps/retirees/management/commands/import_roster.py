"""Check, and with --commit write, a roster from the shell: the same code as the upload page.

    manage.py import_roster FILE --unit CODE [--commit] --as USER --json OUT

The JSON is an interface, described in docs/import-roster.md.
"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.accounts.models import Grant, User
from apps.accounts.queries import valid_grants
from apps.accounts.rules import STAFF_ROLES
from apps.audit.actions import refuse_marked_file
from apps.core.scope import scope
from apps.imports import actions
from apps.imports.choices import WRITTEN, Verdict
from apps.imports.models import Batch
from apps.imports.reading.refusals import Refused
from apps.imports.rules import ChangedMeanwhile, StagedRow, count, importers
from apps.units.models import Unit

VALUES = ("name", "sex", "birth_date", "national_id", "category", "joined_on", "retired_on", "unit")


class Command(BaseCommand):
    help = "核对花名册；加 --commit 则写入没有错误的行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="花名册（.xlsx、.xls、.csv）")
        parser.add_argument("--unit", required=True, help="县市区或单位的代码，如 nanling")
        parser.add_argument("--commit", action="store_true", help="写入没有错误的行")
        parser.add_argument("--as", dest="user", required=True, help="以哪个用户的身份办理")
        parser.add_argument("--json", type=Path, help="把每一行的结果写到这个文件")

    def handle(self, *args: Any, **options: Any) -> None:
        grant = self._grant(options["user"], options["unit"])
        try:  # around the scope: what is refused leaves nothing behind
            with scope(grant.actor()):
                marked = self._is_marked(options["file"])
            if marked:
                raise Refused("marked")
            with scope(grant.actor()) as actor:
                unit = Unit.objects.visible_to(actor).filter(code=options["unit"]).first()
                if unit is None:
                    raise CommandError(f"没有这个单位代码，或不在您的范围内：{options['unit']}")
                report = self._run(options, unit, actor)
        except (Refused, OSError, actions.NotNow, ChangedMeanwhile) as error:
            report = {
                "refused": getattr(error, "code", "unreadable"),
                "reason": getattr(error, "reason", str(error)),
            }
        if options["json"]:
            with options["json"].open("w", encoding="utf-8") as out:
                # Piece by piece: dumps() would hold all of them.
                json.dump(report, out, ensure_ascii=False, indent=1)
        if "refused" in report:
            raise CommandError(f"没有读入：{report['reason']}")
        self.stdout.write(
            "；".join(
                f"{Verdict(name).label}{number}"
                for name, number in report["counts"].items()
                if name in Verdict.values
            )
        )

    def _is_marked(self, path: Path) -> bool:
        """Whether the file bears a mark of secrecy, as the upload page asks; that it came stays in the log."""
        try:
            with path.open("rb") as content:
                refuse_marked_file(File(content, name=path.name))
        except ValidationError:
            return True
        return False

    def _grant(self, username: str, code: str) -> Grant:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"没有这个用户：{username}")
        grants = [grant for grant in valid_grants(user) if grant.role in STAFF_ROLES]
        if not grants:
            raise CommandError(f"{username} 没有维护名册的身份。")
        return next((grant for grant in grants if grant.unit.code == code), grants[0])

    def _run(self, options: dict[str, Any], unit: Unit, actor: Any) -> dict[str, Any]:
        importer = importers["roster"]
        place, today = actions.place_of(unit), timezone.localdate()
        if not options["commit"]:
            reading = actions.read_path(options["file"], importer, place=place, actor=actor, today=today)
        else:
            content = options["file"].read_bytes()
            batch = actions.upload_batch(
                kind="roster", file_name=options["file"].name, content=content, unit=unit, by=actor
            )
            reading = actions.read_content(content, importer, place=place, actor=actor, today=today)
            actions.stage(batch, reading)
        report = {
            "file": options["file"].name,
            "unit": unit.code,
            "committed": options["commit"],
            "counts": count(reading.rows),
            "new_units": list(reading.new_units),
            "rows": [_as_json(row) for row in reading.rows],
        }
        if options["commit"]:
            del reading  # staged by now: as in a worker, writing does not hold the file and its rows twice
            if batch.total(*WRITTEN):
                Batch.objects.filter(pk=batch.pk).update(state="confirmed")
                actions.apply_staged(
                    Batch.objects.select_related("unit").get(pk=batch.pk), seen_on=today, by=actor
                )
        return report


def _as_json(row: StagedRow) -> dict[str, Any]:
    values = {name: row.values.get(name) for name in VALUES}
    return {
        "sheet": row.sheet,
        "row": row.number,
        "verdict": str(row.verdict),
        "level": str(row.level),
        "issues": [one.key for one in row.issues if one.issue.level != "notice"],
        "notices": [one.key for one in row.issues if one.issue.level == "notice"],
        "values": {**values, **{name: value for name, value in row.values.items() if name not in values}},
    }
