"""The rules for photos (provided, read-only: the checks replace it with another limit)."""

LIMIT = 2_000_000  # the most bytes that a photo may have
PIECE = 16_384  # the most bytes that may be in memory at once

# The first bytes of a file, and the type that they indicate.
KINDS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
