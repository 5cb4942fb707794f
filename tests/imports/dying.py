"""Lets a worker die in the middle of checking or writing a batch. Loaded with ``-I tests.imports.dying``."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from apps.imports import actions
from apps.retirees.importers import writing


def _mortal(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    mark = Path(os.environ["PORTAL_TEST_DEATHS"]) / name

    def dying(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if mark.exists():
            mark.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return dying


actions.type_content = _mortal("read", actions.type_content)
actions.stage = _mortal("stage", actions.stage)
writing.register_many = _mortal("register", writing.register_many)
actions.apply_staged = _mortal("apply", actions.apply_staged)
