"""``make bench``: build what is missing, measure, print, and with ``--write`` put it into docs/benchmarks.md.

    make bench                                  everything, at 100,000 and 1,000,000 people
    make bench ARGS="--sizes 100000 --only pages"
    make bench ARGS="--write"

The databases lie in var/bench (about 12 GB at 1,000,000) and are kept for the next run; --rebuild makes them anew,
--stop stops their servers when it is done.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.homes import BASE_DIR, BENCH_HOME, environment, run, say, with_visits
from benchmarks.report import markdown
from cadre_portal import embedded

SIZES = (100_000, 1_000_000)
PARTS = ("pages", "imports", "briefing", "undo", "exports", "doubles", "visits", "benefits")
EXPORT_WAYS = ("ours", "theirs", "rows")
WAYS = ("copy", "check", "commit", "theirs", "theirs-bulk")
DOCUMENT = BASE_DIR / "docs" / "benchmarks.md"
RESULTS = BENCH_HOME / "results.json"


def main(argv: list[str] | None = None) -> int:
    options = _options(argv)
    found: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() and options.add else {}
    for people in options.sizes:
        inside = environment(people, rebuild=options.rebuild)
        if "pages" in options.only:
            say(f"{people:,}人：各页 (pages)")
            found.setdefault("pages", {})[str(people)] = json.loads(
                run("-m", "benchmarks.pages", environment=inside)
            )
        if "visits" in options.only:
            with_visits(people, inside)
            say(f"{people:,}人：走访 (visits)")
            found.setdefault("visits", {})[str(people)] = json.loads(
                run("-m", "benchmarks.visits", environment=inside)
            )
        if "benefits" in options.only:
            say(f"{people:,}人：待遇 (benefits)")
            found.setdefault("benefits", {})[str(people)] = json.loads(
                run("-m", "benchmarks.benefits", environment=inside)
            )
        if people == max(options.sizes) and "doubles" in options.only:
            say("查找疑似重复 (doubles)")
            found["doubles"] = json.loads(run("-m", "benchmarks.doubles", environment=inside))
        if people == min(options.sizes):
            if "imports" in options.only:
                found["imports"] = _imports(inside)
            if "briefing" in options.only:
                say("简报 (briefing)")
                found["briefing"] = json.loads(run("-m", "benchmarks.briefing", environment=inside))
            if "exports" in options.only:
                say("导出 (exports)")
                own = inside | {"DJANGO_SETTINGS_MODULE": "cadre_portal.settings"}
                found["exports"] = [
                    json.loads(run("-m", "benchmarks.exporting", way, environment=own)) for way in EXPORT_WAYS
                ]
            if "undo" in options.only:
                say("成批修改与撤销 (undo)")
                found["undo"] = json.loads(run("-m", "benchmarks.undo", environment=inside))
        embedded.stop(BENCH_HOME / str(people))
    RESULTS.write_text(json.dumps(found, ensure_ascii=False, indent=1))
    text = markdown(found)
    print(text)
    if options.write:
        DOCUMENT.write_text(text)
    return 0


def _imports(inside: dict[str, str]) -> list[dict[str, Any]]:
    roster = BENCH_HOME / "roster-20000.xlsx"
    run("-m", "benchmarks.imports", "write", str(roster), environment=inside)
    found = []
    for way in WAYS:
        say(f"导入：{way}")
        own = inside | (
            # In the settings of a real worker: the other side's apps would be counted in its memory.
            {"DJANGO_SETTINGS_MODULE": "cadre_portal.settings"}
            if way in ("check", "commit")
            else {"PORTAL_DATABASE_URL": inside["PORTAL_OWNER_DATABASE_URL"]}
        )
        found.append(json.loads(run("-m", "benchmarks.imports", way, str(roster), environment=own)))
    return found


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="PEOPLE")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--write", action="store_true", help=f"write {DOCUMENT.relative_to(Path.cwd())}")
    parser.add_argument("--rebuild", action="store_true", help="make the databases anew")
    parser.add_argument(
        "--add", action="store_true", help="keep the results of parts that are not measured now"
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
