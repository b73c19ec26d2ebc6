import asyncio

import asyncpg
import redis.asyncio as aioredis

from app.main import plain
from app.settings import settings
from app.transcoder import transcode


async def main():
    connection = await asyncpg.connect(plain(settings.database_url))
    cache = aioredis.from_url(settings.cache_url, socket_timeout=1, socket_connect_timeout=1)
    while True:
        async with connection.transaction():
            row = await connection.fetchrow(
                "SELECT clip_id FROM clip WHERE transcoding = 'waiting' LIMIT 1 FOR UPDATE SKIP LOCKED"
            )
            if row:
                await asyncio.to_thread(transcode, row["clip_id"])
                await connection.execute("UPDATE clip SET transcoding = 'done' WHERE clip_id = $1", row["clip_id"])
        if row:
            try:
                await cache.delete(f"v:{row['clip_id']}", f"lease:{row['clip_id']}")
            except Exception:
                pass
        else:
            await asyncio.sleep(0.3)


asyncio.run(main())
