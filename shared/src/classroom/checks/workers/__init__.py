"""Workers that run a week's checks, one submission after another, each in its own process."""
