"""Uploads, exports and issued documents: encrypted, under names that say nothing, written whole or not at all.

A file belongs to a bucket (a folder of PORTAL_DATA_DIR/files). Its name is the digest of its ciphertext: nobody can
guess it, and a file that was changed or exchanged no longer answers to its name. It is there before the transaction
that names it commits; if that one rolls back, the file is an orphan, which ``sweep`` removes after a day.

The app that owns a bucket says at its start which names its rows still use::

    private_files.register("uploads", queries.uploads_in_use)
"""

import contextlib
import errno
import hashlib
import os
import re
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from apps.core.keyring import KeyringError, keyring

MAX_BYTES = 64 * 1024 * 1024
"""Files are sealed, opened and answered in memory."""
ORPHAN_SECONDS = 24 * 3600
_NAME = re.compile(r"[0-9a-f]{64}")
_TEMPORARY = ".new-"

InUse = Callable[[set[str]], set[str]]
"""Of the names given, those that rows still point to."""

_buckets: dict[str, InUse] = {}


class FileGone(RuntimeError):
    """The file has expired or was never there."""


class FileDamaged(RuntimeError):
    """The file on the disk is not what was written."""


class FileNotKept(RuntimeError):
    """The file could not be written; the message is for the user."""


@dataclass(frozen=True)
class StoredFile:
    """What a row keeps of a file."""

    bucket: str
    name: str
    size: int
    """Bytes of the content."""
    digest: str
    """SHA-256 of the content, in hex."""


def register(bucket: str, in_use: InUse) -> None:
    """Make a bucket known; ``in_use`` is asked by ``sweep``, in a scope that sees all rows."""
    _buckets[bucket] = in_use


def buckets() -> list[str]:
    """Names of the registered buckets."""
    return sorted(_buckets)


def keep(bucket: str, content: bytes) -> StoredFile:
    """Write ``content`` sealed, and safe from a power cut before this returns. Call it inside the transaction that
    writes the row which names it.

    Raises FileNotKept if it is too large or the disk is full.
    """
    if len(content) > MAX_BYTES:
        raise FileNotKept(f"文件超过 {MAX_BYTES // 1024 // 1024} MB，没有保存。")
    sealed = keyring().encrypt(content, _place(bucket))
    name = hashlib.sha256(sealed).hexdigest()
    path = _path(bucket, name)
    try:
        for folder in (path.parents[2], path.parents[1], path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path, sealed)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise FileNotKept("服务器磁盘空间不足，文件没有保存，请联系系统管理员。") from error
        raise
    return StoredFile(bucket, name, len(content), hashlib.sha256(content).hexdigest())


def read(bucket: str, name: str) -> bytes:
    """Return the content. Raises FileGone, or FileDamaged if it is not what was kept."""
    try:
        sealed = _path(bucket, name).read_bytes()
    except FileNotFoundError as error:
        raise FileGone(name) from error
    if hashlib.sha256(sealed).hexdigest() != name:
        raise FileDamaged(name)
    try:
        return keyring().decrypt(sealed, _place(bucket))
    except KeyringError as error:
        raise FileDamaged(name) from error


def remove(bucket: str, name: str) -> None:
    """Delete a file; one that is gone already is fine. Call it after the commit that forgets the name."""
    _path(bucket, name).unlink(missing_ok=True)


def sweep(bucket: str) -> int:
    """Delete what is older than a day and no row names; return how many files that were."""
    old = dict(_older_than(bucket, time.time() - ORPHAN_SECONDS))
    used = _buckets[bucket](set(old)) if old else set()
    orphans = [path for name, path in old.items() if name not in used]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def clean_filename(name: str, limit: int = 100) -> str:
    """A name that is safe in a header and on a desk: no folders, no control or direction characters, not endless;
    the ending survives."""
    name = "".join(char for char in name if unicodedata.category(char) not in {"Cc", "Cf", "Cs"})
    name = re.sub(r'[\\/:*?"<>|]', "_", name).strip(" .") or "文件"
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 8:
        return name[:limit]
    return f"{stem[: limit - len(ending) - 1]}.{ending}"


def _place(bucket: str) -> str:
    return f"file|{bucket}|"


def _path(bucket: str, name: str) -> Path:
    if bucket not in _buckets or not _NAME.fullmatch(name):
        raise ValueError(f"no such place for a file: {bucket!r} {name[:80]!r}")
    return _folder(bucket) / name[:2] / name


def _folder(bucket: str) -> Path:
    return Path(settings.PORTAL_DATA_DIR) / "files" / bucket


def _write(path: Path, sealed: bytes) -> None:
    """Temporary name, fsync, rename, fsync of the folders: after a crash the file is there whole or not at all."""
    handle, temporary = tempfile.mkstemp(prefix=_TEMPORARY, dir=path.parent)  # mode 0600
    try:
        with open(handle, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).rename(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
    for folder in (path.parent, path.parents[1]):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _older_than(bucket: str, moment: float) -> Iterator[tuple[str, Path]]:
    folder = _folder(bucket)
    for path in folder.glob("*/*") if folder.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):  # another sweeper was faster
            if path.stat().st_mtime < moment:
                yield path.name, path
