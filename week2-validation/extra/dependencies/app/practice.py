"""Prepares the app for a practice evening."""

from fastapi import FastAPI


# TODO 8: let everyone be the trainer.
def prepare(app: FastAPI):
    """Change for a practice evening what the endpoints get, without changing an endpoint."""
