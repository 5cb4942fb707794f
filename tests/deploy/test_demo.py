"""``make demo`` as a newcomer meets it: it comes up, shows the accounts, keeps its data, leaves nothing behind."""

import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from cadre_portal import embedded
from cadre_portal.demo import main
from tests.deploy.test_entrypoints import free_port, until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("demo")]
BASE_DIR = Path(__file__).resolve().parents[2]


class Demo:
    """A running demo and what it has printed so far."""

    def __init__(self, home: Path, output: Path) -> None:
        self.port = free_port()
        self.output = output
        options = ["--home", str(home), "--port", str(self.port), "--people", "200"]
        command = [sys.executable, "-m", "cadre_portal.demo", *options]
        with output.open("wb") as file:
            self.process = subprocess.Popen(command, cwd=BASE_DIR, stdout=file, stderr=subprocess.STDOUT)

    def wait_for(self, text: str, seconds: float) -> str:
        """Everything printed, once ``text`` is among it."""
        until(lambda: text in self.output.read_text() or self.process.poll() is not None, seconds)
        printed = self.output.read_text()
        assert text in printed
        return printed

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page, or of the one it sends us to."""
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            f"http://127.0.0.1:{self.port}{path}", timeout=30
        ) as answer:
            return answer.status, answer.read().decode()

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@contextmanager
def running(home: Path, output: Path) -> Iterator[Demo]:
    demo = Demo(home, output)
    yield demo
    if demo.process.poll() is None:
        demo.process.kill()
    demo.process.wait()


def test_from_the_first_start_to_the_reset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One test, since each part lives on what the one before left: parts of a module may lie on two workers."""
    home = tmp_path / "demo" / "servers"
    try:
        with running(home, tmp_path / "first.txt") as demo:
            comes_up_with_the_city_and_its_accounts(demo)
        with running(home, tmp_path / "again.txt") as demo:
            starts_again_with_its_data_says_no_in_one_line_and_dies_whole(demo, home, tmp_path, capsys)
        assert main(["--home", str(home), "--reset"]) == 0
        assert not home.exists()
    finally:
        embedded.wipe(home)


def comes_up_with_the_city_and_its_accounts(demo: Demo) -> None:
    printed = demo.wait_for("Ctrl-C", seconds=240)
    assert f":{demo.port}/" in printed
    assert len(re.findall(r"^  \S+ +\S+ +\S+ +\S", printed, flags=re.M)) >= 7, printed
    status, page = demo.get("/")
    assert status == 200
    assert "云溪市" in page
    assert "password" in page
    assert demo.get("/readyz")[0] == 200
    family = demo.family()
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(120) == 0
    assert psutil.wait_procs(family, timeout=10)[1] == []


def starts_again_with_its_data_says_no_in_one_line_and_dies_whole(
    demo: Demo, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo.wait_for("PostgreSQL", seconds=60)
    assert main(["--home", str(home), "--port", str(free_port())]) == 1
    assert "已在运行" in capsys.readouterr().err
    assert "demo city" not in demo.wait_for("Ctrl-C", seconds=120)
    assert main(["--home", str(tmp_path / "other"), "--port", str(demo.port)]) == 1
    said = capsys.readouterr().err.strip()
    assert said == f"✗ 端口 {demo.port} 已被占用，请用：make demo PORT={demo.port + 1} (port is busy)"
    family = demo.family()
    assert len(family) > 5
    demo.process.send_signal(signal.SIGKILL)
    assert psutil.wait_procs(family, timeout=60)[1] == []
