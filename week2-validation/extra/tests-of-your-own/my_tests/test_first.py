"""Task 1: a test that is done, to begin with."""


def test_desk_has_a_name(client):
    """GET / returns the name of the desk."""
    response = client.get("/")

    assert response.status_code == 200
    assert response.json() == {"desk": "Harbor Street"}
