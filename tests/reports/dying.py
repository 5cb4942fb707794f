"""Lets a worker die at chosen points of making or issuing a briefing. Loaded with ``-I tests.reports.dying``.

The points are files in the folder PORTAL_TEST_DEATHS: a worker that reaches one takes it away and dies there, once.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from apps.core import private_files
from apps.reports import actions


def _mortal(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    folder = Path(os.environ["PORTAL_TEST_DEATHS"])

    def here(point: str) -> None:
        mark = folder / f"{name}-{point}"
        if mark.exists():
            mark.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    def dying(*args: Any, **kwargs: Any) -> Any:
        here("before")
        result = function(*args, **kwargs)
        here("after")
        return result

    return dying


actions.render = _mortal("render", actions.render)
actions._next = _mortal("number", actions._next)
private_files.keep = _mortal("keep", private_files.keep)
actions.issue = _mortal("issue", actions.issue)
actions.save_draft = _mortal("save", actions.save_draft)
