"""A real PostgreSQL and a real Redis without installing either: for trials and for tests, never for production.

``start()`` makes or finds them and returns the environment the portal needs; the code path above is the same as in
production, only the URLs differ. Everything lies in one folder (``var/embedded``, not in git)::

    secrets.json  keyring.json    made once, mode 0600, never overwritten
    postgres/  redis/  log/       the servers' own

Both servers listen on 127.0.0.1 only, on ports that were free, and ask for a password. PostgreSQL refuses to run as
root; root therefore runs them under an unprivileged account of their own (see account.py).
"""

from cadre_portal.embedded.account import EmbeddedError
from cadre_portal.embedded.servers import (
    DEFAULT_HOME,
    TestServers,
    running,
    start,
    start_for_tests,
    status,
    stop,
    wipe,
)

__all__ = [
    "DEFAULT_HOME",
    "EmbeddedError",
    "TestServers",
    "running",
    "start",
    "start_for_tests",
    "status",
    "stop",
    "wipe",
]
