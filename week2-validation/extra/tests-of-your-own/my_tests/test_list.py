"""Task 5: tests of GET /parcels."""

# TODO 5: a function that returns the ids in the list is useful in several tests.


def test_new_parcels_are_at_the_end(client):
    """GET /parcels lists all parcels, the oldest first."""
    # TODO 5: hand in parcels, and find them in the list.
    raise NotImplementedError("TODO 5: find new parcels in the list")


def test_list_shows_only_one_status(client, parcel):
    """GET /parcels?status=... lists the parcels with this status, and no others."""
    # TODO 5: look at both lists before and after a parcel is picked up.
    raise NotImplementedError("TODO 5: list the parcels with one status")


def test_unknown_status_is_rejected(client):
    """GET /parcels?status=... returns 422 for a status that does not exist."""
    # TODO 5: ask for a status that does not exist.
    raise NotImplementedError("TODO 5: ask for an unknown status")


def test_rejected_parcel_is_not_listed(client):
    """A parcel that was rejected is not in the list."""
    # TODO 5: compare the list before and after a request that is rejected.
    raise NotImplementedError("TODO 5: hand in an invalid parcel and look at the list")
