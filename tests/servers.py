"""Starts the servers of the run before Django reads its settings; loaded by ``-p tests.servers`` (pyproject.toml)."""

import os
from collections.abc import Generator

import pytest

from cadre_portal import embedded

ADMIN = "PORTAL_TEST_ADMIN_URL"


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Once a run: xdist workers find the environment of the process that started them."""
    if ADMIN not in os.environ:
        servers = embedded.start_for_tests()
        os.environ.update(servers.environment)
        os.environ[ADMIN] = servers.admin_url
        os.environ["DJANGO_SETTINGS_MODULE"] = "cadre_portal.settings_test"
        early_config.add_cleanup(servers.stop)
    return (yield)
