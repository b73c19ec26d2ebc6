"""The visible checks. They play the other service, stop things at bad moments, and never measure a time."""

from classroom import expect, matching, task

PRICE = 5
a_number = matching(lambda found: isinstance(found, int) and found > 0, "a number")


@task(1)
def test_both_services_respond(services):
    """GET / on each service returns the service's name."""
    expect(services.store.get("/")).ok({"service": "store"})
    expect(services.warehouse.get("/")).ok({"service": "warehouse"})


@task(2)
def test_order_is_accepted(lone_store):
    """POST /orders returns 202 and the pending order, and GET /orders/{order_id} returns it as well."""
    wanted = {"customer": lone_store.customer(100), "product": lone_store.product(), "quantity": 3}

    answer = lone_store.store.post("/orders", json=wanted)

    order = wanted | {"id": a_number, "price": 3 * PRICE, "status": "pending"}
    expect(answer).status(202).json(order)
    expect(lone_store.store.get(f"/orders/{answer.json['id']}")).ok(order)


@task(2)
def test_customer_pays(lone_store):
    """POST /orders deducts the price from the customer's credit, even if the credit is exactly the price."""
    customer = lone_store.customer(4 * PRICE)

    for quantity, left in ((1, 3 * PRICE), (3, 0)):
        wanted = {"customer": customer, "product": lone_store.product(), "quantity": quantity}
        expect(lone_store.store.post("/orders", json=wanted)).status(202)
        lone_store.credit_is(customer, left, "After an order")


@task(2)
def test_too_little_credit_is_409(lone_store):
    """POST /orders returns 202 if the credit is enough; otherwise it returns 409 and stores no order."""
    customer, wanted = lone_store.customer(2 * PRICE), {"product": lone_store.product()}
    expect(lone_store.store.post("/orders", json=wanted | {"customer": customer, "quantity": 1})).status(202)

    answer = lone_store.store.post("/orders", json=wanted | {"customer": customer, "quantity": 2})

    expect(answer).refused(409)
    lone_store.credit_is(customer, PRICE, "After an order that was refused")
    expect.that(lone_store.kept_orders(customer) == 1, "The store keeps an order that it has refused.", answer)


@task(2)
def test_unknown_customer_is_409(lone_store):
    """POST /orders returns 202 for a customer that the store knows, and 409 for one that it does not."""
    wanted = {"product": lone_store.product(), "quantity": 1}
    customer = lone_store.customer(PRICE)
    expect(lone_store.store.post("/orders", json=wanted | {"customer": customer})).status(202)

    expect(lone_store.store.post("/orders", json=wanted | {"customer": f"{customer} Jr."})).refused(409)


@task(2, weight=2)
def test_order_is_not_kept_without_its_message(lone_store):
    """If the message cannot be stored, the order is not stored either, and the customer is not charged."""
    customer, database = lone_store.customer(9 * PRICE), lone_store.apps["store"].database
    wanted = {"customer": customer, "product": lone_store.product(), "quantity": 1}
    expect(lone_store.store.post("/orders", json=wanted)).status(202)

    database.refuse("outbox", "the disk is full", when="row")
    try:
        answer = lone_store.store.post("/orders", json=wanted)
    finally:
        database.calm()

    expect.that(answer.status >= 500, "The order was accepted, although its message could not be stored.", answer)
    sentence = "The message could not be stored, but the order was kept: both belong in one transaction."
    expect.that(lone_store.kept_orders(customer) == 1, sentence, answer)
    lone_store.credit_is(customer, 8 * PRICE, "After an order that could not be stored")


@task(2)
def test_order_does_not_need_redis(lone_store):
    """POST /orders returns 202 even if Redis is down."""
    wanted = {"customer": lone_store.customer(PRICE), "product": lone_store.product(), "quantity": 1}

    lone_store.cache.stop()
    try:
        expect(lone_store.store.post("/orders", json=wanted)).status(202)
    finally:
        lone_store.cache.start()


@task(3, weight=2)
def test_order_is_on_the_stream(lone_store):
    """After POST /orders, a message with the order's id, product and quantity soon appears on the `orders` stream."""
    product = lone_store.product()

    order = lone_store.order(lone_store.customer(100), product, 2)

    lone_store.sends(order, {"order": str(order), "product": product, "quantity": "2"})


@task(3)
def test_message_is_sent_once(lone_store):
    """If nothing goes wrong, each order puts one message on the stream, however often the store checks its outbox."""
    customer = lone_store.customer(100)
    first, *_, last = [lone_store.order(customer, lone_store.product(), 1) for _ in range(3)]
    lone_store.sends(last)

    later = lone_store.order(customer, lone_store.product(), 1)
    lone_store.sends(later)

    count = len(lone_store.orders.messages(first))
    expect.that(count == 1, f"The message about an order is on the stream {count} times, expected once.")


@task(3, weight=2)
def test_order_outlives_redis(lone_store):
    """An order that was placed while Redis was down appears on the stream once Redis is back."""
    customer = lone_store.customer(100)

    lone_store.cache.stop()
    try:
        orders = [lone_store.order(customer, lone_store.product(), 1) for _ in range(2)]
    finally:
        lone_store.cache.start()

    for order in orders:
        lone_store.sends(order)


@task(3, weight=2)
def test_order_outlives_the_store(lone_store):
    """An order that the store could not send before it died appears on the stream once the store is back."""
    customer = lone_store.customer(100)

    lone_store.cache.stop()
    try:
        order = lone_store.order(customer, lone_store.product(), 1)
        lone_store.apps["store"].kill()
    finally:
        lone_store.cache.start()
    lone_store.apps["store"].start()

    lone_store.sends(order)


@task(4, weight=2)
def test_order_is_taken_from_the_stock(lone_warehouse):
    """The quantity of each order on the stream is soon taken from the stock, even if two orders are identical."""
    product = lone_warehouse.product(10)

    for left in (7, 4):
        lone_warehouse.send(product, 3)
        lone_warehouse.stock_is(product, left, "After an order of 3 pieces")


@task(4)
def test_message_is_acknowledged(lone_warehouse):
    """The `warehouse` group acknowledges every message that it has handled."""
    product = lone_warehouse.product(10)

    for _ in range(3):
        lone_warehouse.send(product, 1)

    lone_warehouse.all_done(lone_warehouse.orders)
    lone_warehouse.stock_is(product, 7, "After three orders of one piece")


@task(4, weight=2)
def test_order_waits_for_the_warehouse(lone_warehouse):
    """An order that was sent while the warehouse was down is handled once the warehouse is back."""
    product = lone_warehouse.product(10)
    lone_warehouse.send(product, 1)
    lone_warehouse.stock_is(product, 9, "After an order of one piece")

    lone_warehouse.apps["warehouse"].kill()
    lone_warehouse.send(product, 4)
    lone_warehouse.apps["warehouse"].start()

    lone_warehouse.stock_is(product, 5, "After an order of 4 pieces that was sent while the warehouse was away")


@task(4, weight=2)
def test_order_is_older_than_the_group(lone_warehouse):
    """An order that was sent before the warehouse was started for the first time is also handled."""
    product = lone_warehouse.product(10)

    lone_warehouse.apps["warehouse"].kill()
    lone_warehouse.cache.flush()
    lone_warehouse.send(product, 4)
    lone_warehouse.apps["warehouse"].start()

    lone_warehouse.stock_is(product, 6, "After an order that is older than the group")


@task(5, weight=2)
def test_same_order_twice_is_handled_once(lone_warehouse):
    """If the same order is on the stream twice, its quantity is taken only once."""
    lone_warehouse.takes_orders()
    product = lone_warehouse.product(10)
    order = lone_warehouse.send(product, 2)
    lone_warehouse.stock_is(product, 8, "After an order of 2 pieces")

    lone_warehouse.send(product, 2, order)

    lone_warehouse.all_done(lone_warehouse.orders)
    lone_warehouse.stock_is(product, 8, "After a second message about the same order")


@task(5, weight=2)
def test_order_is_remembered_after_a_restart(lone_warehouse):
    """An order that arrives again after the warehouse restarts is not handled again."""
    lone_warehouse.takes_orders()
    product = lone_warehouse.product(10)
    order = lone_warehouse.send(product, 2)
    lone_warehouse.stock_is(product, 8, "After an order of 2 pieces")
    lone_warehouse.all_done(lone_warehouse.orders)

    lone_warehouse.apps["warehouse"].kill()
    lone_warehouse.send(product, 2, order)
    lone_warehouse.apps["warehouse"].start()

    lone_warehouse.all_done(lone_warehouse.orders)
    lone_warehouse.stock_is(product, 8, "After a second message about the same order")


@task(6, weight=2)
def test_message_of_a_dead_consumer_is_taken_over(hasty_warehouse):
    """A message that another consumer has received but never acknowledged is handled after a while."""
    hasty_warehouse.takes_orders()
    product = hasty_warehouse.product(10)

    hasty_warehouse.apps["warehouse"].kill()
    hasty_warehouse.send(product, 3)
    hasty_warehouse.orders.take_as_another()
    hasty_warehouse.apps["warehouse"].start()

    hasty_warehouse.stock_is(product, 7, "After the consumer that had received an order died")
    hasty_warehouse.all_done(hasty_warehouse.orders)


@task(6, weight=2)
def test_failed_message_is_tried_again(hasty_warehouse):
    """If the database fails while an order is being handled, the order is handled once the database works again."""
    hasty_warehouse.takes_orders()
    product, database = hasty_warehouse.product(10), hasty_warehouse.apps["warehouse"].database

    database.refuse("stock", "the disk is full", when="row")
    try:
        hasty_warehouse.send(product, 3)
        hasty_warehouse.soon(hasty_warehouse.orders.is_tried_again)
    finally:
        database.calm()

    hasty_warehouse.stock_is(product, 7, "After the database failed and worked again")


@task(7, weight=2)
def test_order_is_shipped(services):
    """If there is enough in stock, the status of an order soon changes to "shipped", and the money is spent."""
    services.sends_orders()
    services.takes_orders()
    customer, product = services.customer(50), services.product(2)

    order = services.order(customer, product, 2)

    services.status_is(order, "shipped")
    services.reply_is(order, "shipped")
    services.stock_is(product, 0, "After an order of the last 2 pieces")
    services.credit_is(customer, 40, "After an order of 2 pieces was shipped")


@task(7, weight=2)
def test_order_is_refunded(services):
    """If stock is too low, none of it is taken, the status soon changes to "refunded", and the money is returned."""
    services.sends_orders()
    services.takes_orders()
    customer, product = services.customer(50), services.product(2)

    order = services.order(customer, product, 3)

    services.status_is(order, "refunded")
    services.reply_is(order, "rejected")
    services.credit_is(customer, 50, "After an order was refunded")
    services.stock_is(product, 2, "After an order of 3 pieces that are not there")


@task(7)
def test_unknown_product_is_refunded(services):
    """An order is refunded if the warehouse does not have the product at all."""
    services.sends_orders()
    services.takes_orders()
    customer = services.customer(50)

    order = services.order(customer, services.product(), 1)

    services.status_is(order, "refunded")
    services.credit_is(customer, 50, "After an order was refunded")


@task(7, weight=2)
def test_reply_twice_is_one_refund(services):
    """If the same reply is on the stream twice, the money is returned only once."""
    services.sends_orders()
    services.takes_orders()
    customer = services.customer(50)
    order = services.order(customer, services.product(), 1)
    services.status_is(order, "refunded")

    services.replies.add(order=order, outcome="rejected")

    services.all_done(services.replies)
    services.credit_is(customer, 50, "After the reply about an order came twice")
