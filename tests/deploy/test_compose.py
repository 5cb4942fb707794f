"""What the containers, the example of the environment, the manual and the code say about the same things."""

import json
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from apps.core.keyring import load
from cadre_portal.run import COMMANDS

BASE_DIR = Path(__file__).resolve().parents[2]
VARIABLE = re.compile(r"\bPORTAL_[A-Z_]+\b")
ONLY_IN_TESTS = {"PORTAL_TEST_ADMIN_URL"}


def text(name: str) -> str:
    return (BASE_DIR / name).read_text(encoding="utf-8")


def variables(*texts: str) -> set[str]:
    return {name for each in texts for name in VARIABLE.findall(each)} - ONLY_IN_TESTS


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load(text("docker-compose.yml"))


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return compose["services"]


def read_by_the_code() -> set[str]:
    # In Python a variable of the environment is a quoted name; settings that only look like one are not.
    python = "".join(path.read_text(encoding="utf-8") for path in (BASE_DIR / "cadre_portal").rglob("*.py"))
    quoted = " ".join(re.findall(r"""["'](PORTAL_[A-Z_]+)["']""", python))
    return variables(quoted, text("docker-compose.yml"), text("deploy/Caddyfile"), text("Dockerfile"))


def test_every_variable_stands_in_the_example_and_in_the_manual() -> None:
    example, manual = variables(text(".env.example")), variables(text("docs/operations.md"))
    used = read_by_the_code()
    assert used - example == set()
    assert example - used == set()
    assert example - manual == set()
    assert manual - example == set()


def test_each_example_line_is_given_once() -> None:
    names = re.findall(r"^#?(PORTAL_\w+)=", text(".env.example"), flags=re.M)
    assert sorted(names) == sorted(set(names))


def test_no_password_has_a_default() -> None:
    defaults = re.findall(r"\$\{(\w+):?-[^}]*\}", text("docker-compose.yml"))
    assert [name for name in defaults if re.search("PASSWORD|SECRET|KEY", name)] == []
    demanded = set(re.findall(r"\$\{(\w+):\?", text("docker-compose.yml")))
    required = set(re.findall(r"^(PORTAL_\w+)=$", text(".env.example"), flags=re.M))
    assert demanded == required
    # Neither a default nor a hint: Compose would start with an empty value.
    assert re.findall(r"(?<!\$)\$\{(\w+)\}", text("docker-compose.yml")) == []


def test_the_example_holds_no_value_for_what_must_be_secret() -> None:
    for line in text(".env.example").splitlines():
        name, _, value = line.lstrip("#").partition("=")
        if re.search("PASSWORD$|SECRET", name):
            assert value == ""


def test_required_settings_reach_every_process(services: dict[str, dict[str, Any]]) -> None:
    required = set(re.findall(r'required\("(PORTAL_\w+)"\)', text("cadre_portal/settings.py")))
    image = set(re.findall(r"^\s+(PORTAL_\w+)=", text("Dockerfile"), flags=re.M))
    assert required
    for name in ("setup", "web", "worker", "beat"):
        given = {key for key, value in services[name]["environment"].items() if value is not None}
        assert required - given - image == set(), name


def test_only_setup_knows_the_powerful_passwords(services: dict[str, dict[str, Any]]) -> None:
    knows = {
        name
        for name, service in services.items()
        if re.search("OWNER_PASSWORD|ADMIN_PASSWORD", json.dumps(service.get("environment", {})))
    }
    assert knows == {"setup", "postgres"}


def test_every_service_is_watched_and_restarted(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        if name == "setup":
            assert service["restart"] == "no"
            continue
        assert service["healthcheck"]["test"], name
        assert service["restart"] == "unless-stopped", name


def test_only_the_proxy_can_be_reached_from_outside(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]
    assert compose["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "redis", "setup", "worker", "beat"):
        assert compose["services"][name]["networks"] == ["inside"]


def test_services_use_the_entry_points_that_exist(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        if "build" in service:
            assert service["command"] == [name]
            assert name in COMMANDS or name == "setup"
            assert service["read_only"]
            assert service["cap_drop"] == ["ALL"]


def test_named_volumes_are_declared_and_used(compose: dict[str, Any]) -> None:
    mounts = [mount for service in compose["services"].values() for mount in service.get("volumes", [])]
    used = {mount.partition(":")[0] for mount in mounts if not mount.startswith(".")}
    assert used == set(compose["volumes"])


def test_the_queue_neither_forgets_nor_stands_open(services: dict[str, dict[str, Any]]) -> None:
    script = services["redis"]["command"][2]
    for needed in ("--appendonly yes", "noeviction", "requirepass"):
        assert needed in script


def test_the_image_runs_as_an_ordinary_user_without_build_tools() -> None:
    final = text("Dockerfile").rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (\w+)", final, flags=re.M) == ["portal"]
    assert "libharfbuzz-subset0" in final
    assert "HEALTHCHECK" in final
    for tool in ("gcc", "build-essential", "-dev ", "git "):
        assert tool not in final


def test_secrets_cannot_get_into_the_image() -> None:
    rules = [line for line in text(".dockerignore").splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    admitted = {rule[1:] for rule in rules if rule.startswith("!")}
    assert not admitted & {".env", "secrets", "var", ".git", "deploy"}
    copied = set(re.findall(r"^COPY (?:--chown=\S+ )?(.+) \S+$", text("Dockerfile"), flags=re.M))
    sources = {word for line in copied if "--from" not in line for word in line.split()}
    assert sources == admitted


class TestNewEnv:
    """scripts/new-env makes all that docker-compose.yml demands."""

    def make(self, folder: Path) -> subprocess.CompletedProcess[str]:
        script = [
            sys.executable,
            str(BASE_DIR / "scripts" / "new-env"),
            "--host",
            "portal.test",
            "--into",
            str(folder),
        ]
        return subprocess.run(script, capture_output=True, text=True, check=False)

    def test_fills_everything_with_different_secrets(self, tmp_path: Path) -> None:
        assert self.make(tmp_path).returncode == 0
        pairs = re.findall(
            r"^(PORTAL_\w+)=(.*)$", (tmp_path / ".env").read_text(encoding="utf-8"), flags=re.M
        )
        values = dict(pairs)
        assert set(values) == set(re.findall(r"\$\{(\w+):\?", text("docker-compose.yml")))
        assert all(values.values())
        assert len(set(values.values())) == len(values)
        passwords = [value for name, value in pairs if name.endswith("PASSWORD")]
        assert all(re.fullmatch(r"[\w-]{24,}", password) for password in passwords)

    def test_makes_a_keyring_the_portal_reads_and_nobody_else(self, tmp_path: Path) -> None:
        self.make(tmp_path)
        ring = load(tmp_path / "secrets" / "keyring.json")
        assert ring.decrypt(ring.encrypt("张三".encode(), "t|c|1"), "t|c|1").decode() == "张三"
        assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600

    def test_never_overwrites(self, tmp_path: Path) -> None:
        self.make(tmp_path)
        keyring = tmp_path / "secrets" / "keyring.json"
        before = keyring.read_bytes()
        assert self.make(tmp_path).returncode == 1
        (tmp_path / ".env").unlink()
        again = self.make(tmp_path)
        assert again.returncode == 1
        assert "已存在" in again.stderr
        assert keyring.read_bytes() == before
