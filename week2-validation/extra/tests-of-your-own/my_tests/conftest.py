"""Fixtures that every test here can use; add your own below."""

import os

import httpx
import pytest


@pytest.fixture(scope="session")
def client():
    """A client of the app that the checks have started, or else of the one that you have started yourself."""
    url = os.environ.get("APP_URL", "http://127.0.0.1:8000")
    # The address is not https, and loading certificates would take longer than the tests.
    with httpx.Client(base_url=url, trust_env=False, verify=False) as http:
        yield http


@pytest.fixture
def parcel(client):
    """A parcel that was handed in a moment ago, as POST /parcels returns it."""
    response = client.post("/parcels", json={"recipient": "Ada Novak", "grams": 800})
    assert response.status_code == 201
    return response.json()
