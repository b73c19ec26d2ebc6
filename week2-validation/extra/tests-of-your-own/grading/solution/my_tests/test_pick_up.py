"""Task 4: tests of POST /parcels/{id}/pick-up."""


def read_status(client, parcel):
    """Return the status of a parcel."""
    return client.get(f"/parcels/{parcel['id']}").json()["status"]


def test_parcel_is_handed_out(client, parcel):
    """A parcel is handed out if its code is given, and its status changes."""
    other = client.post("/parcels", json={"recipient": "Ben Costa", "grams": 800}).json()

    response = client.post(f"/parcels/{parcel['id']}/pick-up", json={"code": parcel["code"]})

    assert response.status_code == 200
    assert response.json()["status"] == "picked-up"
    assert read_status(client, parcel) == "picked-up"
    assert read_status(client, other) == "waiting"


def test_wrong_code_changes_nothing(client, parcel):
    """With a wrong code, a parcel stays where it is."""
    other = client.post("/parcels", json={"recipient": "Ben Costa", "grams": 800}).json()

    for code in ("wrong", other["code"]):
        response = client.post(f"/parcels/{parcel['id']}/pick-up", json={"code": code})
        assert response.status_code == 403
        assert read_status(client, parcel) == "waiting"


def test_parcel_is_handed_out_only_once(client, parcel):
    """A parcel cannot be picked up twice."""
    path = f"/parcels/{parcel['id']}/pick-up"
    client.post(path, json={"code": parcel["code"]})

    assert client.post(path, json={"code": parcel["code"]}).status_code == 409


def test_missing_parcel_is_not_handed_out(client, parcel):
    """A parcel that does not exist cannot be picked up."""
    path = f"/parcels/{parcel['id'] + 1000000}/pick-up"

    assert client.post(path, json={"code": parcel["code"]}).status_code == 404
