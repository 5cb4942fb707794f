"""scripts/setup on machines that lack something. The tools around it are stand-ins; nothing is installed."""

import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

BASE_DIR = Path(__file__).resolve().parents[2]
TOOLS = "bash cat cut dirname env find flock grep head mkdir rm sha256sum tail touch".split()
# Plays python3: tells what it really is, makes an environment whose pip writes down what it was asked for.
FAKE_PYTHON = f"""#!/usr/bin/env bash
case "$1 $2" in
  "-m venv")
    mkdir -p "$3/bin"
    printf '#!/usr/bin/env bash\\necho "$@" >> "%s/pip.txt"\\n[ ! -e "%s/offline" ]\\n' "$PWD" "$PWD" > "$3/bin/python"
    chmod +x "$3/bin/python" ;;
  *) exec {sys.executable} "$@" ;;
esac
"""


class Machine:
    """A checkout with only the set-up's files, and a PATH with only what we put there."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "portal"
        self.bin = folder / "bin"
        (self.checkout / "scripts").mkdir(parents=True)
        self.bin.mkdir()
        shutil.copy(BASE_DIR / "scripts" / "setup", self.checkout / "scripts")
        for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
            shutil.copy(BASE_DIR / name, self.checkout)
        for name in (*TOOLS, "chmod"):
            (self.bin / name).symlink_to(str(shutil.which(name)))
        self.tool("python3", FAKE_PYTHON)
        self.tool("id", "#!/usr/bin/env bash\necho 1000")
        libraries = "libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0"
        self.tool("ldconfig", f"#!/usr/bin/env bash\nprintf '%s\\n' {libraries}")
        for name in ("chromium", "pdftoppm", "redis-server"):
            self.tool(name, "#!/usr/bin/env bash")
        fonts = folder / "home" / ".fonts"
        fonts.mkdir(parents=True)
        (fonts / "NotoSansCJK.ttc").touch()

    def tool(self, name: str, script: str) -> None:
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(script)
        path.chmod(0o755)

    def setup(self, level: str = "run") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(shutil.which("bash")), "scripts/setup", level],
            cwd=self.checkout,
            env={"PATH": str(self.bin), "HOME": str(self.bin.parent / "home"), "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )

    def installed(self) -> list[str]:
        log = self.checkout / "pip.txt"
        return re.findall(r"-r (\S+)", log.read_text()) if log.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def said(result: subprocess.CompletedProcess[str]) -> str:
    """The one line of complaint."""
    assert result.returncode == 1
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]


def test_the_first_time_installs_and_the_second_does_nothing(machine: Machine) -> None:
    assert machine.setup().returncode == 0
    assert machine.installed() == ["requirements.txt"]
    again = machine.setup()
    assert (again.returncode, again.stdout) == (0, "")
    assert machine.installed() == ["requirements.txt"]


def test_tests_need_more(machine: Machine) -> None:
    assert machine.setup("test").returncode == 0
    assert machine.installed() == ["requirements.txt", "requirements-dev.txt"]


def test_changed_pins_are_installed_into_the_same_environment(machine: Machine) -> None:
    machine.setup()
    (machine.checkout / ".venv" / "ours").touch()
    with (machine.checkout / "constraints.txt").open("a") as file:
        file.write("# changed\n")
    machine.setup()
    assert machine.installed() == ["requirements.txt"] * 2
    assert (machine.checkout / ".venv" / "ours").exists()


def test_an_interrupted_installation_is_begun_anew(machine: Machine) -> None:
    (machine.checkout / "offline").touch()
    assert "pip failed" in said(machine.setup())
    (machine.checkout / ".venv" / "half").touch()
    (machine.checkout / "offline").unlink()
    result = machine.setup()
    assert result.returncode == 0
    assert "重新建立" in result.stdout
    assert not (machine.checkout / ".venv" / "half").exists()


def test_an_environment_that_was_moved_or_is_not_ours_is_made_anew(machine: Machine) -> None:
    (machine.checkout / ".venv" / "bin").mkdir(parents=True)
    assert machine.setup().returncode == 0
    moved = machine.checkout.rename(machine.checkout.with_name("moved"))
    machine.checkout = moved
    assert "重新建立" in machine.setup().stdout


def test_python_too_old(machine: Machine) -> None:
    machine.tool("python3", "#!/usr/bin/env bash\nexit 1")
    assert "Python 3.11" in said(machine.setup())


@pytest.mark.parametrize(
    ("level", "library", "package"),
    [
        ("run", "libharfbuzz-subset.so.0", "libharfbuzz-subset0"),
        ("run", "libpango-1.0.so.0", "libpango-1.0-0"),
        ("run", "libpangoft2-1.0.so.0", "libpangoft2-1.0-0"),
    ],
)
def test_a_missing_library_is_named_with_what_to_type(
    machine: Machine, level: str, library: str, package: str
) -> None:
    text = (machine.bin / "ldconfig").read_text()
    machine.tool("ldconfig", text.replace(library, ""))
    line = said(machine.setup(level))
    assert line.endswith(f"sudo apt-get update && sudo apt-get install -y {package}")


@pytest.mark.parametrize(("tool", "package"), [("chromium", "chromium"), ("pdftoppm", "poppler-utils")])
def test_what_only_tests_need_is_asked_for_by_tests_only(machine: Machine, tool: str, package: str) -> None:
    (machine.bin / tool).unlink()
    assert machine.setup("run").returncode == 0
    assert said(machine.setup("test")).endswith(f"install -y {package}")


def test_root_on_debian_installs_it_itself(machine: Machine) -> None:
    (machine.bin / "pdftoppm").unlink()
    machine.tool("id", "#!/usr/bin/env bash\necho 0")
    machine.tool("apt-get", '#!/usr/bin/env bash\necho "$@" >> "$PWD/apt.txt"')
    assert machine.setup("test").returncode == 0
    calls = (machine.checkout / "apt.txt").read_text().splitlines()
    assert calls == ["update -q", "install -yq --no-install-recommends poppler-utils"]


def test_a_failed_apt_is_one_line(machine: Machine) -> None:
    (machine.bin / "pdftoppm").unlink()
    machine.tool("id", "#!/usr/bin/env bash\necho 0")
    machine.tool("apt-get", "#!/usr/bin/env bash\nexit 100")
    assert "apt-get install -y poppler-utils" in said(machine.setup("test"))


class TestPins:
    """requirements*.txt and constraints.txt agree with each other and with what runs here."""

    def requirements(self, name: str) -> list[Requirement]:
        lines = (BASE_DIR / name).read_text(encoding="utf-8").splitlines()
        bare = [line.split("  #")[0].strip() for line in lines]
        return [Requirement(line) for line in bare if line and not line.startswith(("#", "-"))]

    def pins(self) -> dict[str, str]:
        return {
            each.name.lower().replace("_", "-"): str(each.specifier)
            for each in self.requirements("constraints.txt")
        }

    @pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
    def test_each_is_pinned_once_with_its_reason(self, name: str) -> None:
        for requirement in self.requirements(name):
            pin = self.pins()[requirement.name.lower().replace("_", "-")]
            assert str(requirement.specifier) == pin
            if requirement.marker is None or requirement.marker.evaluate():
                assert f"=={version(requirement.name)}" == pin, requirement.name
        lines = (BASE_DIR / name).read_text(encoding="utf-8").splitlines()
        bare = [line for line in lines if "==" in line and not re.search(r"\s# .*\(.+\)$", line)]
        assert bare == []

    def test_constraints_name_no_place(self) -> None:
        text = (BASE_DIR / "constraints.txt").read_text(encoding="utf-8")
        assert all(re.fullmatch(r"#.*|[\w.-]+==[\w.]+", line) for line in text.splitlines())
