"""What the store does with the warehouse's replies."""

from app.database import writing
from app.store.models import Order, lock_account


def handle_reply(fields: dict[str, str]) -> None:
    """Finish an order: it is shipped, or its money goes back to the customer."""
    with writing() as session:
        order = session.get(Order, int(fields["order"]))
        if order is None:
            return  # (provided) not an order of this store
        if order.status != "pending":
            return
        if fields["outcome"] == "shipped":
            order.status = "shipped"
        else:
            order.status = "refunded"
            lock_account(session, order.customer).credit += order.price
