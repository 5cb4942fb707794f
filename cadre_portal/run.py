"""``python -m cadre_portal.run web|worker|beat|setup``: the processes the portal consists of.

Containers, the demo and the tests all start them here, so that what was tested is what runs. Each command replaces
this process (exec): signals reach the real server, which stops gracefully by itself on SIGTERM.
"""

import argparse
import http.client
import os
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

PYTHON = sys.executable
# The path without its query string: searches and filters do not belong in a log.
ACCESS_LOG = '%(h)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms'


def web() -> list[str]:
    """gunicorn. Threads, because a request mostly waits for the database; SIGTERM lets running ones finish."""
    options = {
        "bind": _setting("PORTAL_BIND"),
        "workers": _setting("PORTAL_WEB_WORKERS"),
        "threads": _setting("PORTAL_WEB_THREADS"),
        "worker-class": "gthread",
        "timeout": "60",
        "graceful-timeout": "30",
        "keep-alive": "5",
        "max-requests": "5000",
        "max-requests-jitter": "500",
        "access-logfile": "-",
        "access-logformat": ACCESS_LOG,
    }
    memory = Path("/dev") / "shm"
    if memory.is_dir():  # heartbeats of the workers; on a slow disk they stall
        options["worker-tmp-dir"] = str(memory)
    return [
        PYTHON,
        "-m",
        "gunicorn",
        *(f"--{name}={value}" for name, value in options.items()),
        "cadre_portal.wsgi",
    ]


def worker() -> list[str]:
    """A Celery worker. The rest of its settings are in settings.py; mingle and gossip only cost on one host."""
    return [
        *[PYTHON, "-m", "celery", "--app=cadre_portal", "worker", "--loglevel=INFO"],
        *[f"--concurrency={_setting('PORTAL_WORKER_PROCESSES')}", "--without-mingle", "--without-gossip"],
    ]


def beat() -> list[str]:
    """The ticks. Two of them do no harm: what is due is decided by the database."""
    return [PYTHON, "-m", "celery", "--app=cadre_portal", "beat", "--loglevel=INFO", "--pidfile="]


COMMANDS = {"web": web, "worker": worker, "beat": beat}
DEFAULTS = {
    "PORTAL_BIND": "127.0.0.1:8000",
    "PORTAL_WEB_WORKERS": "2",
    "PORTAL_WEB_THREADS": "4",
    "PORTAL_WORKER_PROCESSES": "2",
}


def setup() -> int:
    """Make or upgrade the database: roles if an admin URL is given, then migrations, policies and seed data."""
    if os.environ.get("PORTAL_ADMIN_DATABASE_URL"):
        from cadre_portal.provision import main as provision

        failed = provision([])
        if failed:
            return failed
    return subprocess.run([PYTHON, "manage.py", "setup_database"], check=False).returncode


def healthy() -> int:
    """Ask the web process on this machine whether it lives; for container health checks. No curl needed."""
    host, _, port = _setting("PORTAL_BIND").rpartition(":")
    if host.strip("0.[]:") == "":  # listens on every address
        host = "127.0.0.1"
    return 0 if answers(host, int(port), "/livez") else 1


def alive(kind: str) -> int:
    """Whether this machine's worker or beat gave a sign of life within a minute; for container health checks."""
    import django

    django.setup()
    from apps.jobs.choices import Sign
    from apps.jobs.queries import last_sign

    program = {"worker": "celery", "beat": "beat"}[kind]
    age = last_sign(Sign(kind), f"{program}@{socket.gethostname()}")
    return 0 if age is not None and age < timedelta(minutes=1) else 1


def answers(host: str, port: int, path: str) -> bool:
    """Whether the page answers with 200. Plain http.client: a proxy of the office's is not to be asked for this."""
    # The portal refuses hosts it does not know, so the question names one that it does.
    name = os.environ.get("PORTAL_ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".*") or "localhost"
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": name})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _setting(name: str) -> str:
    return os.environ.get(name) or DEFAULTS[name]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m cadre_portal.run", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("what", choices=[*COMMANDS, "setup", "healthy", "worker-alive", "beat-alive"])
    what = parser.parse_args(argv).what
    if what == "setup":
        return setup()
    if what == "healthy":
        return healthy()
    if what.endswith("-alive"):
        return alive(what.removesuffix("-alive"))
    command = COMMANDS[what]()
    return os.execv(command[0], command)


if __name__ == "__main__":
    sys.exit(main())
