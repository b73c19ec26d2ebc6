"""The instructor's commands; the student edition goes without them."""
