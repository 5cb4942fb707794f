"""What the parts of ``manage.py load_demo`` share. Each app has a part of its own, apps/<name>/management/demo."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from apps.core.scope import Actor


@dataclass(frozen=True)
class Demo:
    """One loading of the invented city. The same ``as_of`` and ``people`` give the same data, on any machine."""

    as_of: date
    """The day on which the city is as it is; everything else lies before it."""
    people: int

    def dice(self, what: str) -> Random:
        """Random numbers for one purpose; a part that draws more does not shift what another part draws."""
        return Random(f"云溪|{self.as_of}|{what}")

    def days_ago(self, days: int) -> date:
        """A day before ``as_of``."""
        return self.as_of - timedelta(days=days)

    def loader(self, role: str, db_role: str) -> Actor:
        """Who did it, in history and log: user 0, as nobody has an account yet."""
        return Actor(user_id=0, name="演示数据", role=role, db_role=db_role, request="load-demo")
