import base64

import hmac
import json
import time
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg
import httpx
import jwt
import redis.asyncio as aioredis
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from pydantic import BaseModel, Field, field_validator

from app.settings import settings

SCHEMA = """
SELECT pg_advisory_xact_lock(7);
CREATE TABLE IF NOT EXISTS clip (
    clip_id uuid PRIMARY KEY,
    account text NOT NULL,
    heading varchar(100) NOT NULL,
    words text,
    is_ready boolean NOT NULL DEFAULT false,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    transcoding text NOT NULL DEFAULT 'none'
);
CREATE INDEX IF NOT EXISTS clip_order ON clip (made_at DESC, clip_id DESC) WHERE is_ready;
"""
FILL = """
if redis.call('get', KEYS[1]) == ARGV[1] then
    redis.call('set', KEYS[2], ARGV[2], 'EX', 120)
    redis.call('del', KEYS[1])
end
return 0
"""


def plain(url):
    return url.replace("+psycopg2", "")


@asynccontextmanager
async def lifespan(app):
    app.state.write = await asyncpg.create_pool(plain(settings.database_url), min_size=0, max_size=8)
    app.state.read = await asyncpg.create_pool(plain(settings.database_replica_url), min_size=0, max_size=8)
    app.state.http = httpx.AsyncClient(timeout=4)
    app.state.cache = aioredis.from_url(settings.cache_url, socket_timeout=1, socket_connect_timeout=1, decode_responses=True)
    async with app.state.write.acquire() as connection:
        await connection.execute(SCHEMA)
    yield
    await app.state.http.aclose()


app = FastAPI(lifespan=lifespan)


class Create(BaseModel):
    title: str = Field(min_length=1, max_length=100)
    description: str | None = None
    id: UUID | None = None


class Change(BaseModel):
    title: str | None = Field(None, min_length=1, max_length=100)
    description: str | None = None

    @field_validator("title")
    @classmethod
    def no_null(cls, value):
        if value is None:
            raise ValueError("a title is a text")
        return value


async def caller(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        assert scheme.lower() == "bearer"
        return jwt.decode(token.strip(), settings.auth_secret, ["HS256"], options={"require": ["exp"]})["sub"]
    except Exception:
        raise HTTPException(401, "no", {"www-authenticate": 'Bearer realm="videos"'})


def signed(method, video_id, seconds):
    end = round(time.time()) + seconds
    digest = hmac.new(settings.storage_secret.encode(), f"{method}\n/videos/{video_id}\n{end}".encode(), "sha256")
    return f"{settings.storage_public_url}/videos/{video_id}?expires={end}&signature={digest.hexdigest()}"


def show(row):
    return {
        "id": str(row["clip_id"]),
        "owner": row["account"],
        "title": row["heading"],
        "description": row["words"],
        "status": "ready" if row["is_ready"] else "pending",
        "created_at": row["made_at"].isoformat().replace("+00:00", "Z"),
        "transcoded": row["transcoding"] == "done",
    }


async def forget(video_id):
    try:
        await app.state.cache.delete(f"v:{video_id}", f"lease:{video_id}")
    except Exception:
        pass


async def mine(connection, video_id, account):
    row = await connection.fetchrow("SELECT * FROM clip WHERE clip_id = $1 FOR UPDATE", video_id)
    if row is None:
        raise HTTPException(404)
    if row["account"] != account:
        raise HTTPException(403)
    return row


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/videos", status_code=201)
async def create(new: Create, account: str = Depends(caller)):
    video_id = new.id or uuid4()
    async with app.state.write.acquire() as connection:
        await connection.execute(
            "INSERT INTO clip (clip_id, account, heading, words) VALUES ($1, $2, $3, $4) ON CONFLICT (clip_id) DO NOTHING",
            video_id, account, new.title, new.description,
        )
        row = await connection.fetchrow("SELECT * FROM clip WHERE clip_id = $1", video_id)
    if row["account"] != account:
        raise HTTPException(409)
    return {**show(row), "upload_url": signed("PUT", video_id, 900)}


@app.get("/videos")
async def many(limit: int = Query(20, ge=1, le=100), cursor: str | None = None):
    where, values = "", []
    if cursor is not None:
        try:
            made_at, video_id = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
            values = [datetime.fromisoformat(made_at), UUID(video_id)]
            assert values[0].tzinfo
        except Exception:
            raise HTTPException(422)
        where = "AND (made_at, clip_id) < ($1, $2)"
    sql = f"SELECT * FROM clip WHERE is_ready {where} ORDER BY made_at DESC, clip_id DESC LIMIT {limit}"
    async with app.state.read.acquire() as connection:
        rows = await connection.fetch(sql, *values)
    after = None
    if rows:
        place = [rows[-1]["made_at"].isoformat(), str(rows[-1]["clip_id"])]
        after = base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
    return {"items": [show(row) for row in rows], "next_cursor": after}


@app.get("/videos/{video_id}")
async def one(video_id: UUID):
    cache, lease, found = app.state.cache, uuid4().hex, None
    try:
        text = await cache.get(f"v:{video_id}")
        if text:
            found = json.loads(text)
        elif not await cache.set(f"lease:{video_id}", lease, nx=True, ex=10):
            lease = None
    except Exception:
        lease = None
    if found is None:
        async with app.state.read.acquire() as connection:
            row = await connection.fetchrow("SELECT * FROM clip WHERE clip_id = $1", video_id)
        if row is None:
            await forget(video_id)
            raise HTTPException(404)
        found = show(row)
        if lease:
            try:
                await cache.eval(FILL, 2, f"lease:{video_id}", f"v:{video_id}", lease, json.dumps(found))
            except Exception:
                pass
    if found["status"] == "ready":
        found["playback_url"] = signed("GET", video_id, 300)
    return found


@app.patch("/videos/{video_id}")
async def change(video_id: UUID, what: Change, account: str = Depends(caller)):
    async with app.state.write.acquire() as connection, connection.transaction():
        row = await mine(connection, video_id, account)
        sent = what.model_dump(exclude_unset=True)
        row = await connection.fetchrow(
            "UPDATE clip SET heading = $2, words = $3 WHERE clip_id = $1 RETURNING *",
            video_id, sent.get("title", row["heading"]), sent.get("description", row["words"]),
        )
    await forget(video_id)
    return show(row)


@app.delete("/videos/{video_id}")
async def delete(video_id: UUID, account: str = Depends(caller)):
    async with app.state.write.acquire() as connection, connection.transaction():
        await mine(connection, video_id, account)
        await connection.execute("DELETE FROM clip WHERE clip_id = $1", video_id)
    await forget(video_id)
    return Response(status_code=204)


@app.post("/videos/{video_id}/complete")
async def complete(video_id: UUID, account: str = Depends(caller)):
    async with app.state.write.acquire() as connection, connection.transaction():
        await mine(connection, video_id, account)
    inside = signed("GET", video_id, 60).replace(settings.storage_public_url, settings.storage_url, 1)
    if (await app.state.http.head(inside)).status_code != 200:
        raise HTTPException(409)
    async with app.state.write.acquire() as connection, connection.transaction():
        await mine(connection, video_id, account)
        row = await connection.fetchrow(
            "UPDATE clip SET is_ready = true, transcoding = CASE transcoding WHEN 'none' THEN 'waiting' ELSE transcoding END"
            " WHERE clip_id = $1 RETURNING *",
            video_id,
        )
    await forget(video_id)
    return show(row)
