"""What the store does with the warehouse's replies."""

from app.database import writing
from app.store.models import Order


def handle_reply(fields: dict[str, str]) -> None:
    """Finish an order: it is shipped, or its money goes back to the customer."""
    with writing() as session:
        order = session.get(Order, int(fields["order"]))
        if order is None:
            return  # (provided) not an order of this store
        # TODO 7: set the status to "shipped" or "refunded", and return the money once, even if the reply comes twice.
