"""Workers that run a week's checks, one submission after another, each in a process of its own."""
