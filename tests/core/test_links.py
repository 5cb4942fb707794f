"""Addresses of many rows, looked up once."""

from django.urls import reverse

from apps.core.links import row_address


def test_row_addresses_are_those_of_reverse() -> None:
    for view, keys in (("retirees:detail", (7, 10, 5_400_000)), ("retirees:options", ("unit", "own-height"))):
        address = row_address(view)
        for key in keys:
            assert address(key) == reverse(view, args=[key])
