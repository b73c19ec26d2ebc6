"""Task 3: tests of POST /parcels and GET /parcels/{id}."""

# TODO 3: what several tests send can be defined here.


def test_new_parcel_is_returned(client):
    """POST /parcels returns 201 with the parcel."""
    # TODO 3: hand in a parcel, and compare every field that you know.
    raise NotImplementedError("TODO 3: hand in a parcel and compare the response")


def test_parcel_can_be_read(client):
    """GET /parcels/{id} returns the parcel that was handed in, and not another one."""
    # TODO 3: hand in two different parcels, and read both.
    raise NotImplementedError("TODO 3: hand in two parcels and read both")


def test_missing_parcel_is_404(client):
    """GET /parcels/{id} returns 404 for an id that no parcel has."""
    # TODO 3: find an id that surely does not exist.
    raise NotImplementedError("TODO 3: read a parcel that does not exist")


def test_invalid_parcels_are_rejected(client):
    """POST /parcels returns 422 if the recipient or the weight is invalid."""
    # TODO 3: hand in parcels that break one rule each.
    raise NotImplementedError("TODO 3: hand in invalid parcels")
