from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone

from compass.access.zones import zone_of


@pytest.fixture(autouse=True)
def clock_of_the_office() -> Iterator[None]:
    """A day begins in the tests when it begins on the office's pages, at night too."""
    with timezone.override(zone_of("NE")):
        yield
