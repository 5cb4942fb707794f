"""The base of the portal's lists, and the words in a frame that stand in them."""

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

Writer = Callable[[Any], Any]


@functools.lru_cache(maxsize=4096)
def tag(text: str, tone: str) -> SafeString:
    """A word in its colour; tones as of components/tag.html."""
    return SafeString(render_to_string("components/tag.html", {"text": text, "tone": tone}).strip())


class PlainTable(tables.Table):
    """Columns as django-tables2 declares them, cells written plainly: a ``render_…`` of a subclass takes ``record``,
    ``value`` or both. The library itself looks at the signature of a render method for each of five hundred cells,
    which took as long as all queries together."""

    def plain_rows(self) -> Iterator[tuple[Any, list[Any]]]:
        """Each record of the page with its cells in the order of the columns, for components/table.html."""
        writers = [self.writer(column) for column in self.columns]
        for row in self.paginated_rows:
            yield row.record, [write(row.record) for write in writers]

    def writer(self, column: Any) -> Writer:
        """What writes the cells of a column."""
        read, empty, default = _reader(str(column.accessor)), column.column.empty_values, column.default
        render = getattr(self, f"render_{column.name}", None)
        if render is None:
            return lambda record: default if (found := read(record)) in (None, "") else found
        takes = set(inspect.signature(render).parameters)
        if takes - {"record", "value"}:
            raise TypeError(f"render_{column.name} takes record and value alone")
        if "value" not in takes and empty == ():
            return (lambda record: render(record=record)) if takes else lambda record: render()

        def write(record: Any) -> Any:
            value = read(record)
            if value in (None, "") and empty != ():
                return default
            given = {"record": record, "value": value}
            return render(**{name: given[name] for name in takes})

        return write


def _reader(path: str) -> Writer:
    """What reads an attribute along a path, its words where it is a choice; None where there is nothing on the way."""
    *way, last = path.split("__")

    def read(record: Any) -> Any:
        if isinstance(record, Mapping):
            return record.get(path)
        for name in way:
            record = getattr(record, name, None)
        shown = getattr(record, f"get_{last}_display", None) or getattr(record, last, None)
        return shown() if callable(shown) else shown

    return read
