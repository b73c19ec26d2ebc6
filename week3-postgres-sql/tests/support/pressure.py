"""Many requests to the app."""

import pytest
from classroom import Pressure


@pytest.fixture
def pressure(database):
    """Many requests, and an eye on the app's connections."""
    return Pressure(database, at_once=10, most=20)
