import pytest
from steps import pick_up


@pytest.fixture
def neighbor(client):
    return client.post("/parcels", json={"recipient": "Zoe", "grams": 20}).json()


def test_story(client, parcel, neighbor):
    number = parcel["id"]

    def status(of):
        return client.get(f"/parcels/{of}").json()["status"]

    assert pick_up(client, 10**9, parcel["code"]).status_code == 404
    assert pick_up(client, number, "0").status_code == 403
    assert pick_up(client, number, neighbor["code"]).status_code == 403
    assert status(number) == "waiting"
    done = pick_up(client, number, parcel["code"])
    assert (done.status_code, done.json()["id"], done.json()["status"]) == (200, number, "picked-up")
    assert status(number) == "picked-up"
    assert status(neighbor["id"]) == "waiting"
    again = pick_up(client, number, parcel["code"])
    assert again.status_code == 409
