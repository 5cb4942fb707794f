"""How often a process of the portal looks for cycles among its objects.

Pages and jobs make some hundred thousand objects and drop them again by counting; Python's collector, which by default
looks among every seven hundred and, now and then, among all, finds none. An import of 20,000 rows was a seventh of its
time in there.
"""

import gc


def look_seldom() -> None:
    """Leave alone whatever was made up to now, and look rarely among what is made later. Called once a process, when
    it has loaded what it lives with."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
