"""The time zone of a classroom: in which times without a zone are meant, and in which times are shown."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from classroom.core.errors import UsageError
from classroom.core.text import one_line

FILE = ".classroom/timezone"  # next to a classroom's roster
LOCAL_TIME = Path("/etc/localtime")
MIN_YEAR, MAX_YEAR = 2000, 9000  # within which days can be added, and any zone is known


def zone_named(name: str) -> ZoneInfo:
    """Return the time zone with a name such as Europe/Berlin.

    Raises:
        UsageError: there is none.
    """
    try:
        return ZoneInfo(name.strip())
    except (OSError, ValueError, LookupError):  # a folder, an impossible name, an unknown one
        raise UsageError(
            f"There is no time zone {one_line(name)[:80]!r}: write its name like Europe/Berlin, America/New_York or UTC."
        ) from None


def machine_zone_name() -> str | None:
    """Return the name of this machine's time zone, such as UTC (not Etc/UTC), or None if it does not tell."""
    name = os.environ.get("TZ", "").removeprefix(":")
    if not name and LOCAL_TIME.is_symlink():
        name = os.path.realpath(LOCAL_TIME).partition("/zoneinfo/")[2]
    try:
        key = zone_named(name).key if name else None
    except UsageError:
        return None
    return "UTC" if key == "Etc/UTC" else key


def zone_near(*folders: Path | None) -> ZoneInfo | None:
    """Return the time zone of the first of these folders that is a classroom; None means this machine's.

    Raises:
        UsageError: a classroom's file cannot be read, or names no time zone.
    """
    for file in (folder / FILE for folder in folders if folder is not None):
        try:
            if file.is_file():
                return zone_named(file.read_text(encoding="utf-8", errors="replace"))
        except UsageError as error:
            raise UsageError(f"{file}: {error}") from None
        except OSError as error:
            raise UsageError(f"{file} cannot be read: {error.strerror}.") from None
    return None


def moment_of(text: str, zone: tzinfo | None = None) -> datetime:
    """Return a moment, in UTC, as someone writes it.

    Args:
        text: date and time, which may name a zone of its own.
        zone: the zone that is meant otherwise; None for this machine's.

    Raises:
        UsageError: the text is not a date and time.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        if ":" not in text and "T" not in text.upper():
            raise UsageError(f"The time {text} has no time of day: write it like {text.strip()}T23:59.")
        if not MIN_YEAR <= moment.year <= MAX_YEAR:
            raise ValueError  # noqa: TRY301 - as any other time that cannot be meant
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            f"{one_line(text)[:80]!r} is not a valid time: write it like 2026-11-21T23:59, in the time zone "
            f"{zone or 'of this machine'}, or with its own zone, like 2026-11-21T23:59+01:00."
        ) from None


def days_later(moment: datetime, days: int, zone: tzinfo | None = None) -> datetime:
    """Return the moment, in UTC, that is a number of days later at the same time of day, or earlier if it is negative.

    Where the clocks are changed in between, these days have an hour more or less.
    """
    if days == 0:
        return moment
    there = moment.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    # Not with the zone of `astimezone(None)`, which knows today's offset only.
    return (there.replace(tzinfo=zone) if zone else there).astimezone(UTC)


def shown(moment: datetime, zone: tzinfo | None = None) -> str:
    """Return a moment for people to read, in a zone (this machine's by default) that is named."""
    there = moment.astimezone(zone)
    name = there.tzname() if there.tzname() == "UTC" else getattr(zone, "key", None) or there.tzname()
    return f"{there:%Y-%m-%d %H:%M} {name}"
