"""The streams between the two services, seen from outside."""

import redis

ORDERS, REPLIES = "orders", "replies"
GROUPS = {ORDERS: "warehouse", REPLIES: "store"}
MOST = 1000  # messages of a stream that are looked at


class Stream:
    """A stream, and the group that reads it."""

    def __init__(self, name, cache):
        self.name = name
        self.group = GROUPS[name]
        self.redis = cache.redis()

    def add(self, **fields):
        """Add a message."""
        self.redis.xadd(self.name, fields)

    def messages(self, order):
        """Return the fields of each message about an order, oldest first."""
        found = [fields for _, fields in self.redis.xrange(self.name, count=MOST)]
        return [fields for fields in found if fields.get("order") == str(order)]

    def order_of(self, orders):
        """Return these orders in the order in which they first appear on the stream."""
        found = [fields.get("order") for _, fields in self.redis.xrange(self.name, count=MOST)]
        return [int(order) for order in dict.fromkeys(found) if order in map(str, orders)]

    def take_as_another(self):
        """Receive every new message as a consumer that never acknowledges it."""
        try:
            self.redis.xgroup_create(self.name, self.group, id="0", mkstream=True)
        except redis.ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise
        return self.redis.xreadgroup(self.group, "another", {self.name: ">"}, count=MOST)

    def deliver_again(self):
        """Give the group every message on the stream once more."""
        self.redis.xgroup_setid(self.name, self.group, "0")

    def has_group(self):
        """Return whether the group exists."""
        try:
            return any(group["name"] == self.group for group in self.redis.xinfo_groups(self.name))
        except redis.ResponseError:  # no such stream yet
            return False

    def put_aside(self):
        """Acknowledge what an earlier check left behind."""
        for message in self._pending():
            self.redis.xack(self.name, self.group, message["message_id"])

    def _pending(self):
        try:
            return self.redis.xpending_range(self.name, self.group, "-", "+", MOST)
        except redis.ResponseError:  # no such group yet
            return []

    def state(self):
        """Return a description of what is not done yet, or an empty string."""
        try:
            groups = [group for group in self.redis.xinfo_groups(self.name) if group["name"] == self.group]
            last = self.redis.xinfo_stream(self.name)["last-generated-id"]
        except redis.ResponseError:
            return f"Nobody has written to the stream {self.name}, or read it."
        if not groups:
            return f"The stream {self.name} has no group {self.group}."
        if groups[0]["last-delivered-id"] != last:
            return f"The group {self.group} has not received every message of the stream {self.name}."
        if groups[0]["pending"]:
            return f"The group {self.group} has {groups[0]['pending']} messages that were not acknowledged."
        return ""

    def is_done(self):
        """Return whether every message was received and acknowledged."""
        return not self.state()

    def is_tried_again(self):
        """Return whether a message has been received at least twice but not acknowledged yet."""
        return any(message["times_delivered"] > 1 for message in self._pending())
