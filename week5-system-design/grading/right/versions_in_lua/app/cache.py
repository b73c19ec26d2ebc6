"""A copy is a hash of a version and a text, and never gets older."""

import json

import redis

from app.settings import settings

client = redis.from_url(settings.cache_url, decode_responses=True, socket_timeout=1, socket_connect_timeout=1)
PUT = client.register_script("""
local kept = tonumber(redis.call('hget', KEYS[1], 'version') or '-1')
if tonumber(ARGV[1]) >= kept then
    redis.call('hset', KEYS[1], 'version', ARGV[1], 'text', ARGV[2])
    redis.call('expire', KEYS[1], 600)
end
return kept
""")


def put(video_id, version, video):
    try:
        PUT(keys=[f"video:{video_id}"], args=[version, json.dumps(video)])
    except redis.RedisError:
        pass


def get(video_id):
    try:
        text = client.hget(f"video:{video_id}", "text")
    except redis.RedisError:
        return None
    return json.loads(text) if text else None


def forget(video_id):
    """For the worker: nothing but `transcoded` changes there, and it never changes back."""
    try:
        client.delete(f"video:{video_id}")
    except redis.RedisError:
        pass
