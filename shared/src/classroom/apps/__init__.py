"""Run a student's app: start it, send it requests, end it."""
