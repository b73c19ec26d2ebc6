"""What every page of the course is built on: the guard, the look, live events, and Markdown with its diagrams."""
