"""The limits of the archive (provided, read-only: the checks replace it with other limits)."""

LIMIT = 1_000_000  # the most bytes that an image may have
PIXELS = 4_000_000  # the most pixels that an image may have: its width times its height
TIME_LIMIT = 10  # the most seconds that reading an image may take
WAITING = 5  # the most images that may wait until they are read
