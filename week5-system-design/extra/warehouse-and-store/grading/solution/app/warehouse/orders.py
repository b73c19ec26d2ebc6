"""What the warehouse does with an order."""

from app.database import Message, writing
from app.warehouse.models import Handled, Item


def handle_order(fields: dict[str, str]) -> None:
    """Take what was ordered from the stock. The fields are the order, the product and the quantity, all of them text."""
    order, quantity = int(fields["order"]), int(fields["quantity"])
    with writing() as session:
        if session.get(Handled, order):
            return
        session.add(Handled(order=order))
        item = session.get(Item, fields["product"])
        if item is None or item.quantity < quantity:
            outcome = "rejected"
        else:
            outcome = "shipped"
            item.quantity -= quantity
        session.add(Message(fields={"order": order, "outcome": outcome}))
