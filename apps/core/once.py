"""Numbers that several parts of one page show, counted once for it.

The menu, the home page and a list's tabs ask for the same counts. While a page is read nothing is written, so what was
counted holds until it is sent; anywhere else (actions, jobs, forms that are sent) each call counts anew.
"""

import contextlib
import contextvars
import functools
from collections.abc import Callable, Hashable, Iterator
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
Result = TypeVar("Result")
_kept: contextvars.ContextVar[dict[Hashable, Any] | None] = contextvars.ContextVar(
    "portal_counted", default=None
)


@contextlib.contextmanager
def one_page() -> Iterator[None]:
    """While a page is read: what ``counted_once`` found is kept."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def counted_once(count: Callable[P, Result]) -> Callable[P, Result]:
    """Keep the result for the page. Arguments are hashable: an actor, a day."""

    @functools.wraps(count)
    def counted(*args: P.args, **kwargs: P.kwargs) -> Result:
        kept = _kept.get()
        if kept is None:
            return count(*args, **kwargs)
        key = (count, args, tuple(sorted(kwargs.items())))
        if key not in kept:
            kept[key] = count(*args, **kwargs)
        found: Result = kept[key]
        return found

    return counted
