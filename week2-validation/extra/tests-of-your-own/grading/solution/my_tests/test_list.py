"""Task 5: tests of GET /parcels."""

PARCEL = {"recipient": "Kemi Osei", "grams": 9000, "express": True}


def read_ids(client, **params):
    """Return the ids in the list."""
    response = client.get("/parcels", params=params)
    assert response.status_code == 200
    return [parcel["id"] for parcel in response.json()]


def test_new_parcels_are_at_the_end(client):
    """GET /parcels lists all parcels, the oldest first."""
    before = read_ids(client)
    made = [client.post("/parcels", json=PARCEL).json() for _ in range(3)]

    assert read_ids(client) == before + [parcel["id"] for parcel in made]
    assert client.get("/parcels").json()[-1]["cents"] == 1500


def test_list_shows_only_one_status(client, parcel):
    """GET /parcels?status=... lists the parcels with this status, and no others."""
    assert parcel["id"] in read_ids(client, status="waiting")
    assert parcel["id"] not in read_ids(client, status="picked-up")

    client.post(f"/parcels/{parcel['id']}/pick-up", json={"code": parcel["code"]})

    assert parcel["id"] not in read_ids(client, status="waiting")
    assert parcel["id"] in read_ids(client, status="picked-up")


def test_unknown_status_is_rejected(client):
    """GET /parcels?status=... returns 422 for a status that does not exist."""
    assert client.get("/parcels", params={"status": "lost"}).status_code == 422


def test_rejected_parcel_is_not_listed(client):
    """A parcel that was rejected is not in the list."""
    before = read_ids(client)

    assert client.post("/parcels", json=PARCEL | {"recipient": ""}).status_code == 422
    assert read_ids(client) == before
