"""Sends the messages that wait in the outbox of this service."""

from sqlalchemy import select

from app.database import Message, writing
from app.streams import client


def send_waiting(stream: str) -> None:
    """Send every message that waits to a stream, the oldest first. Called again and again."""
    with writing() as session:
        for message in session.scalars(select(Message).order_by(Message.id)):
            client.xadd(stream, message.fields)
            session.delete(message)
