"""Questions that are worth asking only if the answer comes soon."""

import contextlib
from collections.abc import Iterator

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled


class TooSlow(Exception):
    """The answer did not come in time."""


@contextlib.contextmanager
def answered_within(milliseconds: int) -> Iterator[None]:
    """Give every statement inside so long; the transaction around it goes on whatever happens. Raises TooSlow."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        (before,) = cursor.fetchone()
    try:
        with transaction.atomic():
            _set_limit(str(milliseconds))
            yield
            _set_limit(
                before
            )  # leaving a savepoint keeps settings; rolling back to it puts them back by itself
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooSlow from error
        raise


def _set_limit(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [value])
