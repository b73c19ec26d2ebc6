"""What every page of the course stands on: the guard, the look, live events, and Markdown with its diagrams."""
