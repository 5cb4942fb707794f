"""Signing in as people do, and codes as a phone would show them."""

import re
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.models import User
from tests.factories.city import PASSWORD, make_city

SIGN_IN = "/account/sign-in/"


def try_to_enter(
    username: str,
    password: str = PASSWORD,
    *,
    client: Client | None = None,
    address: str = "10.0.0.1",
    **more: str,
) -> HttpResponse:
    """Send the sign-in form from a browser at an address."""
    client = client or Client()
    return client.post(SIGN_IN, {"username": username, "password": password}, REMOTE_ADDR=address, **more)


@pytest.fixture
def enter() -> Callable[..., Client]:
    """Gives a browser in which the user has signed in with the password, by the page."""

    def sign_in(user: User, **more: str) -> Client:
        client = Client()
        answer = try_to_enter(user.username, client=client, **more)
        assert answer.status_code == 302, answer.content.decode()
        return client

    return sign_in


def code_of(device: TOTPDevice, *, ago: int = 0) -> str:
    """The six digits that the phone shows, or showed ``ago`` seconds ago."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time() - ago
    return f"{totp.token():06d}"


@pytest.fixture
def phone() -> Callable[[User], TOTPDevice]:
    """Gives an authenticator in force for the user."""

    def enrol(user: User) -> TOTPDevice:
        return TOTPDevice.objects.create(user=user, name="动态口令", confirmed=True)

    return enrol


@pytest.fixture
def committed_city(committed: None) -> SimpleNamespace:
    """The city for tests with threads: really committed."""
    return make_city()


def shown_codes(answer: HttpResponse) -> list[str]:
    """Recovery codes on the page."""
    return re.findall(r"<code>([a-z0-9]{10})</code>", answer.content.decode())


def text_of(answer: HttpResponse) -> str:
    """The page without what differs by nature: the form's token and the request's number."""
    body = answer.content.decode()
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)
    body = re.sub(r'"X-CSRFToken": "[^"]+"', "", body)
    return body.replace(answer.headers.get("X-Request-Number", "-"), "")
