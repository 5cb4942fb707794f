"""The databases that are measured: one embedded home per size, built once and kept in var/bench."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from cadre_portal import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
BENCH_HOME = BASE_DIR / "var" / "bench"
MADE_FROM = ("benchmarks/build.py", "apps/retirees/management/demo/*.py", "apps/units/management/demo.py")
VISITS_MADE_FROM = ("benchmarks/build_visits.py",)
"""Visits are a step of their own with a mark of their own: a change there does not build the people anew."""
FREE_GIB = {1_000_000: 25, 100_000: 4}
SETTINGS = "benchmarks.settings"


def environment(people: int, *, rebuild: bool = False) -> dict[str, str]:
    """Start the servers of a size and return the environment to work in; build the people first where that is due.

    Raises SystemExit with a line that says what is missing.
    """
    home = BENCH_HOME / str(people)
    stamp = home / "built-from"
    wanted = _digest(MADE_FROM)
    if rebuild or not stamp.exists() or stamp.read_text() != wanted:
        embedded.wipe(home)  # half-built ones too
        _check_room(people)
    values = embedded.start(home, dies_with_us=True)
    inside = os.environ | values | {"DJANGO_SETTINGS_MODULE": SETTINGS, "PORTAL_LOG_LEVEL": "WARNING"}
    run("manage.py", "setup_database", "-v0", environment=inside)
    if not stamp.exists():
        say(f"造{people:,}人，需要几分钟 (building {people:,} people)")
        started = time.monotonic()
        run("-m", "benchmarks.build", str(people), environment=inside)
        stamp.write_text(wanted)
        say(f"用时 {time.monotonic() - started:.0f} 秒")
    return inside


def with_visits(people: int, inside: dict[str, str]) -> None:
    """Build visits, dues, campaigns and what belongs to them in the database of a size, where that is due."""
    stamp = BENCH_HOME / str(people) / "visits-built-from"
    wanted = _digest((*MADE_FROM, *VISITS_MADE_FROM))
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"造{people:,}人的走访记录，需要几分钟 (building their visits)")
    started = time.monotonic()
    stamp.unlink(missing_ok=True)
    run("-m", "benchmarks.build_visits", environment=inside)
    run("manage.py", "setup_database", "-v0", environment=inside)
    stamp.write_text(wanted)
    say(f"用时 {time.monotonic() - started:.0f} 秒")


def run(*command: str, environment: dict[str, str]) -> str:
    """Run Python with arguments; return what it printed. Raises SystemExit with its last words where it fails."""
    result = subprocess.run(
        [sys.executable, *command],
        env=environment,
        cwd=BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if result.returncode:
        raise SystemExit(f"{' '.join(command)} 失败 (failed)\n{result.stdout[-2000:]}")
    return result.stdout


def say(line: str) -> None:
    """Progress, apart from the results."""
    print(f"· {line}", file=sys.stderr, flush=True)


def _digest(patterns: tuple[str, ...]) -> str:
    found = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(BASE_DIR.glob(pattern)):
            found.update(path.read_bytes())
    return found.hexdigest()


def _check_room(people: int) -> None:
    BENCH_HOME.mkdir(parents=True, exist_ok=True)
    needed = FREE_GIB.get(people, people * 25 // 1_000_000 + 1)
    if shutil.disk_usage(BENCH_HOME).free < needed * 2**30:
        raise SystemExit(f"{BENCH_HOME} 需要 {needed} GiB 空闲空间 (needs that much free disk)")
