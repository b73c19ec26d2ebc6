"""The two services that are checked, seen from outside."""

import json

import pytest
from classroom import expect, ground, wait_until
from classroom.checks.words import FIRST_NAMES, GOODS
from classroom.core.load import under_load
from support.streams import ORDERS, REPLIES, Stream

SOON = 3  # seconds, more on a busy machine, for what takes a few hundredths of a second
NOT_WRITTEN = {3: "TODO 3", 4: "TODO 4", 5: "TODO 4", 6: "TODO 4"}  # printed if there is nothing to wait for in a task
AT_LEAST = 0.5  # of these seconds even then


class Services:
    """The store and the warehouse, with their streams."""

    def __init__(self, apps, cache, names, probed, task):
        self.apps = apps
        self.task = task
        self.cache = cache
        self.names = names
        self.probed = probed
        self.store, self.warehouse = apps["store"].client, apps["warehouse"].client
        self.orders, self.replies = Stream(ORDERS, cache), Stream(REPLIES, cache)
        for stream in (self.orders, self.replies):
            stream.put_aside()

    def run_only(self, *names):
        """Start the apps with these names unless they are running, and kill the others."""
        for name, app in self.apps.items():
            if name not in names:
                app.kill()
        for name in names:
            self.apps[name].start()

    # What a check needs first

    def customer(self, credit):
        """Return a new customer with this credit."""
        name = self.names.new(lambda: f"{self.names.draw.one_of(FIRST_NAMES)} {self.names.draw.randint(2, 9999)}")
        expect(self.store.put(f"/accounts/{name}", json={"credit": credit})).ok()
        return name

    def product(self, quantity=None):
        """Return a new product with this quantity in stock; without a quantity, the warehouse does not know it."""
        name = self.names.new(lambda: f"{self.names.draw.one_of(GOODS)} {self.names.draw.randint(2, 9999)}")
        if quantity is not None:
            expect(self.warehouse.put(f"/stock/{name}", json={"quantity": quantity})).ok()
        return name

    def number(self):
        """Return the number of an order that is not the store's."""
        return int(self.names.new(lambda: str(self.names.draw.randint(1_000_000, 2_000_000_000))))

    def send(self, product, quantity, order=None):
        """Put an order for the warehouse on the stream, as a store would, and return its number."""
        number = order or self.number()
        self.orders.add(order=number, product=product, quantity=quantity)
        return number

    def leaves(self, number):
        """Store a message about an order in the store's outbox, with the order's number as its id."""
        fields = json.dumps({"order": number, "product": self.product(), "quantity": 1})
        self.apps["store"].database.run("INSERT INTO outbox (id, fields) VALUES (%s, %s::json)", number, fields)

    def order(self, customer, product, quantity):
        """Place an order, for the tasks that build on task 2, and return its id."""
        answer = self.store.post("/orders", json={"customer": customer, "product": product, "quantity": quantity})
        return expect(answer).ground(task=2, has=["id"])["id"]

    def sends_orders(self):
        """Skip the check unless the store sends an ordinary order to the warehouse, which is task 3."""
        if 3 not in self.probed:
            order = self.order(self.customer(100), self.product(1), 1)
            self.probed[3] = self.soon(lambda: self.orders.messages(order))
        ground(self.probed[3], task=3)

    def takes_orders(self):
        """Skip the check unless the warehouse handles an ordinary order, which is task 4."""
        product = None if 4 in self.probed else self.product(9)
        if self.probed.get(4) is not False:
            self.soon(self.orders.has_group)  # so that a group for later messages only is a mistake in task 4 alone
        if product is not None:
            self.send(product, 1)
            self.probed[4] = self.soon(lambda: self.stock(product) == 8)
        ground(self.probed[4], task=4)

    # What a check looks at

    def soon(self, condition):
        """Wait until the condition holds, but not forever, and return whether it does."""
        if wait_until(condition, under_load(AT_LEAST)):
            return True
        return not self.lacks_its_part() and wait_until(condition, under_load(SOON - AT_LEAST))

    def lacks_its_part(self):
        """Return whether a service has printed that the code for this task is not written yet."""
        todo = NOT_WRITTEN.get(self.task)
        return todo is not None and any(f"{todo}:" in app.printed() for app in self.apps.values())

    def credit(self, customer):
        """Return a customer's credit."""
        answer = self.store.get(f"/accounts/{customer}")
        expect(answer).ok({"credit": int})
        return answer.json["credit"]

    def stock(self, product):
        """Return how many units of a product are in stock."""
        answer = self.warehouse.get(f"/stock/{product}")
        expect(answer).ok({"quantity": int})
        return answer.json["quantity"]

    def status(self, order):
        """Return the status of an order."""
        answer = self.store.get(f"/orders/{order}")
        expect(answer).ok({"status": str})
        return answer.json["status"]

    # What a check expects

    def that(self, condition, sentence):
        """Expect a condition; if it does not hold, say which error a service has printed."""
        if not condition:
            errors = [error for app in self.apps.values() if (error := app.error())]
            expect.that(False, "\n".join([*errors[:1], sentence]))

    def kept_orders(self, customer):
        """Return how many orders the store has for a customer."""
        rows = self.apps["store"].database.rows("SELECT count(*) AS orders FROM orders WHERE customer = %s", customer)
        return rows[0]["orders"]

    def sends(self, order, fields=None):
        """Expect a message about an order to appear soon on the `orders` stream, with these fields."""
        self.soon(lambda: self.orders.messages(order))
        found = self.orders.messages(order)
        self.that(found, f"The stream orders has no message whose field order is {order}.")
        if fields:
            self.that(found[0] == fields, f"The message on the stream orders is {found[0]}, expected {fields}.")

    def sends_in_order(self, orders):
        """Expect the messages about these orders to be on the `orders` stream in this order."""
        found = self.orders.order_of(orders)
        self.that(found == orders, f"The messages about the orders {orders} were sent in the order {found}.")

    def all_done(self, stream):
        """Expect every message on a stream to be received and acknowledged soon."""
        self.soon(stream.is_done)
        self.that(stream.is_done(), stream.state())

    def stock_is(self, product, quantity, when):
        """Expect this quantity to be in stock soon."""
        self.soon(lambda: self.stock(product) == quantity)
        found = self.stock(product)
        self.that(found == quantity, f"{when}, {found} pieces are in stock, expected {quantity}.")

    def status_is(self, order, status):
        """Expect an order to have this status soon."""
        self.soon(lambda: self.status(order) == status)
        found = self.status(order)
        self.that(found == status, f"The order is {found}, expected {status}.")

    def reply_is(self, order, outcome):
        """Expect the warehouse to have replied to an order with this outcome."""
        found = [fields.get("outcome") for fields in self.replies.messages(order)]
        sentence = f"The outcomes on the stream replies are {found or 'none'} for the order, expected {outcome}."
        self.that(found[:1] == [outcome], sentence)

    def credit_is(self, customer, credit, when):
        """Expect a customer to have this credit."""
        found = self.credit(customer)
        self.that(found == credit, f"{when}, the credit of the customer is {found}, expected {credit}.")


@pytest.fixture(scope="session")
def given_files():
    """The file that replaces app/pace.py in every check: in most of them, nothing is taken over."""
    return {"app/pace.py": "PAUSE = 0.05\nCLAIM_AFTER = 60\n"}


@pytest.fixture(scope="session")
def probed():
    """Whether tasks 3 and 4 work, once a run has tried them: if they do not, no other check waits for them."""
    return {}


@pytest.fixture
def parts(apps_as_left, cache, names, probed, task_number):
    """The two services, running or not."""
    return Services(apps_as_left, cache, names, probed, task_number)


@pytest.fixture
def services(parts):
    """The two services, both running."""
    parts.run_only("store", "warehouse")
    return parts


@pytest.fixture
def lone_store(parts):
    """The two services while the warehouse is down, so that every order stays pending."""
    parts.run_only("store")
    return parts


@pytest.fixture
def lone_warehouse(parts):
    """The two services while the store is down, so the stream, empty at first, contains only what a check sends."""
    parts.run_only("warehouse")
    parts.cache.flush()
    return parts


@pytest.fixture
def hasty_warehouse(lone_warehouse, given_files):
    """The same, with a warehouse that takes over messages almost at once."""
    warehouse = lone_warehouse.apps["warehouse"]
    warehouse.kill()
    warehouse.running.app.given = {"app/pace.py": "PAUSE = 0.05\nCLAIM_AFTER = 0.3\n"}
    warehouse.start()
    yield lone_warehouse
    warehouse.kill()
    warehouse.running.app.given = given_files
