"""Many requests to the app."""

import pytest
from classroom import Pressure


@pytest.fixture
def pressure(database):
    """Sends many requests, and counts the app's connections."""
    return Pressure(database, at_once=10, most=20)
