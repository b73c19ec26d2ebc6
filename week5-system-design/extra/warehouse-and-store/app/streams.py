"""The two streams, which are all that the services share (provided)."""

import os

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

ORDERS = "orders"  # from the store to the warehouse
REPLIES = "replies"  # from the warehouse to the store

client = redis.Redis.from_url(
    os.environ["CACHE_URL"],
    decode_responses=True,
    socket_connect_timeout=2,
    socket_timeout=5,
    retry=Retry(NoBackoff(), 1),
)
