"""Helpers of the tests."""


def pick_up(client, number, code):
    return client.request("POST", f"/parcels/{number}/pick-up", json={"code": code})
