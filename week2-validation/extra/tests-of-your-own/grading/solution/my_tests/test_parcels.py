"""Task 3: tests of POST /parcels and GET /parcels/{id}."""

import pytest

LIGHT = {"recipient": "Ben Costa", "grams": 300, "express": True}
HEAVY = {"recipient": "Kemi Osei", "grams": 9000}


def test_new_parcel_is_returned(client):
    """POST /parcels returns 201 with the parcel."""
    response = client.post("/parcels", json=LIGHT | {"recipient": "  Ben Costa "})

    parcel = response.json()
    assert response.status_code == 201
    assert response.headers["location"] == f"/parcels/{parcel['id']}"
    assert {name: parcel[name] for name in LIGHT} == LIGHT
    assert parcel["cents"] == 750
    assert parcel["status"] == "waiting"


def test_parcel_can_be_read(client):
    """GET /parcels/{id} returns the parcel that was handed in, and not another one."""
    for made in [client.post("/parcels", json=sent).json() for sent in (LIGHT, HEAVY)]:
        made.pop("code")
        response = client.get(f"/parcels/{made['id']}")
        assert response.status_code == 200
        parcel = response.json()
        assert {name: parcel[name] for name in made} == made
        assert "code" not in parcel


def test_missing_parcel_is_404(client):
    """GET /parcels/{id} returns 404 for an id that no parcel has."""
    made = client.post("/parcels", json=HEAVY).json()

    assert client.get(f"/parcels/{made['id'] + 1000000}").status_code == 404


@pytest.mark.parametrize("change", [{"recipient": "   "}, {"recipient": "x" * 61}, {"grams": 0}, {"grams": 20001}])
def test_invalid_parcels_are_rejected(client, change):
    """POST /parcels returns 422 if the recipient or the weight is invalid."""
    assert client.post("/parcels", json=HEAVY | change).status_code == 422
