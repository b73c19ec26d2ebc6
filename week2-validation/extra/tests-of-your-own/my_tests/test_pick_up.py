"""Task 4: tests of POST /parcels/{id}/pick-up."""

# TODO 4: a function that returns the status of a parcel is useful in several tests.


def test_parcel_is_handed_out(client, parcel):
    """A parcel is handed out if its code is given, and its status changes."""
    # TODO 4: pick the parcel up, and look at it afterwards.
    raise NotImplementedError("TODO 4: pick a parcel up")


def test_wrong_code_changes_nothing(client, parcel):
    """With a wrong code, a parcel stays where it is."""
    # TODO 4: send a wrong code, and look at the parcel afterwards.
    raise NotImplementedError("TODO 4: send a wrong code")


def test_parcel_is_handed_out_only_once(client, parcel):
    """A parcel cannot be picked up twice."""
    # TODO 4: pick the parcel up, and try again.
    raise NotImplementedError("TODO 4: pick a parcel up twice")


def test_missing_parcel_is_not_handed_out(client, parcel):
    """A parcel that does not exist cannot be picked up."""
    # TODO 4: find an id that surely does not exist.
    raise NotImplementedError("TODO 4: pick up a parcel that does not exist")
