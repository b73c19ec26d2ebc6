"""The rules of the visible checks, with several orders at once and at other bad moments."""

from classroom import expect, gate_for_commits, task, together

PRICE = 5


@task(2)
def test_money_is_not_spent_twice(lone_store):
    """If a customer places six orders at the same time, only as many are accepted as the credit covers."""
    customer, product = lone_store.customer(2 * PRICE), lone_store.product()
    wanted = {"customer": customer, "product": product, "quantity": 1}

    answers = together(*[lambda: lone_store.store.post("/orders", json=wanted)] * 6)

    for answer in answers:
        expect(answer).status(202, 409)
    accepted = sum(answer.status == 202 for answer in answers)
    expect.that(accepted == 2, f"{accepted} orders were accepted, and the credit was enough for 2.")
    lone_store.credit_is(customer, 0, "After two orders")


@task(3)
def test_orders_are_sent_in_their_order(lone_store):
    """Orders waiting for Redis are sent in the order in which they were placed."""
    customer = lone_store.customer(100)

    lone_store.cache.stop()
    try:
        orders = [lone_store.order(customer, lone_store.product(), 1) for _ in range(5)]
    finally:
        lone_store.cache.start()

    lone_store.sends(orders[-1])
    lone_store.sends_in_order(orders)


@task(3)
def test_oldest_message_has_the_smallest_id(lone_store):
    """Messages are sent in the order of their ids, regardless of the order in which the database returns the rows."""
    lone_store.sends_orders()
    first, second = sorted(lone_store.number() for _ in range(2))

    lone_store.cache.stop()
    try:
        for number in (second, first):
            lone_store.leaves(number)
    finally:
        lone_store.cache.start()

    lone_store.sends(second)
    lone_store.sends_in_order([first, second])


@task(4)
def test_many_orders_wait_for_the_warehouse(lone_warehouse):
    """If twenty orders for two products are waiting for the warehouse, all of them are handled and acknowledged."""
    products = [lone_warehouse.product(100), lone_warehouse.product(100)]

    lone_warehouse.apps["warehouse"].kill()
    for number in range(20):
        lone_warehouse.send(products[number % 2], 2)
    lone_warehouse.apps["warehouse"].start()

    for product in products:
        lone_warehouse.stock_is(product, 80, "After ten orders of 2 pieces")
    lone_warehouse.all_done(lone_warehouse.orders)


@task(5)
def test_stream_is_delivered_again(lone_warehouse):
    """If the group receives the whole stream again, the stock does not change."""
    lone_warehouse.takes_orders()
    first, second = lone_warehouse.product(10), lone_warehouse.product(10)
    for quantity in (1, 2):
        lone_warehouse.send(first, quantity)
    lone_warehouse.stock_is(first, 7, "After orders of 1 and 2 pieces")

    lone_warehouse.orders.deliver_again()
    lone_warehouse.send(second, 1)

    lone_warehouse.stock_is(second, 9, "After an order that follows them")
    lone_warehouse.all_done(lone_warehouse.orders)
    lone_warehouse.stock_is(first, 7, "After the group received the stream again")


@task(6)
def test_warehouse_dies_at_the_commit(hasty_warehouse):
    """If the warehouse is killed while it commits an order, the order is handled once the warehouse is back."""
    hasty_warehouse.takes_orders()
    product, warehouse = hasty_warehouse.product(10), hasty_warehouse.apps["warehouse"]

    with gate_for_commits(warehouse.database) as gate:
        gate.shut()
        hasty_warehouse.send(product, 4)
        hasty_warehouse.soon(gate.waiting)
        warehouse.kill()
    warehouse.start()

    hasty_warehouse.all_done(hasty_warehouse.orders)
    left = hasty_warehouse.stock(product)
    hasty_warehouse.that(left < 10, f"After the warehouse was killed, {left} pieces are in stock: the order was lost.")


@task(7)
def test_orders_until_the_stock_is_empty(services):
    """If four orders for 2 units each arrive with 5 in stock, two are shipped and two are refunded."""
    services.sends_orders()
    services.takes_orders()
    customer, product = services.customer(100), services.product(5)

    orders = [services.order(customer, product, 2) for _ in range(4)]

    for order, status in zip(orders, ("shipped", "shipped", "refunded", "refunded"), strict=True):
        services.status_is(order, status)
    services.stock_is(product, 1, "After two orders of 2 pieces were shipped")
    services.credit_is(customer, 80, "After two orders were shipped and two refunded")


@task(7)
def test_store_was_away_when_the_reply_came(services):
    """A reply that arrived while the store was down is handled once the store is back."""
    services.sends_orders()
    services.takes_orders()
    customer, product = services.customer(50), services.product(1)
    services.apps["warehouse"].kill()
    order = services.order(customer, product, 2)
    services.sends(order)

    services.apps["store"].kill()
    services.apps["warehouse"].start()
    services.soon(lambda: services.replies.messages(order))
    services.apps["store"].start()

    services.status_is(order, "refunded")
    services.credit_is(customer, 50, "After an order was refunded")
