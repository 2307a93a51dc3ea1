"""A service of a larger model for every test that wants one."""

from collections.abc import Iterator

import pytest

from tests.agent.larger.larger_support import Service, service


@pytest.fixture
def server() -> Iterator[Service]:
    with service() as told:
        told.answers("nothing yet")
        yield told
