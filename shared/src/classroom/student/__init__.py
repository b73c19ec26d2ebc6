"""Commands of the student edition: check a week, show hints, run the app and its services."""
