"""The passwords of the embedded servers and the key file: made once, readable by their owner only."""

import base64
import json
import os
import secrets
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600, whole or not at all. Raises FileExistsError rather than overwrite one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    finally:
        draft.unlink()


def write_keyring(path: Path) -> None:
    """Make a key file as apps/core/keyring.py reads it.

    Raises FileExistsError: without the old keys nothing that was encrypted can ever be read again.
    """
    content = {
        "current": "k1",
        "keys": {"k1": {"alg": "aes-256-gcm", "key": _key()}},
        "index_key": _key(),
    }
    write_private(path, json.dumps(content, indent=2) + "\n")


def passwords(path: Path) -> dict[str, str]:
    """Read the passwords of superuser, owner, app and redis and the secret_key, made at the first call."""
    if not path.exists():
        names = ("superuser", "owner", "app", "redis")
        fresh = {name: secrets.token_urlsafe(24) for name in names} | {
            "secret_key": secrets.token_urlsafe(50)
        }
        write_private(path, json.dumps(fresh, indent=2) + "\n")
    return json.loads(path.read_text(encoding="utf-8"))


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
