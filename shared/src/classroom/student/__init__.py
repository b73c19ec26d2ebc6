"""What the student edition can do: check a week, show hints, run the app and its services."""
