"""A running course: its repositories, the pushes to them, and the submissions on GitHub."""
