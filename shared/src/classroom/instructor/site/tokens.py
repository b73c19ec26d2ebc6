"""Secrets that someone signs in with: shown once, stored as a digest, valid until they are revoked."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from classroom.instructor.site.models import LINK, SESSION, Person, Token

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SECRET_BYTES = 24
SESSION_DAYS = 90


def issue(db: Session, person: Person, kind: str, name: str = "") -> str:
    """Return a new secret for someone; only its digest is stored, and a name for people."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    db.add(Token(person_id=person.id, kind=kind, name=name, digest=_digest(secret)))
    db.flush()
    return secret


def replace_link(db: Session, person: Person) -> str:
    """Return a new secret for someone's personal link, which ends the link before."""
    revoke(db, person, kind=LINK)
    return issue(db, person, LINK)


def owner(db: Session, kind: str, secret: str, *, use: bool = False) -> Person | None:
    """Return whom a secret belongs to; None if it is unknown, revoked or too old.

    Args:
        db: the transaction.
        kind: of the secret.
        secret: what someone has sent.
        use: whether to note the first use.
    """
    row = db.execute(
        select(Token, Person).join(Person).where(Token.digest == _digest(secret), Token.kind == kind)
    ).one_or_none()
    if row is None or row.Token.revoked is not None or _is_too_old(row.Token):
        return None
    if use and row.Token.used is None:
        row.Token.used = datetime.now(UTC)
    person: Person = row.Person
    return person


def valid(db: Session, person: Person) -> list[Token]:
    """Return everything that someone can sign in with, newest first."""
    query = select(Token).where(Token.person_id == person.id, Token.revoked.is_(None)).order_by(Token.id.desc())
    return [token for token in db.scalars(query) if not _is_too_old(token)]


def has_link(db: Session, person: Person) -> bool:
    """Return whether someone has a personal link that still works."""
    return any(token.kind == LINK for token in valid(db, person))


def with_link(db: Session) -> set[int]:
    """Return the numbers of everyone who has a personal link that still works."""
    return set(db.scalars(select(Token.person_id).where(Token.kind == LINK, Token.revoked.is_(None))))


def has_used(db: Session, person: Person) -> bool:
    """Return whether someone has signed in and still could."""
    return any(token.used is not None for token in valid(db, person))


def lock(db: Session, person: Person) -> None:
    """Let nobody else revoke anything of someone, nor sign in, until the end of the transaction."""
    db.execute(select(Person.id).where(Person.id == person.id).with_for_update())


def revoke(db: Session, person: Person, number: int | None = None, kind: str | None = None) -> int:
    """Revoke the secrets of someone: one of them, those of a kind, or all; return how many were valid."""
    lock(db, person)
    query = update(Token).where(Token.person_id == person.id, Token.revoked.is_(None)).values(revoked=datetime.now(UTC))
    if number is not None:
        query = query.where(Token.id == number)
    if kind is not None:
        query = query.where(Token.kind == kind)
    return len(db.scalars(query.returning(Token.id)).all())


def revoke_secret(db: Session, kind: str, secret: str) -> None:
    """Revoke a secret, if there is such a one."""
    query = update(Token).where(Token.digest == _digest(secret), Token.kind == kind, Token.revoked.is_(None))
    db.execute(query.values(revoked=datetime.now(UTC)))


def _is_too_old(token: Token) -> bool:
    return token.kind == SESSION and token.created < datetime.now(UTC) - timedelta(days=SESSION_DAYS)


def _digest(secret: str) -> bytes:
    """Return what is stored of a secret. It has 192 random bits, so a slow hash would protect nothing more."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
