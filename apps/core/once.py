"""Numbers that several parts of one page show, counted once for it.

The menu, the home page and a list's tabs ask for the same counts. While a page is read nothing is written, so what was
counted holds until it is sent; anywhere else (actions, jobs, forms that are sent) each call counts anew.
"""

import contextlib
import contextvars
import functools
from collections.abc import Callable, Hashable, Iterator
from typing import Any, Generic, ParamSpec, TypeVar

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


class Counted(Generic[P, Result]):
    """A count that keeps its result for the page."""

    def __init__(self, count: Callable[P, Result]) -> None:
        self.count = count
        functools.update_wrapper(self, count)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Result:
        kept = _kept.get()
        if kept is None:
            return self.count(*args, **kwargs)
        key = self._key(*args, **kwargs)
        if key not in kept:
            kept[key] = self.count(*args, **kwargs)
        found: Result = kept[key]
        return found

    def kept(self, *args: P.args, **kwargs: P.kwargs) -> Result | None:
        """What the page has counted already; None where it has not."""
        return (_kept.get() or {}).get(self._key(*args, **kwargs))

    def _key(self, *args: P.args, **kwargs: P.kwargs) -> Hashable:
        return (self.count, args, tuple(sorted(kwargs.items())))


def counted_once(count: Callable[P, Result]) -> Counted[P, Result]:
    """Keep the result for the page. Arguments are hashable: an actor, a day."""
    return Counted(count)
