"""A browser that has signed in, without the pages of signing in (tests/accounts is about those)."""

import time

from django.test import Client

from apps.accounts.models import User
from apps.accounts.rules import SESSION


def signed_in(user: User, client: Client | None = None) -> Client:
    """A test client with a session of ``user``, just begun."""
    client = client or Client()
    client.force_login(user)
    session = client.session
    now = int(time.time())
    marks = {
        SESSION.STARTED: now,
        SESSION.SEEN: now,
        SESSION.EPOCH: user.session_epoch,
        SESSION.COMPLETE: True,
    }
    session.update(marks)
    session.save()
    return client
