"""Free ports on the loopback address."""

import socket
from collections.abc import Iterator

LOOPBACK = "127.0.0.1"


def candidates(preferred: int | None, attempts: int = 5) -> Iterator[int]:
    """Yield ports to try: the one used last time if it is free, then any that is free now.

    A port can be taken between this answer and its use, so the caller tries the next one when a server reports it
    busy.
    """
    if preferred and _is_free(preferred):
        yield preferred
    for _ in range(attempts):
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port = probe.getsockname()[1]
        yield port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
