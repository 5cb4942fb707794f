"""Keys that are kept outside the database, and what is done with them.

The threat is a stolen disk, dump or backup and a curious database administrator, not a compromised web process:
that one can read what its users can see.

Stored form: ``version(1) | algorithm(1) | key name length(1) | key name | nonce(12) | ciphertext and tag``.
The associated data bind a value to its table, column and row, so that a value cannot be moved to another row.
AES-256-GCM is the default; SM4-GCM (国密) is a setting of the key, both from the OpenSSL in ``cryptography``.
"""

import base64
import functools
import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = 1
ALGORITHMS = {"aes-256-gcm": 1, "sm4-gcm": 2}
KEY_BYTES = {"aes-256-gcm": 32, "sm4-gcm": 16}
NONCE = 12
TAG = 16


class KeyringError(RuntimeError):
    """The key file is missing or wrong, or a value does not belong where it was found."""


@dataclass(frozen=True)
class Keyring:
    """Named data keys, the one new values are written with, and the key of the blind index."""

    current: str
    keys: dict[str, tuple[str, bytes]]
    index_key: bytes

    def encrypt(self, plain: bytes, place: str) -> bytes:
        """Return ``plain`` sealed for ``place`` ("table|column|row")."""
        algorithm, key = self.keys[self.current]
        name = self.current.encode()
        head = bytes([VERSION, ALGORITHMS[algorithm], len(name)]) + name
        nonce = os.urandom(NONCE)
        return head + nonce + _seal(algorithm, key, nonce, plain, place.encode())

    def decrypt(self, sealed: bytes, place: str) -> bytes:
        """Return what was sealed for ``place``; raises KeyringError if it was not sealed for it."""
        sealed = bytes(sealed)
        if len(sealed) < 3 + NONCE + TAG or sealed[0] != VERSION:
            raise KeyringError("密文格式不对")
        end = 3 + sealed[2]
        name = sealed[3:end].decode()
        if name not in self.keys:
            raise KeyringError(f"密钥文件里没有密钥 {name}")
        algorithm, key = self.keys[name]
        if ALGORITHMS[algorithm] != sealed[1]:
            raise KeyringError(f"密钥 {name} 的算法与密文不符")
        nonce, body = sealed[end : end + NONCE], sealed[end + NONCE :]
        try:
            return _open(algorithm, key, nonce, body, place.encode())
        except InvalidTag as error:
            raise KeyringError("密文与所在的行不符，可能被移动或改动过") from error

    def blind(self, purpose: str, normalised: str) -> bytes:
        """Keyed hash for exact search; without the key a dump does not help to try all numbers."""
        return hmac.digest(self.index_key, f"{purpose}|{normalised}".encode(), hashlib.sha256)


def _seal(algorithm: str, key: bytes, nonce: bytes, plain: bytes, place: bytes) -> bytes:
    if algorithm == "aes-256-gcm":
        return _aes(key).encrypt(nonce, plain, place)
    sealer = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    sealer.authenticate_additional_data(place)
    return sealer.update(plain) + sealer.finalize() + sealer.tag


def _open(algorithm: str, key: bytes, nonce: bytes, body: bytes, place: bytes) -> bytes:
    if algorithm == "aes-256-gcm":
        return _aes(key).decrypt(nonce, body, place)
    opener = Cipher(algorithms.SM4(key), modes.GCM(nonce, body[-TAG:])).decryptor()
    opener.authenticate_additional_data(place)
    return opener.update(body[:-TAG]) + opener.finalize()


@functools.lru_cache(maxsize=8)
def _aes(key: bytes) -> AESGCM:
    return AESGCM(key)


def load(path: Path) -> Keyring:
    """Read the key file; raises KeyringError with a line that says what is wrong."""
    try:
        data = json.loads(path.read_text())
        keys = {name: (key["alg"], base64.b64decode(key["key"])) for name, key in data["keys"].items()}
        ring = Keyring(data["current"], keys, base64.b64decode(data["index_key"]))
    except OSError as error:
        raise KeyringError(f"读不到密钥文件 {path}：{error.strerror}") from error
    except (KeyError, ValueError, TypeError) as error:
        raise KeyringError(f"密钥文件 {path} 的格式不对：{error}") from error
    wrong = [name for name, (algorithm, key) in keys.items() if KEY_BYTES.get(algorithm) != len(key)]
    if ring.current not in keys or wrong or len(ring.index_key) < 32:
        raise KeyringError(f"密钥文件 {path} 不完整：{'、'.join(wrong) or ring.current}")
    return ring


@functools.cache
def keyring() -> Keyring:
    """The portal's keyring, read once per process."""
    return load(settings.PORTAL_KEYRING)
