"""Lets a worker die in the middle of a transfer. Loaded with ``-I tests.retirees.dying``."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from apps.retirees import tasks
from apps.retirees.actions import transfers


def _mortal(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    mark = Path(os.environ["PORTAL_TEST_DEATHS"]) / name

    def dying(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if mark.exists():
            mark.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return dying


transfers._in = _mortal("deliver", transfers._in)
transfers.move_between = _mortal("move", transfers.move_between)
tasks.carry = _mortal("carry", tasks.carry)
